"""What a token may see: one patient's records, the scopes that it has, and nothing before it was asked for."""

import json

import pytest

from tests.mock_athena.web.in_process import ADA, BO, Athena, outcome


@pytest.mark.requirement("SMA-079")
@pytest.mark.parametrize("type", ["Observation", "Condition", "Encounter", "DiagnosticReport", "Patient"])
def test_a_patient_sees_its_own_records_only(athena: Athena, type: str) -> None:
    token = athena.token("patient/*.read", patient=ADA)
    own = athena.get(f"/{type}?_count=100", token).get_json()
    owners = {
        entry["resource"].get("subject", {"reference": f"Patient/{entry['resource']['id']}"})["reference"]
        for entry in own["entry"]
    }
    assert owners == {f"Patient/{ADA}"}
    everything = athena.get(f"/{type}?_count=0").get_json()["total"]
    assert 0 < own["total"] < everything
    assert athena.get(f"/{type}/{own['entry'][0]['resource']['id']}", token).status_code == 200


def test_asking_for_another_patient_finds_nothing(athena: Athena) -> None:
    token = athena.token("patient/*.read", patient=ADA)
    for query in (f"Observation?patient={BO}", f"Condition?subject=Patient/{BO}", f"Patient?_id={BO}"):
        bundle = athena.get(f"/{query}", token).get_json()
        assert (bundle["total"], "entry" in bundle) == (0, False), query


def test_what_is_nobodys_is_for_everybody(athena: Athena) -> None:
    token = athena.token("patient/*.read", patient=ADA)
    practitioners = athena.get("/Practitioner", token).get_json()
    assert practitioners["total"] > 0
    assert athena.get(f"/Practitioner/{practitioners['entry'][0]['resource']['id']}", token).status_code == 200


@pytest.mark.requirement("SMA-082")
@pytest.mark.parametrize(
    ("scope", "read", "search"),
    [
        ("system/Patient.r", 200, 403),
        ("system/Patient.s", 403, 200),
        ("system/Patient.read", 200, 200),
        ("system/Observation.read", 403, 403),
    ],
)
def test_read_and_search_are_separate_rights(athena: Athena, scope: str, read: int, search: int) -> None:
    token = athena.token(scope)
    assert athena.get(f"/Patient/{ADA}", token).status_code == read
    assert athena.get("/Patient", token).status_code == search
    denied = athena.get("/Condition", token)
    assert "system/Condition.rs" in outcome(denied)["diagnostics"]
    assert 'error="insufficient_scope"' in denied.headers["WWW-Authenticate"]


def test_a_missing_scope_hides_whether_the_resource_exists(athena: Athena) -> None:
    token = athena.token("system/Observation.read")
    bodies = {json.dumps(outcome(athena.get(f"/Patient/{id}", token))) for id in (ADA, "nobody")}
    assert len(bodies) == 1


@pytest.mark.requirement("RED-026", "SMA-081")
def test_a_token_is_asked_for_before_anything_is_revealed(athena: Athena) -> None:
    answers = [athena.send("GET", f"/fhir/r4/{path}") for path in (f"Patient/{ADA}", "Patient/nobody", "Starship/1")]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.data for answer in answers}) == 1
    assert all(answer.headers["WWW-Authenticate"].startswith("Bearer") for answer in answers)


def test_a_token_in_the_url_is_no_token(athena: Athena) -> None:
    assert athena.send("GET", f"/fhir/r4/Patient?access_token={athena.token()}").status_code == 401
