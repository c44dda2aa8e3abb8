"""Gateway, router and services refuse in languages of their own."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.mock_athena.web.in_process import ADA, Athena

Get = Callable[..., Any]
FHIR_JSON = "application/fhir+json; charset=utf-8"


def outcome(**issue: Any) -> dict[str, Any]:
    return {"resourceType": "OperationOutcome", "issue": [issue]}


@pytest.mark.parametrize("path", ["/nowhere", "/fhir/r5/Patient", "/fhir/dstu2"])
def test_the_gateway_knows_no_other_path_and_says_so_in_plain_text_called_json(real: Athena, path: str) -> None:
    answer = real.send("GET", path, real.token())
    assert (answer.status_code, answer.content_type) == (404, "application/json")
    assert answer.data == b"Service not registered with API gateway."
    assert "below no base URL of this server" in real.last_reason()


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic eDp5"}])
def test_the_gateway_knows_no_stranger(real: Athena, headers: dict[str, str]) -> None:
    answer = real.send("GET", f"/fhir/r4/Patient/{ADA}?_pretty=true", headers=headers)
    assert (answer.status_code, answer.content_type) == (401, "text/plain; charset=utf-8")
    assert answer.data == b"Developer Inactive"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert real.last_reason() != "Developer Inactive"


@pytest.mark.parametrize("path", [f"/Observation?patient={ADA}", "/Observation/a-500001.vitalamb-1"])
def test_the_router_knows_the_scopes_of_an_application(real: Athena, get: Get, path: str) -> None:
    answer = get(path, real.token("system/Patient.rs"))
    assert (answer.status_code, answer.content_type) == (403, FHIR_JSON)
    assert answer.get_json() == outcome(severity="error", code="forbidden", details="Invalid scope")
    assert real.last_reason().startswith("needs a scope that grants ")
    assert "X-Athenanet-Practice-Id" not in answer.headers


def test_reading_does_not_allow_searching(real: Athena, get: Get) -> None:
    token = real.token("system/Patient.r")
    assert get(f"/Patient/{ADA}", token).status_code == 200
    answer = get(f"/Patient?_id={ADA}", token)
    assert (answer.status_code, answer.get_json()["issue"][0]["details"]) == (403, "Invalid scope")


def test_a_service_knows_the_scopes_of_a_patient(real: Athena) -> None:
    token = real.token("patient/Patient.rs", patient=ADA)
    answer = real.get(f"/Observation?patient={ADA}", token, headers={"X-Request-Id": "mine-1"})
    assert (answer.status_code, answer.content_type) == (403, FHIR_JSON)
    details = {"text": "Invalid Token Scope"}
    assert answer.get_json() == outcome(severity="fatal", code="forbidden", details=details, expression=["Observation"])
    assert answer.headers["X-Athena-Request-Id"] == answer.headers["X-Request-Id"] == "mine-1"
    assert answer.headers["X-Athenanet-Practice-Id"] == "500001"


def test_whatever_else_a_service_refuses_has_few_words(get: Get) -> None:
    answer = get(f"/Encounter?patient={ADA}&date=soon")
    assert answer.status_code == 400
    (issue,) = answer.get_json()["issue"]
    assert set(issue) == {"severity", "code", "details", "expression"}
    assert (issue["severity"], issue["code"], issue["expression"]) == ("error", "invalid", ["date"])
    assert issue["details"]["text"].startswith("Encounter?date=soon: 'soon' is not a FHIR date")


def test_a_path_below_the_base_that_is_nothing_ends_at_the_router(real: Athena, get: Get) -> None:
    answer = get("/Patient/1/2/3")
    assert (answer.status_code, answer.content_type) == (404, FHIR_JSON)
    assert isinstance(answer.get_json()["issue"][0]["details"], str)


def test_the_control_api_keeps_its_own_language(real: Athena) -> None:
    answer = real.control("GET", "nothing")
    assert (answer.status_code, set(answer.get_json())) == (404, {"error"})


def test_the_mission_says_everything(athena: Athena) -> None:
    answer = athena.send("GET", "/fhir/r4/Patient")
    assert (answer.status_code, answer.content_type) == (401, FHIR_JSON)
    assert athena.send("GET", "/nowhere").content_type == FHIR_JSON
