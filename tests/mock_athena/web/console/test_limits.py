"""The limits screen: gauges, when the next call is admitted, the picture of the envelope, and the reset."""

import re

import pytest

from tests.mock_athena.web.conftest import MakeAthena
from tests.mock_athena.web.portal.visitor import Visitor

LIMITS = "/console/limits"
SECOND = 1_000_000_000


def callers(visitor: Visitor, address: str = LIMITS) -> list[str]:
    page = visitor.open(address)
    assert page.status_code == 200, page.text
    return re.findall(r'<h2 id="caller-\d+">([^<]+)</h2>', page.text)


def test_how_each_caller_stands_and_when_it_may_come(visitor: Visitor) -> None:
    assert callers(visitor) == []
    assert "at most 16 in any 2 s; at most 100,000 from midnight UTC" in visitor.page.text
    visitor.athena.fill()
    visitor.athena.clock.advance(SECOND // 2)
    visitor.athena.get("/Patient")
    visitor.athena.get("/sandbox/Patient", visitor.athena.token(client="mock-backend"))
    assert callers(visitor) == ["client mock-backend at sandbox", "client mock-client at production"]
    page = visitor.page.text
    assert "Next call in <strong>1.5 s</strong>" in page
    assert "16 of 16 used, more in 1.5 s" in page
    assert "Spent by mock-client from 127.0.0.1 (16)" in page
    assert callers(visitor, f"{LIMITS}?order=scarcest")[0] == "client mock-client at production"
    assert callers(visitor, f"{LIMITS}?search=SANDBOX") == ["client mock-backend at sandbox"]
    assert callers(visitor, f"{LIMITS}?search=nobody") == []
    assert visitor.athena.world.journal.counters()["total"] == 18


def test_the_picture_has_words(visitor: Visitor) -> None:
    visitor.athena.fill()
    visitor.athena.get("/Patient")
    page = visitor.open(f"{LIMITS}?span=30").text
    (title,) = re.findall(r"<title id=\"plot-1\">([^<]+)</title>", page)
    assert title == (
        "In the last 30 s 16 admitted, 1 refused. burst left room for 0 of 16 at the least. "
        "The next call is admitted in 2 s."
    )


def test_reset_gives_everybody_the_whole_quota(visitor: Visitor) -> None:
    visitor.athena.fill()
    assert visitor.athena.get("/Patient").status_code == 429
    visitor.open(LIMITS)
    assert "has its whole quota again" in visitor.press("do", do="reset").text
    assert visitor.athena.get("/Patient").status_code == 200
    assert visitor.athena.world.journal.counters()["total"] == 18
    assert "room for 0 of 16" not in visitor.open(LIMITS).text.partition("<svg")[0]


def test_the_control_api_resets_too(visitor: Visitor) -> None:
    visitor.athena.fill()
    assert visitor.athena.control("POST", "limits/reset").get_json() == {"status": "reset"}
    assert visitor.athena.control("GET", "limits").get_json()["callers"] == []
    assert visitor.athena.get("/Patient").status_code == 200


@pytest.mark.parametrize("query", ["order=colour", "span=9"])
def test_what_cannot_be_chosen_is_said(visitor: Visitor, query: str) -> None:
    page = visitor.open(f"{LIMITS}?{query}")
    assert page.status_code == 400
    assert "expected one of" in page.text
    assert visitor.open(f"{LIMITS}/more").status_code == 404


def test_an_unknown_button_does_nothing(visitor: Visitor) -> None:
    visitor.athena.fill()
    visitor.open(LIMITS)
    assert visitor.press("do", do="burn").status_code == 400
    assert visitor.athena.get("/Patient").status_code == 429


def test_every_policy_has_its_picture(make_athena: MakeAthena) -> None:
    """Replayed by its own engine: buckets, lockouts, what is in flight, refusals that count, nothing at all."""
    for policy in ("off", "token-bucket", "gcra", "fixed-window", "lockout", "concurrency", "athena+tokens-5"):
        visitor = Visitor(make_athena(limits=policy))
        for _ in range(20):
            visitor.athena.get("/Organization?_count=1").close()  # only then it is no longer in flight
        visitor.athena.send("POST", "/oauth2/v1/token", auth=("mock-client", "mock-secret"), data={})
        shown = callers(visitor)
        assert "client mock-client at production" in shown, policy
        assert ("client mock-client at production (token-endpoint)" in shown) is policy.startswith("athena")
        counted = visitor.athena.world.journal.counters()
        assert f"{counted['verdict.admitted'] - (len(shown) > 1)} admitted" in visitor.page.text, policy


def test_many_callers_are_bounded(visitor: Visitor) -> None:
    for number in range(20):
        visitor.athena.get("/Organization?_count=1", visitor.athena.token(client=f"client-{number}"))
    assert callers(visitor) == [f"client client-{number} at production" for number in range(19, 11, -1)]
    assert "8 of 20 who came lately" in visitor.page.text
    assert len(callers(visitor, f"{LIMITS}?all=1")) == 8
