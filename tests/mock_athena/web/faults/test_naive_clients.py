"""Each fault breaks a client that works without it. (What needs a socket is in tests/integration.)"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.mock_athena.web.faults import naive
from tests.mock_athena.web.in_process import Athena
from tests.mock_athena.web.portal.visitor import Visitor, answer, asked

Client = Callable[[Athena], Any]


def arm(athena: Athena, kind: str, with_: dict[str, Any] | None = None, **keys: Any) -> None:
    answer = athena.control("POST", "faults", {"kind": kind, "with": with_ or {}, **keys})
    assert answer.status_code == 201, answer.text


def seconds_to_reset_are_right(athena: Athena) -> None:
    assert 0 <= naive.seconds_to_reset(athena) <= 3  # both are whole seconds


def some_requests_left(athena: Athena) -> None:
    left = naive.requests_left(athena)
    assert len(left) == 5
    assert min(left) >= 0


def both_types(athena: Athena) -> None:
    assert set(naive.exported(athena)) == {"Patient", "Observation"}


def a_patient(athena: Athena) -> None:
    assert naive.read(athena)["resourceType"] == "Patient"


def two_patients(athena: Athena) -> None:
    assert naive.number_of_patients(athena) == 2


def after_a_burst(athena: Athena) -> None:
    athena.clock.advance(10_000_000_000)
    for _ in range(16):
        athena.get("/Organization?_count=1")
    assert naive.patient_read_at_last(athena, most=2) == 2


BREAKS = [
    ("status", {"status": 503}, naive.names),
    ("status", {"status": 500}, naive.names),
    ("gateway-page", {}, a_patient),
    ("gateway-page", {"status": 404, "content_type": "application/json", "body": "Service not registered"}, a_patient),
    ("lock-out", {}, naive.patient_read_at_last),
    ("wiped-data", {}, naive.names),
    ("wiped-data", {}, a_patient),
    ("outcome-in-bundle", {}, naive.names),
    ("malformed-json", {"how": "cut"}, naive.read),
    ("malformed-json", {"how": "comma"}, naive.read),
    ("malformed-json", {"how": "control-character"}, naive.read),
    ("malformed-json", {"how": "latin-1"}, naive.read),
    ("malformed-json", {"how": "empty"}, naive.read),
    ("duplicated-entries", {}, two_patients),
    ("looping-pages", {}, naive.all_pages),
    ("wrong-host", {}, naive.all_pages),
    ("expired-token", {}, naive.read_with_its_token),
    ("revoked-token", {}, naive.read_with_its_token),
    ("odd-retry-after", {"how": "past-date"}, after_a_burst),
    ("odd-retry-after", {"how": "date"}, after_a_burst),
    ("odd-retry-after", {"how": "epoch"}, after_a_burst),
    ("odd-retry-after", {"how": "epoch-ms"}, after_a_burst),
    ("odd-retry-after", {"how": "zero"}, after_a_burst),
    ("odd-retry-after", {"how": "negative"}, after_a_burst),
    ("odd-retry-after", {"how": "fraction"}, after_a_burst),
    ("odd-retry-after", {"how": "words"}, after_a_burst),
    ("odd-retry-after", {"how": "too-short"}, after_a_burst),
    ("odd-retry-after", {"how": "missing"}, after_a_burst),
    ("missing-headers", {}, after_a_burst),
    ("clock-skew", {"seconds": -300}, seconds_to_reset_are_right),
    ("odd-rate-limit", {"how": "words"}, some_requests_left),
    ("odd-rate-limit", {"how": "unclosed"}, some_requests_left),
    ("odd-rate-limit", {"how": "negative"}, some_requests_left),
    ("odd-rate-limit", {"how": "fraction"}, some_requests_left),
    ("odd-rate-limit", {"how": "no-numbers"}, some_requests_left),
    ("odd-rate-limit", {"how": "empty"}, some_requests_left),
    ("export-stuck", {}, naive.exported),
    ("export-failed", {}, naive.exported),
    ("export-incomplete", {}, both_types),
]  # fmt: skip

FAILURES = (naive.Broken, AssertionError, KeyError, ValueError, TypeError, UnicodeDecodeError)


@pytest.mark.parametrize(("kind", "with_", "client"), BREAKS)
def test_a_client_breaks_on_it_that_works_without(athena: Athena, kind: str, with_: Any, client: Client) -> None:
    if kind == "clock-skew":
        arm(athena, "clock-skew", {"seconds": 0})  # in process there is no server that adds a Date
    client(athena)
    athena.clock.advance(10_000_000_000)
    arm(athena, kind, with_)
    with pytest.raises(FAILURES):
        client(athena)
    assert any(kind in entry.faults for entry in athena.journal())
    athena.control("DELETE", "faults")
    athena.control("POST", "reset")
    if kind != "clock-skew":
        client(athena)


def test_a_wait_that_is_too_long_costs_an_hour(make_athena: Any) -> None:
    athena = make_athena(token_lifetime=86_400)
    arm(athena, "odd-retry-after", {"how": "too-long"})
    before = athena.clock.now()
    after_a_burst(athena)
    assert 3610 <= (athena.clock.now() - before) / 1e9 < 3620


def test_a_strict_parser_is_needed_to_notice_a_nan(athena: Athena) -> None:
    arm(athena, "malformed-json", {"how": "not-a-number"})
    body = athena.get("/Patient/a-500001.E-1").data

    def refuse(text: str) -> None:
        raise ValueError(text)

    with pytest.raises(ValueError, match="NaN"):
        json.loads(body, parse_constant=refuse)


def test_a_client_that_believes_the_media_type_reads_nothing(athena: Athena) -> None:
    assert athena.get("/Patient").is_json
    arm(athena, "wrong-content-type")
    answer = athena.get("/Patient")
    assert not answer.is_json
    assert json.loads(answer.data)["resourceType"] == "Bundle"
    athena.control("DELETE", "faults")
    arm(athena, "wrong-content-type", {"content_type": ""})
    assert "Content-Type" not in athena.get("/Patient").headers


def test_a_client_that_looks_at_no_state_signs_in_as_somebody_else(make_athena: Any) -> None:
    visitor = Visitor(make_athena(auto_approve=True))
    arm(visitor.athena, "wrong-state", {}, times=1)
    forged = answer(visitor.authorize())
    assert forged["state"] == "of-somebody-else" != asked()["state"]
    assert visitor.redeem(forged["code"])["access_token"]
    arm(visitor.athena, "wrong-state", {"drop": True}, times=1)
    assert "state" not in answer(visitor.authorize())
    assert answer(visitor.authorize())["state"] == asked()["state"]
    assert answer(visitor.authorize(scope="nonsense"))["state"] == asked()["state"], "an error brings no code"
