"""Refusals as answers: the right status, in the language of the route, valid, and telling the faults apart."""

import json
from typing import Any

import pytest
from fhir.resources.R4B.operationoutcome import OperationOutcome

from mock_athena.errors import BadRequest, ControlError, FhirError, OAuthError
from mock_athena.web.refuse import render
from mock_athena.web.routes import LARGEST_BODY
from tests.mock_athena.web.in_process import ADA, BO, Athena, outcome

FORM = "application/x-www-form-urlencoded"


def test_unknown_type_wrong_base_and_unknown_id_are_told_apart(athena: Athena) -> None:
    unknown_type = athena.get("/Starship/1")
    wrong_base = athena.send("GET", "/fhir/r5/Patient/1", athena.token())
    unknown_id = athena.get("/Patient/nobody")
    unknown_path = athena.get("/Patient/1/2/3")
    answers = [unknown_type, wrong_base, unknown_id, unknown_path]
    assert [answer.status_code for answer in answers] == [404] * 4
    texts = [outcome(answer)["diagnostics"] for answer in answers]
    assert "'Starship' is not supported" in texts[0]
    assert "base URL is right" in texts[0]
    assert "AllergyIntolerance" in texts[0]
    assert "below no base URL of this server" in texts[1]
    assert "http://localhost/fhir/r4/sandbox" in texts[1]
    assert "Patient/nobody is not known here" in texts[2]
    assert "nothing of this path below it" in texts[3]


@pytest.mark.requirement("RED-007")
def test_names_of_types_are_case_sensitive(athena: Athena) -> None:
    assert athena.get(f"/patient/{ADA}").status_code == 404
    assert athena.get(f"/Patient/{ADA.upper()}").status_code == 404


@pytest.mark.parametrize("type", ["Patient", "Observation", "Binary", "DiagnosticReport"])
def test_a_wrong_id_and_a_forbidden_patient_answer_alike(athena: Athena, type: str) -> None:
    token = athena.token("patient/*.read", patient=ADA)
    hidden = _of_patient(athena, type)
    athena.clock.advance(10**10)
    forbidden = athena.send("GET", f"/fhir/r4/{type}/{hidden}", token, headers={"Accept": "application/fhir+json"})
    forbidden_reason = athena.last_reason()
    wrong = athena.send("GET", f"/fhir/r4/{type}/no-such", token, headers={"Accept": "application/fhir+json"})
    assert (forbidden.status_code, wrong.status_code) == (404, 404)
    assert forbidden.data.replace(hidden.encode(), b"no-such") == wrong.data
    ignored = {"X-Request-Id", "Server-Timing", "X-Mock-Decided-At", "RateLimit", "Content-Length"}
    ignored |= {"X-RateLimit-Remaining"}
    assert {n: v for n, v in forbidden.headers.items() if n not in ignored} == {
        n: v for n, v in wrong.headers.items() if n not in ignored
    }
    assert forbidden_reason == (
        f"{type}/{hidden} exists, out of reach of what grants 'r' on it: patient/*.read (of Patient/{ADA})"
    )
    assert athena.last_reason() == f"no {type} of id no-such"


def _of_patient(athena: Athena, type: str) -> str:
    """The id of some resource of Bo's."""
    if type == "Patient":
        return BO
    if type == "Binary":
        note = athena.get(f"/DocumentReference?patient={BO}&_count=1").get_json()["entry"][0]["resource"]
        return str(note["content"][0]["attachment"]["url"]).rpartition("/")[2]
    return str(athena.get(f"/{type}?patient={BO}&_count=1").get_json()["entry"][0]["resource"]["id"])


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", f"/fhir/r4/Patient/{ADA}", {"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"}),
        ("PATCH", "/fhir/r4/sandbox/Patient", {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"}),
        ("PUT", "/fhir/r4/metadata", {"GET", "HEAD", "OPTIONS"}),
        ("POST", "/fhir/r4/metadata", {"GET", "HEAD", "OPTIONS"}),
        ("GET", "/oauth2/v1/token", {"POST", "OPTIONS"}),
        ("GET", "/_mock/reset", {"POST", "OPTIONS"}),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(athena: Athena, method: str, path: str, allowed: set[str]) -> None:
    answer = athena.send(method, path, athena.token())
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == allowed
    assert len(answer.headers.getlist("Allow")) == len(answer.headers.getlist("Content-Type")) == 1
    assert method in answer.text


def test_a_body_that_is_too_large_is_refused_by_its_size(athena: Athena) -> None:
    body = b"x=" + b"a" * LARGEST_BODY
    answer = athena.send("POST", "/fhir/r4/Patient/_search", athena.token(), data=body, content_type=FORM)
    assert (answer.status_code, outcome(answer)["code"]) == (413, "too-long")
    assert "1,048,576 bytes" in answer.text
    assert athena.send("POST", "/_mock/clients", data=body).status_code == 413


def test_each_route_refuses_in_its_own_language(athena: Athena) -> None:
    assert set(athena.send("GET", "/oauth2/v1/nothing").get_json()) == {"error", "error_description"}
    assert set(athena.control("GET", "nothing").get_json()) == {"error"}
    for path in ("/fhir/r4/metadata/nothing", "/documents/none.pdf", "/nowhere"):
        assert outcome(athena.send("GET", path, athena.token()))["code"] == "not-found"


@pytest.mark.parametrize("kind", FhirError.__subclasses__(), ids=lambda kind: kind.__name__)
def test_every_fhir_error_becomes_a_valid_outcome(kind: type[FhirError]) -> None:
    refusal = kind("what came: “ü”", expression=["Patient.name"], headers=[("Allow", "GET")])
    rendered = render(refusal)
    OperationOutcome.model_validate_json(rendered.body)
    issue = json.loads(rendered.body)["issue"][0]
    assert (issue["code"], issue["severity"]) == (kind.issue_code, "error")
    assert issue["details"]["text"] == issue["diagnostics"] == "what came: “ü”"
    assert issue["expression"] == ["Patient.name"]
    headers = dict(rendered.headers)
    assert (rendered.status, headers["Allow"]) == (kind.status, "GET")
    assert headers["Content-Length"] == str(len(rendered.body))


def test_the_reason_is_for_the_journal_only() -> None:
    assert b"kept" not in render(BadRequest("told", reason="kept")).body


def test_oauth_and_control_errors_are_plain_json() -> None:
    oauth = render(OAuthError("invalid_grant", "used already"))
    assert json.loads(oauth.body) == {"error": "invalid_grant", "error_description": "used already"}
    assert json.loads(render(ControlError("no", status=409)).body) == {"error": "no"}


def test_what_is_no_character_does_not_break_the_answer() -> None:
    assert json.loads(render(BadRequest("a\ud800b")).body)["issue"][0]["diagnostics"] == "a?b"


@pytest.mark.parametrize(
    "path",
    [
        "/Patient/%00", "/Patient/%ff%fe", "/Pati%0Aent", "/Patient/" + "x" * 5000, "/Patient?%ff=%ff", "//",
        "/%2e%2e/", "/Patient/a%2Fb",
    ],
)  # fmt: skip
def test_strange_paths_are_never_our_defect(athena: Athena, path: str) -> None:
    assert athena.get(path).status_code in (200, 400, 404)


def test_paths_are_shown_as_they_were_meant(athena: Athena) -> None:
    answer: Any = athena.send("GET", "/fh%C3%AFr", athena.token())
    assert outcome(answer)["diagnostics"].startswith("/fhïr is below no base URL")
    assert athena.journal()[-1].path == "/fhïr"
