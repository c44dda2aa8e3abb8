from datetime import date
from itertools import pairwise
from typing import Any

import pytest

RANGES = {
    "8302-2": (40, 215),
    "29463-7": (2, 180),
    "39156-5": (11, 46),
    "8867-4": (50, 165),
    "9279-1": (10, 45),
    "8310-5": (96, 104.5),
    "59408-5": (90, 100),
}
ADULT = {"8302-2": (140, 205), "29463-7": (40, 180), "8867-4": (45, 140), "9279-1": (9, 34)}


def vital_signs(resources: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        made
        for made in resources
        if made["resourceType"] == "Observation" and made["category"][0]["coding"][0]["code"] == "vital-signs"
    ]


def age(made: dict[str, Any], patients: dict[str, Any]) -> float:
    born = date.fromisoformat(patients[made["subject"]["reference"]]["birthDate"])
    return (date.fromisoformat(made["effectiveDateTime"][:10]) - born).days / 365.25


@pytest.mark.parametrize("code", sorted(RANGES))
def test_a_vital_sign_is_in_range_for_age(code: str, resources: list[dict[str, Any]], patients: dict[str, Any]) -> None:
    found = [made for made in vital_signs(resources) if made["code"]["coding"][0]["code"] == code]
    assert found
    for made in found:
        low, high = ADULT.get(code, RANGES[code]) if age(made, patients) >= 20 else RANGES[code]
        assert low <= made["valueQuantity"]["value"] <= high, made["id"]


def test_blood_pressure_has_both_components_in_range(resources: list[dict[str, Any]], patients: dict[str, Any]) -> None:
    pressures = [made for made in vital_signs(resources) if made["code"]["coding"][0]["code"] == "85354-9"]
    found = [made for made in pressures if all("valueQuantity" in part for part in made["component"])]
    assert found
    for made in found:
        systolic, diastolic = (part["valueQuantity"]["value"] for part in made["component"])
        assert 75 <= systolic <= 230, made["id"]
        assert 40 <= diastolic <= systolic - 15, made["id"]
        assert age(made, patients) >= 2.9


def test_body_mass_index_agrees_with_height_and_weight(resources: list[dict[str, Any]]) -> None:
    visits: dict[str, dict[str, float]] = {}
    for made in vital_signs(resources):
        if "valueQuantity" in made:
            visit = visits.setdefault(made["encounter"]["reference"], {})
            visit[made["code"]["coding"][0]["code"]] = made["valueQuantity"]["value"]
    for visit in visits.values():
        if "39156-5" in visit:
            assert visit["39156-5"] == pytest.approx(visit["29463-7"] / (visit["8302-2"] / 100) ** 2, abs=0.06)


def test_nobody_shrinks_while_growing_up(resources: list[dict[str, Any]]) -> None:
    heights: dict[str, list[tuple[str, float]]] = {}
    for made in vital_signs(resources):
        if made["code"]["coding"][0]["code"] == "8302-2":
            point = made["effectiveDateTime"], made["valueQuantity"]["value"]
            heights.setdefault(made["subject"]["reference"], []).append(point)
    for points in heights.values():
        values = [value for _, value in sorted(points)]
        # Measured to 0.3 cm.
        assert all(later >= earlier - 0.6 for earlier, later in pairwise(values))
