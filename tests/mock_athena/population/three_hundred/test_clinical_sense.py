from collections import Counter
from datetime import date
from itertools import pairwise
from typing import Any

Records = tuple[tuple[dict[str, Any], ...], ...]

# LOINC → lowest and highest that any living person of this population shows.
RANGES = {
    "8302-2": (40, 215),
    "29463-7": (2, 220),
    "39156-5": (11, 60),
    "8867-4": (38, 190),
    "9279-1": (8, 65),
    "8310-5": (95, 105),
    "2708-6": (80, 100),
}
A1C, METFORMIN_AND_ITS_LIKE = "4548-4", ("metformin", "insulin", "glipizide", "empagliflozin", "liraglutide")


def codes(concept: dict[str, Any]) -> set[str]:
    return {coding["code"] for coding in concept.get("coding", [])}


def test_vital_signs_are_in_range(records: Records) -> None:
    for made in (one for record in records for one in record if one["resourceType"] == "Observation"):
        for code in codes(made["code"]) & RANGES.keys():
            if "valueQuantity" in made:
                low, high = RANGES[code]
                assert low <= made["valueQuantity"]["value"] <= high, made["id"]


def test_systolic_pressure_is_above_diastolic(records: Records) -> None:
    for made in (one for record in records for one in record if one["resourceType"] == "Observation"):
        # A small child's may not have been taken; then the components say so.
        if "85354-9" in codes(made["code"]) and all("valueQuantity" in part for part in made["component"]):
            value = {code: part["valueQuantity"]["value"] for part in made["component"] for code in codes(part["code"])}
            assert 60 <= value["8480-6"] <= 230, made["id"]
            assert 30 <= value["8462-4"] <= value["8480-6"] - 15, made["id"]


def test_every_diabetic_who_is_seen_has_an_a1c_and_treatment(records: Records) -> None:
    for record in records:
        problems = [made for made in record if made["resourceType"] == "Condition" and "encounter" not in made]
        visits = [made for made in record if made["resourceType"] == "Encounter"]
        if visits and any("44054006" in codes(made["code"]) for made in problems):
            observed = {
                code for made in record if made["resourceType"] == "Observation" for code in codes(made["code"])
            }
            assert A1C in observed, record[0]["id"]
            drugs = [named(made) for made in record if made["resourceType"] == "MedicationRequest"]
            assert any(word in drug.lower() for drug in drugs for word in METFORMIN_AND_ITS_LIKE), record[0]["id"]


def named(request: dict[str, Any]) -> str:
    concept = request.get("medicationCodeableConcept") or {}
    return str(concept.get("text") or request.get("medicationReference", {}).get("display", ""))


def test_nobody_is_at_two_places_at_once(records: Records) -> None:
    for record in records:
        periods = sorted((e["period"]["start"], e["period"]["end"]) for e in record if e["resourceType"] == "Encounter")
        assert all(end <= start for (_, end), (start, _) in pairwise(periods)), record[0]["id"]


def test_small_children_have_their_three_dtap_by_two(records: Records) -> None:
    for record in records:
        born = date.fromisoformat(record[0]["birthDate"])
        given = Counter[str]()
        for made in record:
            if made["resourceType"] == "Immunization" and made["status"] == "completed":
                day = date.fromisoformat(made["occurrenceDateTime"][:10])
                given.update(codes(made["vaccineCode"]) if (day - born).days < 2 * 365 else ())
        if date(2008, 1, 1) <= born <= date(2024, 6, 1) and any(m["resourceType"] == "Encounter" for m in record):
            assert given["20"] + given["110"] + given["120"] >= 3, record[0]["id"]
