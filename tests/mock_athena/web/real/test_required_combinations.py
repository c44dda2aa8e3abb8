"""A search that gives none of its type's required combinations: 403, with the list of them."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.mock_athena.web.in_process import ADA, Athena

Get = Callable[..., Any]
LEAD = "One of these combinations of search parameters is required: "


@pytest.mark.parametrize(
    ("path", "listed", "expression"),
    [
        (f"/MedicationRequest?patient={ADA}", "[[patient,intent],[_id]]", ["patient,intent", "_id"]),
        ("/Observation?code=8480-6", "[[patient],[_id]]", ["patient", "_id"]),
        ("/Observation?patient=", "[[patient],[_id]]", ["patient", "_id"]),
        ("/Coverage?_id=a-500001.coverage-1", "[[patient]]", ["patient"]),
        (
            f"/Appointment?patient={ADA}",
            "[[_query,base-appointment-id],[_query,group-appointment-id],[_id]]",
            ["_query,base-appointment-id", "_query,group-appointment-id", "_id"],
        ),
        (
            "/Patient?family=Smith",
            "[[_id],[identifier],[name],[family,birthdate],[family,gender],[family,given]]",
            ["_id", "identifier", "name", "family,birthdate", "family,gender", "family,given"],
        ),
        ("/Organization?name=x", "[[_id]]", ["_id"]),
        ("/Provenance?patient=x", "[[target]]", ["target"]),
    ],
)
def test_it_is_refused_with_all_combinations(get: Get, path: str, listed: str, expression: list[str]) -> None:
    answer = get(path)
    assert (answer.status_code, answer.content_type) == (403, "application/fhir+json; charset=utf-8")
    assert answer.get_json() == {
        "resourceType": "OperationOutcome",
        "issue": [
            {"severity": "fatal", "code": "forbidden", "details": {"text": LEAD + listed}, "expression": expression}
        ],
    }
    assert answer.headers["X-Athenanet-Practice-Id"] == "500001"


def test_the_journal_says_which_rule_it_was(real: Athena, get: Get) -> None:
    get(f"/MedicationRequest?patient={ADA}")
    assert real.last_reason() == (
        "required combination missing: patient+intent or _id (of MedicationRequest; there came ah-practice, patient)"
    )


@pytest.mark.parametrize(
    "path",
    [
        f"/MedicationRequest?patient={ADA}&intent=order",
        f"/MedicationRequest?patient={ADA}&intent=proposal,plan,order,option",
        f"/Observation?patient={ADA}",
        f"/Observation?patient:Patient={ADA}",
        f"/Patient?_id={ADA}",
        "/Patient?name=Smith",
        "/Practitioner?identifier=1",
        "/Organization?_id=a-1.Practice-500001",
        f"/Provenance?target=Patient/{ADA}",
        "/Appointment?_query=series&base-appointment-id=a-500001.appointment-1",
    ],
)
def test_one_of_them_is_enough(get: Get, path: str) -> None:
    answer = get(path)
    assert answer.status_code == 200, answer.text
    assert answer.get_json()["type"] == "searchset"


def test_an_appointment_is_found_by_its_id_alone(get: Get, real: Athena) -> None:
    appointment = real.world.environments["production"].store.snapshot()
    assert appointment.read("Appointment", "a-500001.appointment-100001")
    bundle = get("/Appointment?_id=a-500001.appointment-100001").get_json()
    assert [each["resource"]["id"] for each in bundle["entry"]] == ["a-500001.appointment-100001"]


def test_a_practitioner_by_identifier_needs_the_practice_also_of_a_patient(real: Athena) -> None:
    token = real.token("patient/Practitioner.rs", patient=ADA)
    answer = real.get("/Practitioner?identifier=1", token)
    assert answer.status_code == 403
    assert answer.get_json()["issue"][0]["expression"] == ["_id", "identifier,ah-practice"]


def test_the_mission_asks_for_none(athena: Athena) -> None:
    assert athena.get("/Observation?code=8480-6").status_code == 200
