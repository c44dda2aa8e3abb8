"""The life of a request while faults are armed: what is spent, what is told, what the journal has of it."""

import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest

from mock_athena.errors import ConnectionFault
from tests.mock_athena.web.in_process import ADA, Athena, outcome

GATEWAY = {"kind": "gateway-page"}


def arm(athena: Athena, **rule: Any) -> list[dict[str, Any]]:
    answer = athena.control("POST", "faults", rule)
    assert answer.status_code == 201, answer.text
    armed: list[dict[str, Any]] = answer.get_json()["armed"]
    return armed


def test_on_arrival_nothing_is_spent_and_no_token_is_asked_for(athena: Athena) -> None:
    arm(athena, **GATEWAY, times=1)
    struck = athena.send("GET", "/fhir/r4/Patient")
    assert (struck.status_code, struck.content_type) == (502, "text/html")
    assert b"502 Bad Gateway" in struck.data
    assert not any(name.lower().startswith(("x-ratelimit", "x-request-id")) for name, _ in struck.headers)
    (entry,) = athena.journal()
    assert (entry.status, entry.verdict, entry.faults) == (502, "faulted", ("gateway-page",))
    assert athena.get("/Patient").headers["X-RateLimit-Remaining"] == "15"


def test_an_admitted_request_is_refused_in_the_language_of_its_route_after_it_was_charged(athena: Athena) -> None:
    arm(athena, kind="status", match={"route": "fhir"}, **{"with": {"status": 503, "retry_after": "9"}})
    struck = athena.get("/Patient")
    assert (struck.status_code, outcome(struck)["code"], struck.headers["Retry-After"]) == (503, "transient", "9")
    assert struck.headers["X-RateLimit-Remaining"] == "15"
    assert athena.send("GET", "/fhir/r4/Patient").status_code == 401
    entry = athena.journal()[0]
    assert (entry.verdict, entry.faults, entry.reason) == (
        "admitted", ("status",), "the service is temporarily unavailable",
    )  # fmt: skip
    arm(athena, kind="status", match={"route": "oauth"}, **{"with": {"status": 401, "message": "no"}})
    told = athena.send("POST", "/oauth2/v1/token", data={"grant_type": "client_credentials"})
    assert (told.status_code, told.get_json()["error"]) == (401, "invalid_client")


def test_on_the_way_out_everything_was_done(athena: Athena) -> None:
    arm(athena, kind="status", at="answer", match={"route": "bulk"}, times=1)
    kick_off = athena.get("/$export", headers={"Prefer": "respond-async"})
    assert kick_off.status_code == 503
    assert len(athena.control("GET", "jobs").get_json()["jobs"]) == 1
    assert [(entry.status, entry.faults) for entry in athena.journal()] == [(503, ("status",))]


def test_a_broken_connection_is_in_the_journal_without_a_status(athena: Athena) -> None:
    arm(athena, kind="connection-reset", times=1)
    with pytest.raises(ConnectionFault):
        athena.get("/Patient")
    arm(athena, kind="connection-reset", at="answer", times=1)
    with pytest.raises(ConnectionFault):
        athena.get("/Patient")
    first, second = athena.journal(status="0")
    assert (first.verdict, second.verdict) == ("faulted", "admitted")
    assert athena.world.journal.counters()["fault.connection-reset"] == 2


def test_several_strike_one_request(athena: Athena) -> None:
    arm(athena, kind="status", **{"with": {"status": 429, "retry_after": "1"}})
    arm(athena, kind="missing-headers", **{"with": {"names": ["Retry-After", "x-request-id"]}})
    arm(athena, kind="wrong-content-type")
    struck = athena.get("/Patient")
    assert struck.status_code == 429
    assert "Retry-After" not in struck.headers
    assert "X-Request-Id" not in struck.headers
    assert struck.headers["X-RateLimit-Limit"] == "16"
    assert athena.journal()[-1].faults == ("status", "missing-headers", "wrong-content-type")


