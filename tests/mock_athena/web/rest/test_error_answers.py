"""What a refusal looks like: status, OperationOutcome, and the words in it."""

import json
from itertools import cycle, product
from urllib.parse import quote

import pytest
from fhir.resources.R4B.operationoutcome import OperationOutcome
from werkzeug.test import TestResponse

from mock_athena.clock import NANOSECONDS
from tests.mock_athena.web.conftest import MakeAthena
from tests.mock_athena.web.in_process import ADA, Athena, outcome

# method, path, scope (none: no token), headers, status, issue code
REFUSALS = [
    ("GET", "/Patient?birthdate=soon", "system/*.read", {}, 400, "invalid"),
    ("GET", "/Observation?date=2024-99", "system/*.read", {}, 400, "invalid"),
    ("GET", "/Patient?color=red", "system/*.read", {"Prefer": "handling=strict"}, 400, "invalid"),
    ("GET", f"/Patient/{ADA}?_elements=nothing", "system/*.read", {}, 400, "invalid"),
    ("GET", f"/Patient/{ADA}", None, {}, 401, "login"),
    ("GET", f"/Patient/{ADA}", None, {"Authorization": "Bearer x"}, 401, "login"),
    ("GET", f"/Patient/{ADA}", None, {"Authorization": "Basic bW9jazpz"}, 401, "login"),
    ("GET", f"/Patient/{ADA}", "system/Observation.read", {}, 403, "forbidden"),
    ("GET", "/Patient/nobody", "system/*.read", {}, 404, "not-found"),
    ("GET", "/Starship/1", "system/*.read", {}, 404, "not-found"),
    ("GET", "/Starship", "system/*.read", {}, 404, "not-found"),
    ("GET", "/Patient/$nothing", "system/*.read", {}, 404, "not-found"),
    ("PUT", "/metadata", None, {}, 405, "not-supported"),
    ("PATCH", "/Patient/_search", "system/*.read", {}, 405, "not-supported"),
    ("GET", f"/Patient/{ADA}", "system/*.read", {"Accept": "application/fhir+xml"}, 406, "not-supported"),
    ("POST", "/Patient/_search", "system/*.read", {"Content-Type": "application/json"}, 415, "not-supported"),
]


@pytest.mark.requirement(
    "ERR-001", "ERR-002", "ERR-003", "ERR-004", "ERR-006", "ERR-007", "ERR-008", "ERR-009", "ERR-010", "ERR-014",
    "ERR-021", "RED-003", "RED-004", "RED-005",
)  # fmt: skip
@pytest.mark.parametrize(("method", "path", "scope", "headers", "status", "code"), REFUSALS)
def test_a_refusal_is_an_outcome_that_explains(
    athena: Athena,
    method: str,
    path: str,
    scope: str | None,
    headers: dict[str, str],
    status: int,
    code: str,
) -> None:
    body = b"{}" if method == "POST" else None
    for accept in ("*/*", "text/html, application/fhir+json", "application/json"):
        sent = {"Accept": accept, **headers}
        answer = athena.send(method, f"/fhir/r4{path}", scope and athena.token(scope), headers=sent, data=body)
        _require_outcome(answer, status, code)


def _require_outcome(answer: TestResponse, status: int, code: str) -> None:
    assert answer.status_code == status
    assert answer.content_type == "application/fhir+json; charset=utf-8"
    OperationOutcome.model_validate(answer.get_json())
    issue = outcome(answer)
    assert (issue["severity"], issue["code"]) == ("error", code)
    assert issue["diagnostics"] == issue["details"]["text"]
    assert len(issue["diagnostics"]) > 30
    assert ("WWW-Authenticate" in answer.headers) == (status in (401, 403))
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.requirement("ERR-005")
@pytest.mark.parametrize(
    ("path", "headers", "named"),
    [
        ("/Patient?birthdate=soon", {}, "birthdate"),
        (f"/Patient/{ADA}?_format=xml", {}, "_format"),
        (f"/Patient/{ADA}?_pretty=x", {}, "_pretty"),
        (f"/Patient/{ADA}/_history?_since=x", {}, "_since"),
        (f"/Patient/{ADA}", {"Accept": "text/plain"}, "Accept"),
        ("/$export", {}, "Prefer"),
    ],
)
def test_what_is_at_fault_is_named(athena: Athena, path: str, headers: dict[str, str], named: str) -> None:
    issue = outcome(athena.get(path, headers=headers))
    assert (issue["expression"], issue["location"]) == ([named], [f"http.{named}"])


