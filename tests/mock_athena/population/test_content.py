from collections import Counter
from datetime import date
from typing import Any

from mock_athena.population import AS_OF

TYPES = {
    "Patient",
    "Observation",
    "Condition",
    "MedicationRequest",
    "AllergyIntolerance",
    "Immunization",
    "Procedure",
    "DiagnosticReport",
    "CarePlan",
    "Encounter",
    "Appointment",
    "DocumentReference",
    "Binary",
    "Goal",
    "CareTeam",
    "Provenance",
    "Device",
    "Practitioner",
    "PractitionerRole",
    "Organization",
    "Location",
    "Medication",
    "MedicationDispense",
    "Group",
    "RelatedPerson",
    "Coverage",
    "ServiceRequest",
    "Specimen",
    "QuestionnaireResponse",
    "Schedule",
    "Slot",
}


def test_every_type_that_is_served_is_in_the_default_population(resources: list[dict[str, Any]]) -> None:
    assert {made["resourceType"] for made in resources} == TYPES


def test_a_patient_has_a_chart_of_useful_size(resources: list[dict[str, Any]], owner_of: Any) -> None:
    sizes = Counter(owner for made in resources if (owner := owner_of(made)))
    assert sum(sizes.values()) / len(sizes) >= 230
    assert max(sizes.values()) >= 600


def test_ages_spread_from_infancy_to_old_age(patients: dict[str, Any]) -> None:
    ages = [(AS_OF - date.fromisoformat(made["birthDate"])).days // 365.25 for made in patients.values()]
    for low, high in ((0, 5), (5, 18), (18, 45), (45, 65), (65, 98)):
        assert len([age for age in ages if low <= age < high]) >= 2


def test_medications_are_given_both_as_code_and_by_reference(resources: list[dict[str, Any]]) -> None:
    requests = [made for made in resources if made["resourceType"] == "MedicationRequest"]
    assert [made for made in requests if "medicationReference" in made]
    assert [made for made in requests if "medicationCodeableConcept" in made]


def test_conditions_are_problems_and_encounter_diagnoses(resources: list[dict[str, Any]]) -> None:
    conditions = [made for made in resources if made["resourceType"] == "Condition"]
    categories = {made["category"][0]["coding"][0]["code"] for made in conditions}
    assert categories == {"problem-list-item", "encounter-diagnosis", "health-concern"}


def test_a_few_encounters_are_hospital_stays(resources: list[dict[str, Any]]) -> None:
    stays = [made for made in resources if made["resourceType"] == "Encounter" and made["class"]["code"] == "IMP"]
    assert stays
    for made in stays:
        assert made["hospitalization"]["dischargeDisposition"]["coding"][0]["code"]
        assert ".stay-" in made["id"]


def test_a_plan_for_a_condition_has_goal_team_schedule_and_outcome(resources: list[dict[str, Any]]) -> None:
    plans = [made for made in resources if made["resourceType"] == "CarePlan" and made["id"] != "plan-123"]
    assert plans
    for made in plans:
        assert made["goal"]
        assert made["careTeam"]
        assert all(activity["detail"]["scheduledTiming"]["repeat"] for activity in made["activity"])
    assert [made for made in plans if "outcomeCodeableConcept" in made["activity"][0]]