def test_a_rule_can_be_about_one_client_or_the_answers_of_one_status(athena: Athena) -> None:
    arm(athena, kind="status", at="arrival", match={"client": "mock-readonly"})
    arm(athena, kind="wrong-content-type", match={"status": "404"})
    assert athena.get("/Patient").content_type.startswith("application/fhir+json")
    assert athena.get("/Patient/nobody").content_type.startswith("text/html")
    readonly = athena.token(client="mock-readonly")
    assert athena.get("/Patient", readonly).status_code == 503
    asked = {"grant_type": "client_credentials"}
    token = athena.send("POST", "/oauth2/v1/token", data=asked, auth=("mock-readonly", "mock-readonly-secret"))
    assert token.status_code == 503
    token = athena.send("POST", "/oauth2/v1/token", data=asked, auth=("mock-client", "mock-secret"))
    assert token.status_code == 200


def test_a_client_is_known_at_the_token_endpoint_whichever_way_it_says_who_it_is(athena: Athena) -> None:
    arm(athena, kind="status", at="arrival", match={"client": "mock-readonly", "route": "oauth"})
    asked = {"grant_type": "client_credentials"}
    for client, status in (("mock-readonly", 503), ("mock-client", 200)):
        secret = {"mock-readonly": "mock-readonly-secret", "mock-client": "mock-secret"}[client]
        form = asked | {"client_id": client, "client_secret": secret}
        assert athena.send("POST", "/oauth2/v1/token", data=form).status_code == status
    unsigned = f"{encoded({'alg': 'RS384'})}.{encoded({'iss': 'mock-readonly', 'sub': 'mock-readonly'})}.x"
    assert athena.send("POST", "/oauth2/v1/token", data=asked | {"client_assertion": unsigned}).status_code == 503
    assert athena.send("GET", "/oauth2/v1/authorize?client_id=mock-readonly").status_code == 503
    assert athena.send("POST", "/oauth2/v1/token", data=b"no form").status_code == 400


def encoded(part: dict[str, str]) -> str:
    return urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def test_a_window_of_time_is_of_our_clock(athena: Athena) -> None:
    arm(athena, kind="status", start=10, stop=20)
    seen = []
    for _ in range(4):
        seen.append(athena.get("/Patient").status_code)
        athena.clock.advance(6_000_000_000)
    assert seen == [200, 200, 503, 503]
    assert athena.get("/Patient").status_code == 200


def test_a_revoked_token_is_gone_and_a_new_one_works(athena: Athena) -> None:
    arm(athena, kind="revoked-token", times=1)
    first = athena.get("/Patient")
    assert first.status_code == 401
    assert "the access token is revoked: get a new one" in outcome(first)["diagnostics"]
    assert 'error="invalid_token"' in first.headers["WWW-Authenticate"]
    assert athena.get("/Patient").status_code == 401
    assert athena.get("/Patient", athena.token("system/Patient.read")).status_code == 200
    athena.control("POST", "reset")
    assert athena.get("/Patient").status_code == 200


def test_a_head_request_gets_no_body(athena: Athena) -> None:
    arm(athena, **GATEWAY)
    struck = athena.send("HEAD", "/fhir/r4/Patient")
    assert (struck.status_code, struck.data) == (502, b"")
    assert int(struck.headers["Content-Length"]) > 100


def test_the_control_api_is_never_struck(athena: Athena) -> None:
    arm(athena, **GATEWAY)
    arm(athena, kind="malformed-json", **{"with": {"how": "empty"}})
    assert athena.control("GET", "health").get_json()["status"] == "ok"


def test_wiped_data_are_back_when_it_is_disarmed(athena: Athena) -> None:
    arm(athena, kind="wiped-data", match={"environment": "sandbox"})
    sandbox = athena.send("GET", "/fhir/r4/sandbox/Patient?_count=1", athena.token()).get_json()
    assert (sandbox["total"], sandbox.get("entry")) == (0, None)
    assert sandbox["link"][0]["url"] == "http://localhost/fhir/r4/sandbox/Patient?_count=1"
    assert athena.send("GET", "/fhir/r4/sandbox/Patient/a-195900.E-1", athena.token()).status_code == 404
    assert athena.get(f"/Patient/{ADA}").status_code == 200
    assert athena.send("GET", "/fhir/r4/sandbox/metadata").status_code == 200
    athena.control("DELETE", "faults")
    assert athena.send("GET", "/fhir/r4/sandbox/Patient/a-195900.E-1", athena.token()).status_code == 200


