from datetime import date
from typing import Any

from mock_athena.population import population

PENICILLINS = {"308182", "308189"}


def codes(concept: dict[str, Any]) -> set[str]:
    return {coding["code"] for coding in concept["coding"]}


def test_nobody_is_prescribed_what_they_are_allergic_to() -> None:
    for made in population(5, 500001, 250):
        if made["resourceType"] == "Patient":
            allergic = False
        elif made["resourceType"] == "AllergyIntolerance":
            allergic = allergic or bool(codes(made["code"]) & {"7980", "723"})
        elif made["resourceType"] == "MedicationRequest" and allergic:
            assert not codes(made.get("medicationCodeableConcept", {"coding": []})) & PENICILLINS
            assert "amoxicillin" not in made.get("medicationReference", {}).get("display", "")


def test_vaccines_are_given_at_plausible_ages_and_once_per_dose(
    resources: list[dict[str, Any]], patients: dict[str, Any]
) -> None:
    limits = {"08": (0, 19), "20": (0.1, 7), "03": (0.9, 70), "187": (49, 100), "165": (9, 27)}
    given = set()
    for made in (one for one in resources if one["resourceType"] == "Immunization"):
        (code,) = codes(made["vaccineCode"])
        born = date.fromisoformat(patients[made["patient"]["reference"]]["birthDate"])
        age = (date.fromisoformat(made["occurrenceDateTime"][:10]) - born).days / 365.25
        low, high = limits.get(code, (0, 100))
        assert low <= age <= high, made["id"]
        key = made["patient"]["reference"], code, made["occurrenceDateTime"]
        assert key not in given
        given.add(key)