@pytest.mark.requirement("ERR-008", "HDR-012")
def test_a_token_is_refused_once_it_has_expired_or_was_revoked(athena: Athena) -> None:
    token = athena.token()
    athena.clock.advance(3601 * NANOSECONDS)
    for sent, told in ((token, "expired"), (token[:-4] + "AAAA", "signature")):
        answer = athena.get(f"/Patient/{ADA}", sent)
        assert (answer.status_code, told in outcome(answer)["diagnostics"]) == (401, True)
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


@pytest.mark.requirement("ERR-020")
def test_what_passes_is_told_as_transient(athena: Athena) -> None:
    athena.fill()
    assert outcome(athena.get("/Patient"))["code"] == "throttled"


ODD_NAMES = ["_format", "_pretty", "_summary", "_elements", "_since", "_at", "_count", "cursor", "mode", "_id", "date"]
ODD_VALUES = [
    "",
    "x",
    "\x00",
    "ü☂",
    "9" * 400,
    "-1",
    "true",
    "json;fhirVersion=",
    ",",
    "2024-02-30",
    "[]",
    "'",
    "%",
    ";",
]
ODD_PATHS = [f"/Patient/{ADA}", f"/Patient/{ADA}/_history", f"/Patient/{ADA}/_history/1", "/Condition/_history",
             "/metadata", "/Observation"]  # fmt: skip
ODD_FIELDS = ["Accept", "If-None-Match", "If-Modified-Since", "Accept-Encoding", "Prefer", "Origin"]
ODD_TEXTS = [
    "",
    ";;",
    "q=",
    ",,,",
    '"',
    "*/*;q=nan",
    "gzip;q=x",
    'W/"',
    "a/b;q=9e999",
    "Mon, 01 Jan 99999 00:00:00 GMT",
]


@pytest.mark.requirement("ERR-016", "ERR-022")
@pytest.mark.parametrize("path", ODD_PATHS)
def test_odd_requests_are_never_our_fault(make_athena: MakeAthena, path: str) -> None:
    athena, seen = make_athena(limits="off"), set()
    queries = [f"{name}={quote(value)}" for name, value in product(ODD_NAMES, ODD_VALUES)]
    for query, (field, text) in zip(queries, cycle(product(ODD_FIELDS, ODD_TEXTS)), strict=False):
        answer = athena.get(f"{path}?{query}", headers={field: text})
        seen.add(answer.status_code)
        assert answer.status_code < 500, (query, field, text, answer.text)
        assert b"Traceback" not in answer.data
    assert seen >= {200, 400, 406}


@pytest.mark.requirement("HDR-017", "HDR-018")
def test_names_of_headers_may_be_spelled_in_any_way(athena: Athena) -> None:
    for name in ("prefer", "PREFER", "Prefer"):
        assert athena.get("/Patient?color=red", headers={name: "handling=strict"}).status_code == 400
        assert athena.get("/Patient", headers={name: "respond-async"}).status_code == 200
        assert athena.get(f"/Patient/{ADA}", headers={name: "respond-async"}).status_code == 200


@pytest.mark.requirement("HDR-013")
@pytest.mark.parametrize("form", [{"grant_type": "client_credentials"}, {"grant_type": "nonsense"}])
def test_no_answer_of_the_token_endpoint_is_kept(athena: Athena, form: dict[str, str]) -> None:
    answer = athena.send(
        "POST", "/oauth2/v1/token", data=form, headers={"Authorization": "Basic bW9jay1jbGllbnQ6bW9jay1zZWNyZXQ="}
    )
    assert answer.headers["Cache-Control"] == "no-store"
    assert json.loads(answer.text).keys() & {"access_token", "error"}


@pytest.mark.requirement("HDR-012")
@pytest.mark.parametrize(
    "path", ["/fhir/r4/Patient", "/fhir/r4/$export", "/documents/report_123.pdf", "/fhir/r4/bulkstatus/x"]
)
def test_every_401_says_how_to_do_better(athena: Athena, path: str) -> None:
    answer = athena.send("GET", path)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="mock-athena"')
