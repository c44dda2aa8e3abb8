from datetime import date
from typing import Any

from mock_athena.population import population

PENICILLINS = {"308182", "308189"}


def codes(concept: dict[str, Any]) -> set[str]:
    return {coding["code"] for coding in concept["coding"]}


def test_diabetics_have_a_raised_a1c_and_treatment_and_others_a_normal_one(
    resources: list[dict[str, Any]], patients: dict[str, Any]
) -> None:
    diabetics = {
        made["subject"]["reference"]
        for made in resources
        if made["resourceType"] == "Condition" and "E11.9" in codes(made["code"])
    }
    measured: dict[str, list[float]] = {}
    treated = set()
    for made in resources:
        if made["resourceType"] == "Observation" and "4548-4" in codes(made["code"]):
            measured.setdefault(made["subject"]["reference"], []).append(made["valueQuantity"]["value"])
        if made["resourceType"] == "MedicationRequest" and "861007" in str(made.get("medicationCodeableConcept")):
            treated.add(made["subject"]["reference"])
        if made.get("medicationReference", {}).get("display", "").startswith("metformin"):
            treated.add(made["subject"]["reference"])
    assert len(diabetics) >= 3
    assert set(measured) == diabetics
    assert treated == diabetics
    assert all(6.3 <= value <= 8.7 for values in measured.values() for value in values)
    assert diabetics < set(patients)


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
    limits = {"08": (0, 2), "20": (0.1, 6), "03": (1, 6), "187": (50, 60), "33": (65, 68), "165": (11, 13)}
    given = set()
    for made in (one for one in resources if one["resourceType"] == "Immunization"):
        (code,) = codes(made["vaccineCode"])
        born = date.fromisoformat(patients[made["patient"]["reference"]]["birthDate"])
        age = (date.fromisoformat(made["occurrenceDateTime"]) - born).days / 365.25
        low, high = limits.get(code, (0, 91))
        assert low <= age <= high, made["id"]
        key = made["patient"]["reference"], code, made["occurrenceDateTime"]
        assert key not in given
        given.add(key)


def test_a_report_says_in_words_what_its_results_say(
    resources: list[dict[str, Any]], by_reference: dict[str, Any]
) -> None:
    for made in (one for one in resources if one["resourceType"] == "DiagnosticReport"):
        results = [by_reference[result["reference"]] for result in made["result"]]
        flags = {result["interpretation"][0]["coding"][0]["code"] for result in results}
        assert (made["conclusion"] == "All values within normal limits") == (flags == {"N"}), made["id"]


def test_a_blood_counts_indices_follow_from_its_counts(
    resources: list[dict[str, Any]], by_reference: dict[str, Any]
) -> None:
    panels = [
        made for made in resources if made["resourceType"] == "DiagnosticReport" and "58410-2" in codes(made["code"])
    ]
    assert panels
    for made in panels:
        results = [by_reference[result["reference"]] for result in made["result"]]
        value = {result["code"]["coding"][0]["code"]: result["valueQuantity"]["value"] for result in results}
        assert abs(value["787-2"] - value["4544-3"] * 10 / value["789-8"]) < 0.1
        assert abs(value["785-6"] - value["718-7"] * 10 / value["789-8"]) < 0.1
        assert all(result["interpretation"][0]["coding"][0]["code"] == "N" for result in results)
