"""Elements with a required binding, which the models of fhir.resources do not check."""

from typing import Any

import pytest

REQUIRED = {
    ("Patient", "gender"): {"male", "female", "other", "unknown"},
    ("Practitioner", "gender"): {"male", "female", "other", "unknown"},
    ("Observation", "status"): {"registered", "preliminary", "final", "amended", "corrected", "cancelled"},
    ("DiagnosticReport", "status"): {"registered", "partial", "preliminary", "final", "amended", "corrected"},
    ("MedicationRequest", "status"): {"active", "on-hold", "cancelled", "completed", "stopped", "draft"},
    ("MedicationRequest", "intent"): {"proposal", "plan", "order", "original-order", "reflex-order", "option"},
    ("Medication", "status"): {"active", "inactive", "entered-in-error"},
    ("AllergyIntolerance", "type"): {"allergy", "intolerance"},
    ("AllergyIntolerance", "criticality"): {"low", "high", "unable-to-assess"},
    ("AllergyIntolerance", "category"): {"food", "medication", "environment", "biologic"},
    ("Immunization", "status"): {"completed", "entered-in-error", "not-done"},
    ("Procedure", "status"): {"preparation", "in-progress", "not-done", "on-hold", "stopped", "completed"},
    ("CarePlan", "status"): {"draft", "active", "on-hold", "revoked", "completed"},
    ("CarePlan", "intent"): {"proposal", "plan", "order", "option"},
    ("Goal", "lifecycleStatus"): {"proposed", "planned", "accepted", "active", "on-hold", "completed"},
    ("CareTeam", "status"): {"proposed", "active", "suspended", "inactive"},
    ("Encounter", "status"): {"planned", "arrived", "in-progress", "finished", "cancelled"},
    ("Appointment", "status"): {
        "proposed",
        "pending",
        "booked",
        "arrived",
        "fulfilled",
        "cancelled",
        "noshow",
        "waitlist",
    },
    ("DocumentReference", "status"): {"current", "superseded", "entered-in-error"},
    ("DocumentReference", "docStatus"): {"preliminary", "final", "amended"},
    ("Device", "status"): {"active", "inactive", "entered-in-error", "unknown"},
    ("Location", "status"): {"active", "suspended", "inactive"},
    ("Group", "type"): {"person", "animal", "practitioner", "device", "medication", "substance"},
}


@pytest.mark.parametrize(("type", "element"), sorted(REQUIRED))
def test_a_code_with_a_required_binding_is_of_its_value_set(
    type: str, element: str, resources: list[dict[str, Any]]
) -> None:
    found = [made[element] for made in resources if made["resourceType"] == type and element in made]
    values = {value for entry in found for value in (entry if isinstance(entry, list) else [entry])}
    assert values
    assert values <= REQUIRED[type, element]


def test_conditions_keep_the_invariants_of_their_statuses(resources: list[dict[str, Any]]) -> None:
    for made in (one for one in resources if one["resourceType"] == "Condition"):
        status = made["clinicalStatus"]["coding"][0]["code"]
        assert (status in ("resolved", "remission")) == ("abatementDateTime" in made), made["id"]


def test_only_cancelled_appointments_say_why(resources: list[dict[str, Any]]) -> None:
    for made in (one for one in resources if one["resourceType"] == "Appointment"):
        assert (made["status"] == "cancelled") == ("cancelationReason" in made), made["id"]
