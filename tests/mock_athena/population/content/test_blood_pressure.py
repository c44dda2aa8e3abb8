"""Blood pressure: two components, or why there are none."""

from datetime import date
from typing import Any

from mock_athena.population.person import Person
from mock_athena.population.story import Visit, Vitals

TODDLER = Person(1, 500001, 4, date(2026, 11, 1), "male", date(2024, 2, 1))
INFANT = Person(1, 500001, 5, date(2026, 11, 1), "male", date(2025, 11, 1))


def taken(start: Any, systolic: int | None = None, diastolic: int | None = None) -> Vitals:
    return Vitals(start, None, None, None, 98.6, 88, 18, 98, systolic, diastolic)


def pressures(made: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        each
        for each in made
        if each["resourceType"] == "Observation" and each["code"]["coding"][0]["code"] == "85354-9"
    ]


def test_both_readings_are_components(write: Any, visit: Visit, start: Any) -> None:
    (found,) = pressures(write(visit._replace(vitals=taken(start, 128, 82))))
    assert [part["valueQuantity"]["value"] for part in found["component"]] == [128, 82]
    assert [part["code"]["coding"][0]["code"] for part in found["component"]] == ["8480-6", "8462-4"]


def test_what_was_tried_in_vain_is_absent_with_a_reason(write: Any, visit: Visit, start: Any) -> None:
    (found,) = pressures(write(visit._replace(vitals=taken(start)), person=TODDLER))
    assert [part["dataAbsentReason"]["coding"][0]["code"] for part in found["component"]] == ["not-performed"] * 2


def test_nobody_takes_it_of_an_infant(write: Any, visit: Visit, start: Any) -> None:
    assert not pressures(write(visit._replace(vitals=taken(start)), person=INFANT))


def test_oxygen_that_was_given_is_said_with_the_saturation(write: Any, visit: Visit, start: Any) -> None:
    made = write(visit._replace(vitals=taken(start, 120, 80)._replace(oxygen=(2.0, 28))))
    (found,) = [each for each in made if "us-core-pulse-oximetry" in str(each["meta"].get("profile"))]
    assert found["valueQuantity"]["value"] == 98
    assert [part["valueQuantity"]["value"] for part in found["component"]] == [2.0, 28]
