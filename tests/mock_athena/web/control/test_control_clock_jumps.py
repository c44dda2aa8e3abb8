"""Jumps: to the next instant at which something happens, and to no other."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.mock_athena.web.in_process import Athena

START = "2026-01-01T06:00:00Z"
SECOND = 1_000_000_000


@pytest.fixture
def athena(make_athena: Callable[..., Athena]) -> Athena:
    return make_athena(start=START, export_duration=600.0)


def jump(athena: Athena, to: str, **narrowed: Any) -> str:
    answer = athena.control("POST", "clock", {"jump": to, **narrowed})
    assert answer.status_code == 200, answer.text
    instant: str = answer.get_json()["instant"]
    return instant


def test_midnight(athena: Athena) -> None:
    assert jump(athena, "midnight") == "2026-01-02T00:00:00.000Z"
    assert jump(athena, "midnight") == "2026-01-03T00:00:00.000Z"


def test_next_admissible_is_exactly_then(athena: Athena) -> None:
    assert jump(athena, "next-admissible") == "2026-01-01T06:00:00.000Z"
    athena.fill()
    assert athena.get("/Patient").status_code == 429
    assert jump(athena, "next-admissible") == "2026-01-01T06:00:02.000Z"
    assert athena.get("/Patient").status_code == 200


def test_next_admissible_of_one_client(athena: Athena) -> None:
    athena.fill(athena.token(client="a"))
    athena.clock.advance(SECOND // 2)
    athena.fill(athena.token(client="b"))
    assert jump(athena, "next-admissible", client="b") == "2026-01-01T06:00:02.500Z"
    assert jump(athena, "next-admissible", client="nobody") == "2026-01-01T06:00:02.500Z"


def test_the_soonest_of_all_is_next(athena: Athena) -> None:
    athena.fill(athena.token(client="a"))
    athena.clock.advance(SECOND // 2)
    athena.fill(athena.token(client="b"))
    assert jump(athena, "next-admissible") == "2026-01-01T06:00:02.000Z"


def test_token_expiry(athena: Athena) -> None:
    token = athena.token(client="a")
    athena.clock.advance(60 * SECOND)
    athena.token(client="b")
    assert athena.get("/Patient", token).status_code == 200
    assert jump(athena, "token-expiry") == "2026-01-01T07:00:00.000Z"
    assert athena.get("/Patient", token).status_code == 401
    assert jump(athena, "token-expiry", client="b") == "2026-01-01T07:01:00.000Z"


def test_export_ready(athena: Athena) -> None:
    def kick_off() -> str:
        url = athena.get("/$export?_type=Patient", headers={"Prefer": "respond-async"}).headers["Content-Location"]
        return url.removeprefix("http://localhost/fhir/r4")

    first = kick_off()
    athena.clock.advance(SECOND)
    second = kick_off()
    assert athena.get(first).status_code == 202
    assert jump(athena, "export-ready", job=second.rpartition("/")[2]) == "2026-01-01T06:10:01.000Z"
    assert (athena.get(first).status_code, athena.get(second).status_code) == (200, 200)


@pytest.mark.parametrize("to", ["token-expiry", "export-ready"])
def test_where_nothing_comes_there_is_nothing_to_jump_to(athena: Athena, to: str) -> None:
    answer = athena.control("POST", "clock", {"jump": to})
    assert (answer.status_code, "nothing to jump to" in answer.get_json()["error"]) == (409, True)


@pytest.mark.parametrize(
    ("order", "complaint"),
    [
        ({"jump": "noon"}, "jump = 'noon': expected 'next-admissible' or 'token-expiry' or"),
        ({"jump": "midnight", "client": "a"}, "jump midnight: unknown key 'client': expected nothing"),
        ({"jump": "next-admissible", "client": 5}, "expected a text"),
        ({"jump": "export-ready", "client": "a"}, "unknown key 'client': expected job"),
        ({"jump": 5}, "expected {"),
    ],
)
def test_a_jump_that_means_nothing_is_refused(athena: Athena, order: Any, complaint: str) -> None:
    answer = athena.control("POST", "clock", order)
    assert (answer.status_code, complaint in answer.get_json()["error"]) == (400, True), answer.text