def test_a_lock_out_counts_down_and_ends(athena: Athena) -> None:
    arm(athena, kind="lock-out", **{"with": {"seconds": 900}})
    assert "Try in another 900 seconds" in outcome(athena.get("/Patient"))["diagnostics"]
    athena.clock.advance(56_500_000_000)
    locked = athena.get("/Patient")
    assert "Try in another 844 seconds" in outcome(locked)["diagnostics"]
    assert "Retry-After" not in locked.headers
    athena.clock.advance(844_000_000_000)
    assert athena.get("/Patient").status_code == 200


def test_exports_fail_stay_and_lack_types(athena: Athena) -> None:
    arm(athena, kind="export-failed", times=1, **{"with": {"message": "disk full"}})
    arm(athena, kind="export-incomplete", nth=2)
    jobs = [
        athena.get("/$export?_type=Patient,Observation", headers={"Prefer": "respond-async"}).headers[
            "Content-Location"
        ]
        for _ in range(2)
    ]
    failing, incomplete = (job.removeprefix("http://localhost/fhir/r4") for job in jobs)
    assert athena.get(failing).status_code == 202
    athena.clock.advance(2_000_000_000)
    failed = athena.get(failing)
    assert failed.status_code == 500
    assert "disk full; start another" in outcome(failed)["diagnostics"]
    assert athena.get(failing.replace("bulkstatus", "bulkdata") + "/Patient.ndjson").status_code == 404
    manifest = athena.get(incomplete).get_json()
    assert [file["type"] for file in manifest["output"]] == ["Patient"]
    (error,) = manifest["error"]
    lines = athena.send("GET", error["url"].removeprefix("http://localhost"), athena.token()).text
    assert "Observation could not be exported" in lines
    states = {job["state"] for job in athena.control("GET", "jobs").get_json()["jobs"]}
    assert states == {"failed", "complete"}
    assert athena.send("DELETE", f"/fhir/r4{failing}", athena.token()).status_code == 202
    assert athena.get(failing).status_code == 404


def test_a_request_may_ask_for_a_fault_only_where_that_is_allowed(athena: Athena, make_athena: Any) -> None:
    wish = {"X-Mock-Fault": "status; status=503"}
    refused = athena.get("/Patient", headers=wish)
    assert refused.status_code == 400
    assert "start with --allow-fault-header" in outcome(refused)["diagnostics"]
    allowing = make_athena(allow_fault_header=True)
    assert allowing.get("/Patient", headers=wish).status_code == 503
    assert allowing.get("/Patient").status_code == 200
    assert allowing.journal()[0].faults == ("status",)
    unknown = allowing.get("/Patient", headers={"X-Mock-Fault": "statsu"})
    assert (unknown.status_code, "did you mean 'status'" in outcome(unknown)["diagnostics"]) == (400, True)
    assert allowing.send("GET", "/_mock/health", headers=wish).status_code == 200


def test_a_scenario_is_armed_at_start_and_again_after_a_reset(make_athena: Any) -> None:
    athena = make_athena(scenario="404-not-found")
    assert athena.get(f"/Patient/{ADA}").status_code == 404
    athena.control("DELETE", "faults")
    assert athena.get(f"/Patient/{ADA}").status_code == 200
    athena.control("POST", "reset")
    assert athena.get(f"/Patient/{ADA}").status_code == 404


def test_an_answer_in_our_place_has_our_headers_wherever_it_is_given(athena: Athena) -> None:
    arm(athena, kind="wiped-data", at="arrival", times=1)
    for _ in range(2):
        answer = athena.get("/Patient", headers={"X-Request-Id": "mine"})
        assert (answer.status_code, answer.headers["X-Request-Id"]) == (200, "mine")
    first, second = athena.journal()
    assert (first.verdict, second.verdict) == ("faulted", "admitted")
    assert athena.get("/Patient").headers["X-RateLimit-Remaining"] == "14"
