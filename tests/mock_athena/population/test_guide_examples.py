"""The integration guide's three examples are in every practice, as the guide gives them."""

from typing import Any

import pytest

from mock_athena.fhir.placeholders import DOCUMENTS
from mock_athena.population import patient

REPORT = {
    "resourceType": "DiagnosticReport",
    "id": "report-123",
    "status": "final",
    "category": [
        {
            "coding": [
                {
                    "system": "http://terminology.hl7.org/CodeSystem/v2-0074",
                    "code": "LAB",
                    "display": "Laboratory",
                }
            ]
        }
    ],
    "code": {
        "coding": [
            {
                "system": "http://loinc.org",
                "code": "58410-2",
                "display": "Complete blood count (hemogram) panel",
            }
        ],
        "text": "CBC Panel",
    },
    "effectiveDateTime": "2024-01-15T10:00:00Z",
    "issued": "2024-01-15T14:00:00Z",
    "conclusion": "All values within normal limits",
    "presentedForm": [{"contentType": "application/pdf", "url": f"{DOCUMENTS}/report_123.pdf", "title": "CBC Report"}],
}

PLAN = {
    "resourceType": "CarePlan",
    "id": "plan-123",
    "status": "active",
    "intent": "plan",
    "title": "Diabetes Management Plan",
    "description": "Comprehensive diabetes care plan",
    "period": {"start": "2024-01-01", "end": "2024-12-31"},
    "activity": [
        {
            "detail": {
                "description": "Monitor blood glucose daily",
                "status": "in-progress",
                "scheduledTiming": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}},
            }
        }
    ],
}

ENCOUNTER = {
    "resourceType": "Encounter",
    "id": "enc-123",
    "status": "finished",
    "class": {
        "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
        "code": "AMB",
        "display": "ambulatory",
    },
    "type": [
        {"coding": [{"system": "http://snomed.info/sct", "code": "185349003", "display": "Encounter for check up"}]}
    ],
    "period": {"start": "2024-01-15T10:00:00Z", "end": "2024-01-15T10:30:00Z"},
    "reasonCode": [
        {"coding": [{"system": "http://snomed.info/sct", "code": "44054006", "display": "Diabetes mellitus type 2"}]}
    ],
}

DIAGNOSIS_USE = {
    "coding": [
        {
            "system": "http://terminology.hl7.org/CodeSystem/diagnosis-role",
            "code": "AD",
            "display": "Admission diagnosis",
        }
    ]
}


def the(id: str, practice: int = 500001, seed: int = 1) -> dict[str, Any]:
    return next(made for made in patient(seed, practice, 1) if made["id"] == id)


@pytest.mark.parametrize("example", [REPORT, PLAN, ENCOUNTER], ids=lambda example: str(example["id"]))
@pytest.mark.parametrize(("seed", "practice"), [(1, 500001), (7, 500002)])
def test_every_element_of_the_example_is_as_the_guide_gives_it(
    example: dict[str, Any], seed: int, practice: int
) -> None:
    made = the(example["id"], practice, seed)
    assert {element: made[element] for element in example} == example
    assert made["subject"] == {"reference": f"Patient/a-{practice}.E-1"}


def test_the_diagnosis_keeps_its_words_and_refers_to_the_patients_diabetes(by_reference: dict[str, Any]) -> None:
    (diagnosis,) = the("enc-123")["diagnosis"]
    assert diagnosis["condition"]["display"] == "Type 2 Diabetes Mellitus"
    assert diagnosis["use"] == DIAGNOSIS_USE
    condition = by_reference[diagnosis["condition"]["reference"]]
    assert condition["code"]["coding"][0]["code"] == "E11.9"


def test_the_report_has_a_blood_count_whose_values_are_within_normal_limits(by_reference: dict[str, Any]) -> None:
    results = [by_reference[result["reference"]] for result in the("report-123")["result"]]
    assert len(results) == 8
    for result in results:
        (limits,) = result["referenceRange"]
        assert limits["low"]["value"] <= result["valueQuantity"]["value"] <= limits["high"]["value"]
        assert result["interpretation"][0]["coding"][0]["code"] == "N"
        assert result["effectiveDateTime"] == "2024-01-15T10:00:00Z"


def test_the_plan_has_what_us_core_asks_of_a_plan() -> None:
    made = the("plan-123")
    assert made["text"]["div"].startswith("<div")
    assert made["category"][0]["coding"][0]["code"] == "assess-plan"
