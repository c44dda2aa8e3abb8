"""Appointments fit their visits and bookings; those to come take a slot."""

from tests.mock_athena.population.content.writing import code, of, write
from tests.mock_athena.population.stories import adult, stay


def test_each_visit_by_appointment_names_it_and_has_its_times() -> None:
    made = write(adult())
    appointments = {f"Appointment/{each['id']}": each for each in of("Appointment", made)}
    for visit in of("Encounter", made):
        appointment = appointments[visit["appointment"][0]["reference"]]
        assert appointment["status"] == "fulfilled"
        assert appointment["start"][:19] == visit["period"]["start"][:19]
        assert appointment["created"] < visit["period"]["start"]


def test_a_stay_has_no_appointment() -> None:
    assert of("Appointment", write(stay())) == []


def test_only_what_is_to_come_takes_a_slot_of_the_same_times() -> None:
    made = write(adult())
    slots = {f"Slot/{each['id']}": each for each in of("Slot", made)}
    taking = [each for each in of("Appointment", made) if "slot" in each]
    assert [each["status"] for each in taking] == ["booked"]
    slot = slots[taking[0]["slot"][0]["reference"]]
    assert (slot["status"], slot["start"], slot["end"]) == ("busy", taking[0]["start"], taking[0]["end"])
    assert len(slots) == 1


def test_a_cancelled_one_says_why_and_was_closed_before_its_day() -> None:
    (cancelled,) = (each for each in of("Appointment", write(adult())) if each["status"] == "cancelled")
    assert code(cancelled["cancelationReason"]) == "pat"
    assert cancelled["created"] < cancelled["meta"]["lastUpdated"] < cancelled["start"]
