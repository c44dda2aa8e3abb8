"""One journal entry for each exchange, with the reason and without secrets."""

import json
from typing import Any

import pytest

from tests.mock_athena.web.in_process import ADA, BO, Athena

SECRET = "s3cret-that-nobody-may-read"


def test_an_entry_says_what_came_and_what_was_decided(athena: Athena) -> None:
    sent = {"X-Request-Id": "mine-1"}
    athena.get(f"/Observation?patient={ADA}&code=8480-6", athena.token("patient/*.read", patient=ADA), headers=sent)
    (entry,) = athena.journal()
    assert (entry.method, entry.path, entry.query) == ("GET", "/fhir/r4/Observation", f"patient={ADA}&code=8480-6")
    assert (entry.status, entry.route, entry.environment, entry.verdict) == (200, "fhir", "production", "admitted")
    assert (entry.client_id, entry.patient, entry.remote) == ("mock-client", ADA, "127.0.0.1")
    assert (entry.request_id, entry.reason) == ("mine-1", "")
    assert 0 < entry.seconds < 10


@pytest.mark.parametrize(
    ("path", "scope", "status", "reason"),
    [
        ("/Patient/nobody", "system/*.read", 404, "no Patient of id nobody"),
        (f"/Patient/{BO}", "patient/*.read", 404, f"Patient/{BO} exists, out of reach of what"),
        ("/Patient", "system/Observation.read", 403, "needs a scope that grants 's' (search) on Patient"),
        ("/Starship", "system/*.read", 404, "resource type 'Starship' is not supported"),
        ("/Patient?_format=xml", "system/*.read", 406, "_format=xml is not supported"),
    ],
)
def test_a_refusal_has_its_reason(athena: Athena, path: str, scope: str, status: int, reason: str) -> None:
    patient = ADA if scope.startswith("patient/") else None
    assert athena.get(path, athena.token(scope, patient=patient)).status_code == status
    assert athena.last_reason().startswith(reason)


def test_verdicts(athena: Athena) -> None:
    athena.send("GET", "/fhir/r4/metadata")
    athena.send("GET", "/fhir/r4/Patient")
    athena.fill()
    athena.get("/Patient")
    counters = athena.world.journal.counters()
    verdicts = {name: count for name, count in counters.items() if name.startswith("verdict.")}
    assert verdicts == {
        "verdict.admitted": 16, "verdict.refused": 1, "verdict.unauthenticated": 1, "verdict.unlimited": 1,
    }  # fmt: skip
    assert counters["total"] == 19


def test_control_is_never_journaled_nor_numbered(athena: Athena) -> None:
    athena.get("/Patient")
    for path in ("health", "journal", "clock", "nothing"):
        athena.control("GET", path)
    athena.get("/Patient")
    first, second = athena.journal()
    assert second.seq == first.seq + 1


def test_secrets_are_in_no_entry_and_no_log_line(
    make_athena: Any, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    athena = make_athena(log_requests=True)
    token = athena.token()
    athena.get("/Patient")
    athena.get(f"/Patient?access_token={token}&_count=1")
    athena.send("GET", f"/fhir/r4/Patient?access_token={SECRET}")
    athena.send("GET", "/fhir/r4/Patient", SECRET)
    athena.send("GET", "/fhir/r4/Patient", headers={"Authorization": f"Basic {SECRET}"})
    form = {"grant_type": "authorization_code", "client_id": "mock-client", "code": SECRET, "code_verifier": SECRET}
    athena.send("POST", "/oauth2/v1/token", data=form | {"client_secret": SECRET})
    athena.send("POST", "/oauth2/v1/token", data={"grant_type": "refresh_token", "refresh_token": SECRET})
    asked = f"client_id=mock-public&response_type=code&state={SECRET}&code={SECRET}&login_hint=x"
    athena.send("GET", f"/oauth2/v1/authorize?{asked}")
    athena.send("POST", f"/oauth2/v1/token?client_secret={SECRET}", data={"grant_type": "client_credentials"})
    entries = json.dumps([repr(entry) for entry in athena.journal()])
    logged = capsys.readouterr().err + caplog.text
    assert len(athena.journal()) == 9
    for text in (entries, logged):
        assert SECRET not in text
        assert token not in text
        assert "access_token=***" in text


def test_the_request_log_is_one_json_line_for_each_request(
    make_athena: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    athena = make_athena(log_requests=True)
    athena.get("/Patient")
    athena.send("GET", "/fhir/r4/P%0Aat%E2%80%A8ient")
    athena.control("GET", "health")
    first, second = map(json.loads, capsys.readouterr().err.splitlines())
    assert (first["path"], first["status"]) == ("/fhir/r4/Patient", 200)
    assert second["path"] == "/fhir/r4/P\nat\u2028ient"


def test_requests_are_not_logged_unless_asked(athena: Athena, capsys: pytest.CaptureFixture[str]) -> None:
    athena.get("/Patient")
    assert capsys.readouterr() == ("", "")


def test_the_ring_is_bounded_and_the_counters_exact(make_athena: Any) -> None:
    athena = make_athena(journal_size=5, limits="off")
    for _ in range(30):
        athena.get("/Organization?_count=1")
    assert len(athena.journal()) == 5
    assert athena.world.journal.counters()["total"] == 30
