"""The clock screen: what it shows, every button, and what it refuses."""

import pytest

from tests.mock_athena.web.conftest import MakeAthena
from tests.mock_athena.web.portal.visitor import Visitor

CLOCK = "/console/clock"
SECOND = 1_000_000_000


def moved(visitor: Visitor, do: str, **typed: str) -> int:
    """By how many nanoseconds an order moved the clock."""
    before = visitor.athena.world.clock.now()
    visitor.open(CLOCK)
    page = visitor.press("do", do=do, **typed)
    assert page.status_code == 200, page.text
    assert "The clock moved by" in page.text
    return visitor.athena.world.clock.now() - before


def test_it_is_stepped(visitor: Visitor) -> None:
    visitor.open(CLOCK)
    for seconds, label in ((1, "1 s"), (60, "1 min"), (3600, "1 h"), (86_400, "1 day")):
        assert f"+ {label}" in visitor.page.text
        assert moved(visitor, "advance", seconds=str(seconds)) == seconds * SECOND
    assert moved(visitor, "advance", seconds=" 0.125 ") == SECOND // 8


def test_it_is_set(make_athena: MakeAthena) -> None:
    visitor = Visitor(make_athena(start="2026-01-01T00:00:00Z"))
    assert moved(visitor, "to", instant="2026-01-01T00:00:01.5Z") == 3 * SECOND // 2
    assert "01.500" in visitor.page.text


def test_it_jumps_where_something_happens(visitor: Visitor) -> None:
    page = visitor.open(CLOCK).text
    for reason in ("nobody has to wait", "no access token that was issued here", "no export is in progress"):
        assert reason in page
    visitor.athena.fill()
    token = visitor.athena.token()
    visitor.athena.get("/Patient/$export", token, headers={"Prefer": "respond-async"})
    assert moved(visitor, "jump", to="next-admissible") == 2 * SECOND
    assert visitor.athena.get("/Patient", token).status_code == 200
    kicked = visitor.athena.get("/Patient/$export", token, headers={"Prefer": "respond-async"})
    assert kicked.status_code == 202
    assert moved(visitor, "jump", to="export-ready") == 2 * SECOND
    assert visitor.athena.get("/Patient", token).status_code == 200
    moved(visitor, "jump", to="token-expiry")
    assert visitor.athena.get("/Patient", token).status_code == 401
    moved(visitor, "jump", to="midnight")
    assert visitor.athena.world.clock.now() % (86_400 * SECOND) == 0


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"do": "advance", "seconds": "soon"}, "expected a number of seconds"),
        ({"do": "advance", "seconds": "NaN"}, "expected a number of seconds"),
        ({"do": "advance", "seconds": "-1"}, "moves forward only"),
        ({"do": "to", "instant": "1999-01-01T00:00:00Z"}, "already stands at"),
        ({"do": "to", "instant": "yesterday"}, "yesterday"),
        ({"do": "jump", "to": "conclusions"}, "expected"),
        ({"do": "jump", "to": "export-ready"}, "nothing to jump to"),
        ({"do": "resume"}, "does not run"),
        ({"do": "wind"}, "expected one of"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_moves(visitor: Visitor, typed: dict[str, str], said: str) -> None:
    before = visitor.athena.world.clock.now()
    visitor.open(CLOCK)
    page = visitor.press("do", **typed)
    assert page.status_code in (400, 409)
    assert said in page.text
    assert visitor.athena.world.clock.now() == before
    assert visitor.open(CLOCK + "/face").status_code == 404


def test_one_that_runs_is_frozen_and_resumed(make_athena: MakeAthena) -> None:
    visitor = Visitor(make_athena(clock="x60"))
    page = visitor.open(CLOCK).text
    assert "Freeze it to move it" in page
    assert "x60 as fast" in page
    assert "+ 1 s" not in page
    visitor.press("do", do="advance", seconds="1")
    assert "freeze it first" in visitor.page.text
    visitor.open(CLOCK)
    assert "The clock stands at" in visitor.press("do", do="freeze").text
    assert "+ 1 s" in visitor.page.text
    assert moved(visitor, "advance", seconds="60") == 60 * SECOND
    assert "The clock runs on" in visitor.press("do", do="resume").text
    assert not visitor.athena.world.clock.stands


def test_who_takes_part_is_shown_and_moves_it_alone(visitor: Visitor) -> None:
    visitor.athena.control("POST", "clock/participants", {"names": ["one", "two"]})
    page = visitor.open(CLOCK).text
    assert "one, two take part and move it" in page
    assert "+ 1 s" not in page


def test_the_instant_that_stands_there_is_taken(visitor: Visitor) -> None:
    visitor.athena.clock.advance(1)  # it is told in milliseconds
    visitor.open(CLOCK)
    assert "The clock moved by" in visitor.do("to").text
