"""Free times can be booked: they are to come, on weekdays, and meet no time that is taken."""

from datetime import date
from itertools import pairwise
from typing import Any

from mock_athena.population import AS_OF

Resources = list[dict[str, Any]]


def slots(resources: Resources) -> Resources:
    return [made for made in resources if made["resourceType"] == "Slot"]


def test_there_are_free_ones_for_every_schedule(resources: Resources) -> None:
    schedules = {f"Schedule/{made['id']}" for made in resources if made["resourceType"] == "Schedule"}
    assert {made["schedule"]["reference"] for made in slots(resources) if made["status"] == "free"} == schedules


def test_all_are_to_come_and_on_weekdays(resources: Resources) -> None:
    for made in slots(resources):
        day = date.fromisoformat(made["start"][:10])
        assert day > AS_OF
        assert day.weekday() < 5


def test_a_free_one_meets_no_other_of_its_schedule(resources: Resources) -> None:
    by_schedule: dict[str, list[tuple[str, str, str]]] = {}
    for made in slots(resources):
        taken = made["start"], made["end"], made["status"]
        by_schedule.setdefault(made["schedule"]["reference"], []).append(taken)
    for times in by_schedule.values():
        for one, other in pairwise(sorted(times)):
            assert one[1] <= other[0] or "free" not in (one[2], other[2])


def test_every_taken_one_belongs_to_one_appointment(resources: Resources) -> None:
    taken = sorted(f"Slot/{made['id']}" for made in slots(resources) if made["status"] != "free")
    named = sorted(
        slot["reference"]
        for made in resources
        if made["resourceType"] == "Appointment"
        for slot in made.get("slot", ())
    )
    assert taken == named
