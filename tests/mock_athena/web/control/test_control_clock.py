"""The clock by request: one call moves quota, tokens and exports together."""

from typing import Any

import pytest

from mock_athena.clock import LATEST
from tests.mock_athena.web.in_process import Athena

START = "2026-01-01T00:00:00Z"


@pytest.fixture
def athena(make_athena: Any) -> Athena:
    made: Athena = make_athena(start=START, export_duration=600.0)
    return made


def test_the_clock_stands_where_it_was_set(athena: Athena) -> None:
    for _ in range(2):
        assert athena.control("GET", "clock").get_json() == {
            "instant": "2026-01-01T00:00:00.000Z", "unix": "1767225600.000000000", "clock": "manual",
            "stands": True, "waiting": [], "participants": [], "awaited": [],
        }  # fmt: skip


@pytest.mark.parametrize(
    ("order", "unix"),
    [
        ({"advance": 3600}, "1767229200.000000000"),
        ({"advance": 0}, "1767225600.000000000"),
        ({"advance": 0.000000001}, "1767225600.000000001"),
        ({"advance": 1.1}, "1767225601.100000000"),
        ({"to": "2026-01-02"}, "1767312000.000000000"),
        ({"to": "2026-01-01T00:00:00.5Z"}, "1767225600.500000000"),
        ({"to": "2026-01-01T02:00:00+01:00"}, "1767229200.000000000"),
    ],
)
def test_it_moves_by_and_to(athena: Athena, order: dict[str, Any], unix: str) -> None:
    answer = athena.control("POST", "clock", order)
    assert (answer.status_code, answer.get_json()["unix"]) == (200, unix)
    assert athena.control("GET", "clock").get_json() == answer.get_json()


def test_one_call_moves_quota_token_and_export(athena: Athena) -> None:
    token = athena.token()
    kick_off = athena.get("/$export", token, headers={"Prefer": "respond-async"})
    status = kick_off.headers["Content-Location"].removeprefix("http://localhost/fhir/r4")
    for _ in range(15):
        athena.get("/Organization", token)
    assert athena.get("/Organization", token).status_code == 429
    athena.control("POST", "clock", {"advance": 2})
    assert athena.get(status, token).status_code == 202
    athena.control("POST", "clock", {"advance": 598})
    assert athena.get(status, token).status_code == 200
    athena.control("POST", "clock", {"advance": 2999})
    assert athena.get("/Organization", token).status_code == 200
    athena.control("POST", "clock", {"advance": 1})
    expired = athena.get("/Organization", token)
    assert expired.status_code == 401
    assert 'error="invalid_token"' in expired.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    ("order", "complaint"),
    [
        ({"advance": -1}, "moves forward only, not by -1 s"),
        ({"advance": 10**15}, "year 8999"),
        ({"advance": 1e300}, "year 8999"),
        ({"advance": "5"}, "expected {"),
        ({"advance": True}, "expected {"),
        ({"advance": None}, "expected {"),
        ({"to": "2025-12-31"}, "already stands at"),
        ({"to": "9999-12-31"}, "year 8999"),
        ({"to": "tomorrow"}, "not a FHIR date"),
        ({"to": "2026-13-01"}, "no month 13"),
        ({"to": "\ud800"}, "not a FHIR date"),
        ({"to": 5}, "expected {"),
        ({"advance": 1, "to": "2027-01-01"}, "expected {"),
        ({"leap": 1}, "expected {"),
        ({}, "expected {"),
    ],
)
def test_an_order_that_cannot_be_followed_moves_nothing(athena: Athena, order: Any, complaint: str) -> None:
    answer = athena.control("POST", "clock", order)
    assert answer.status_code == 400
    assert complaint in answer.get_json()["error"]
    assert athena.control("GET", "clock").get_json()["unix"] == "1767225600.000000000"


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"5", b"null", b"[" * 100_000, b"\xff", b'{"advance": NaN}'])
def test_a_body_that_is_no_object_is_refused(athena: Athena, body: bytes) -> None:
    answer = athena.send("POST", "/_mock/clock", data=body)
    assert (answer.status_code, set(answer.get_json())) == (400, {"error"})


def test_everything_still_works_at_the_end_of_time(athena: Athena) -> None:
    athena.clock.advance_to(LATEST)
    assert athena.control("GET", "clock").get_json()["instant"] == "9000-01-01T00:00:00.000Z"
    assert athena.get("/Patient").status_code == 200
    assert athena.get("/$export", headers={"Prefer": "respond-async"}).status_code == 202


@pytest.mark.parametrize("clock", ["system", "x60"])
def test_a_clock_that_runs_by_itself_cannot_be_moved(make_athena: Any, clock: str) -> None:
    athena = make_athena(clock=clock)
    answer = athena.control("POST", "clock", {"advance": 1})
    assert answer.status_code == 409
    assert "--clock manual" in answer.get_json()["error"]
    assert athena.control("GET", "clock").get_json()["clock"] == clock
