import re
from datetime import date
from itertools import pairwise
from typing import Any

from mock_athena.fhir import instants
from mock_athena.population import AS_OF

DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{3})?Z)?")
PLANNED = {
    ("Appointment", "start"),
    ("Appointment", "end"),
    ("CarePlan", "end"),
    ("DocumentReference", "end"),
    ("ServiceRequest", "end"),
    ("ServiceRequest", "start"),
    ("Observation", "valueDateTime"),
    ("Goal", "dueDate"),
    ("Device", "expirationDate"),
    ("Immunization", "expirationDate"),
    ("Schedule", "start"),
    ("Schedule", "end"),
    ("Slot", "start"),
    ("Slot", "end"),
}


def dates(made: dict[str, Any], objects_in: Any) -> list[tuple[str, str]]:
    return [
        (key, value)
        for part in objects_in(made)
        for key, value in part.items()
        if isinstance(value, str) and DATE.fullmatch(value)
    ]


def test_nothing_is_before_birth_or_after_today_but_what_is_planned(
    resources: list[dict[str, Any]], patients: dict[str, Any], owner_of: Any, objects_in: Any
) -> None:
    today = instants.parse(AS_OF.isoformat()).low
    for made in resources:
        own = owner_of(made)
        born = instants.parse(patients[own]["birthDate"]).low if own in patients else None
        for element, value in dates(made, objects_in):
            moment = instants.parse(value)
            # Parents and spouses have birthdays of their own.
            others = made["resourceType"] == "RelatedPerson"
            assert born is None or others or moment.low >= born, (made["id"], element, value)
            if (made["resourceType"], element) not in PLANNED:
                assert moment.low < today, (made["id"], element, value)


def test_every_resource_is_version_one_updated_at_an_instant_with_milliseconds(
    resources: list[dict[str, Any]],
) -> None:
    for made in resources:
        assert made["meta"]["versionId"] == "1"
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", made["meta"]["lastUpdated"])


def test_periods_end_after_they_start(resources: list[dict[str, Any]], objects_in: Any) -> None:
    for made in resources:
        for part in objects_in(made):
            if "start" in part and "end" in part:
                assert instants.parse(part["start"]).low <= instants.parse(part["end"]).low, made["id"]


def is_vital_sign(made: dict[str, Any]) -> bool:
    return bool(made["category"][0]["coding"][0]["code"] == "vital-signs")


def test_what_is_measured_at_a_visit_falls_within_it(
    resources: list[dict[str, Any]], by_reference: dict[str, Any]
) -> None:
    for made in (one for one in resources if one["resourceType"] == "Observation" and is_vital_sign(one)):
        if ".vital" not in made["id"]:
            continue  # the heart rate of an ECG, which may be written after the visit that it was ordered at
        period = by_reference[made["encounter"]["reference"]]["period"]
        assert period["start"] <= made["effectiveDateTime"] <= period["end"], made["id"]


def test_nobody_is_at_two_visits_at_once(resources: list[dict[str, Any]]) -> None:
    seen: dict[str, list[tuple[str, str]]] = {}
    for made in (one for one in resources if one["resourceType"] == "Encounter"):
        period = made["period"]["start"], made["period"]["end"]
        seen.setdefault(made["subject"]["reference"], []).append(period)
    for periods in seen.values():
        ordered = sorted(periods)
        assert all(one[1] < other[0] for one, other in pairwise(ordered))


def test_appointments_are_kept_booked_and_cancelled_around_today(resources: list[dict[str, Any]]) -> None:
    found: dict[str, set[bool]] = {}
    for made in (one for one in resources if one["resourceType"] == "Appointment"):
        start = date.fromisoformat(made["start"][:10])
        found.setdefault(made["status"], set()).add(start >= AS_OF)
        length = instants.parse(made["end"]).low - instants.parse(made["start"]).low
        assert length == made["minutesDuration"] * 60 * instants.MICROSECONDS
    assert found["fulfilled"] == {False}
    assert found["booked"] == {True}
    assert "cancelled" in found
