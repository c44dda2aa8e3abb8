"""At the edge: who, then quota, then fault; and a refused request touches nothing below."""

import json
from collections.abc import Iterable
from typing import Any

import pytest

from mock_athena.clock import NANOSECONDS, unix_text
from mock_athena.web.edge import Edge
from tests.mock_athena.web.in_process import ADA, PRACTICE, SANDBOX_PRACTICE, Athena, outcome


def remaining(athena: Athena, path: str = "/Organization") -> int:
    return int(athena.get(path).headers["X-RateLimit-Remaining"])


@pytest.mark.requirement("ERR-015")
def test_the_seventeenth_request_is_refused_and_told_why_and_until_when(athena: Athena) -> None:
    athena.fill()
    refused = athena.get("/Patient")
    issue = outcome(refused)
    assert (refused.status_code, issue["code"]) == (429, "throttled")
    assert refused.headers["Retry-After"] == "2"
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert refused.headers["Cache-Control"] == "no-store"
    for word in ("policy 'mission'", "'burst'", "16 requests in 2 s", "2.000 s", "Retry-After: 2", "_count", "$export"):
        assert word in issue["diagnostics"]
    athena.clock.advance(2 * NANOSECONDS)
    assert athena.get("/Patient").status_code == 200


def test_headers_body_and_journal_come_from_one_decision(athena: Athena) -> None:
    athena.fill()
    athena.clock.advance(123_456_789)
    refused = athena.get("/Patient")
    entry = athena.journal()[-1]
    assert refused.headers["X-Mock-Decided-At"] == f"{unix_text(entry.instant)};seq={entry.seq}"
    assert (entry.verdict, entry.status) == ("refused", 429)
    assert entry.reason == "burst quota of client mock-client at production is used up, 1.877 s to wait"


def test_a_request_without_a_good_token_costs_nothing(athena: Athena) -> None:
    assert remaining(athena) == 15
    for token in (None, "nonsense", athena.token()[:-4] + "AAAA"):
        assert athena.send("GET", "/fhir/r4/Patient", token).status_code == 401
    assert remaining(athena) == 14


def test_who_comes_before_quota(athena: Athena) -> None:
    athena.fill()
    assert athena.send("GET", "/fhir/r4/Patient").status_code == 401
    assert athena.get("/Patient").status_code == 429


def test_quota_comes_before_fault_and_a_fault_strikes_once(athena: Athena) -> None:
    athena.fill()
    athena.control("POST", "faults", {"kind": "status", "with": {"retry_after": "7"}, "times": 1})
    assert athena.get("/Patient").status_code == 429
    athena.clock.advance(2 * NANOSECONDS)
    struck = athena.get("/Patient")
    assert (struck.status_code, outcome(struck)["code"], struck.headers["Retry-After"]) == (503, "transient", "7")
    assert struck.headers["X-RateLimit-Remaining"] == "15"
    assert athena.get("/Patient").status_code == 200


def test_what_is_refused_at_the_edge_never_reaches_flask(athena: Athena) -> None:
    athena.fill()

    def untouchable(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        raise AssertionError("Flask was touched")

    app = Athena(athena.app)
    app.app._answer = Edge(athena.world, untouchable)
    assert athena.get("/Patient").status_code == 429
    assert athena.send("GET", "/fhir/r4/Patient").status_code == 401


def test_the_environments_have_quotas_patients_and_tokens_apart(athena: Athena) -> None:
    token, sandbox = athena.token(), f"/fhir/r4/sandbox/Patient/a-{SANDBOX_PRACTICE}.E-1"
    athena.fill(token)
    assert athena.get(f"/Patient/{ADA}").status_code == 429
    answer = athena.send("GET", sandbox, token)
    assert (answer.status_code, answer.headers["X-RateLimit-Remaining"]) == (200, "15")
    assert athena.send("GET", f"/fhir/r4/sandbox/Patient/a-{PRACTICE}.E-1", token).status_code == 404
    athena.clock.advance(2 * NANOSECONDS)
    assert athena.get(f"/Patient/a-{SANDBOX_PRACTICE}.E-1").status_code == 404
    assert [entry.environment for entry in athena.journal()][-3:] == ["sandbox", "sandbox", "production"]


def test_the_tokens_of_one_client_share_its_quota_and_clients_do_not(athena: Athena) -> None:
    athena.fill(athena.token())
    assert athena.get("/Patient", athena.token("system/Patient.read")).status_code == 429
    assert athena.get("/Patient", athena.token(client="mock-readonly")).status_code == 200


def test_head_is_get_without_a_body(athena: Athena) -> None:
    for path, token in ((f"/fhir/r4/Patient/{ADA}", athena.token()), ("/fhir/r4/Patient", ""), ("/nowhere", "")):
        get, head = (athena.send(method, path, token) for method in ("GET", "HEAD"))
        assert (head.status_code, head.data) == (get.status_code, b"")
        assert head.headers["Content-Length"] == str(len(get.data))
        assert head.content_type == get.content_type


def test_a_refused_body_says_the_same_as_json(athena: Athena) -> None:
    athena.fill()
    refused = athena.get("/Patient")
    assert json.loads(refused.data)["issue"][0]["details"]["text"] == outcome(refused)["diagnostics"]
    assert int(refused.headers["Content-Length"]) == len(refused.data)
