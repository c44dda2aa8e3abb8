"""Appointments: those kept, and those that led to no visit yet or never will, with the slots that they take.

https://hl7.org/fhir/R4/appointment.html, https://hl7.org/fhir/R4/slot.html
"""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from mock_athena.population import moments
from mock_athena.population.chart import Chart, Reference
from mock_athena.population.codes import HL7, SNOMED, Concept, bare, concept
from mock_athena.population.content import variety
from mock_athena.population.content.conditions import code
from mock_athena.population.openings import schedule_id
from mock_athena.population.staff import department, practitioner
from mock_athena.population.story import ACUTE, EMERGENCY, FOLLOW_UP, PRENATAL, WELLNESS, Booking, Visit

_TYPES = {WELLNESS: "CHECKUP", FOLLOW_UP: "FOLLOWUP", PRENATAL: "FOLLOWUP", ACUTE: "WALKIN"}
_GENERAL_PRACTICE, _GENERAL_SERVICE, _OBSTETRICS = "17", "124", "186"
_COMMENTS = (
    "Please bring a list of the medicines you take.",
    "Please arrive ten minutes early.",
    "Prefers to be reminded by text message.",
    "Nothing to eat for eight hours before the blood test.",
)
_ANSWERS = {"cancelled": "declined", "proposed": "needs-action", "pending": "tentative", "waitlist": "needs-action"}
_SLOTS = {"booked": "busy", "pending": "busy-tentative", "proposed": "busy-tentative"}
_MINUTE = timedelta(minutes=1)

Body = dict[str, Any]


def kept(chart: Chart, visit: Visit) -> Reference | None:
    """Add the appointment of a visit that took place; stays and emergencies have none."""
    if visit.is_stay or visit.kind == EMERGENCY:
        return None
    mixed = variety.number(chart.person, visit.order)
    ahead = timedelta(minutes=40 + mixed % 200) if visit.kind == ACUTE else timedelta(days=7 + mixed % 21)
    made = max(visit.start - ahead, moments.at(chart.person.born, 0) + timedelta(hours=26))
    told = Booking(
        "fulfilled", visit.kind, visit.reasons[0], min(made, visit.start), visit.start, visit.end, visit.provider
    )
    body = _appointment(chart, told)
    if mixed % 2:
        body["comment"] = _COMMENTS[mixed // 2 % len(_COMMENTS)]
    return chart.add("Appointment", chart.new_id("appointment"), visit.end, body)


def planned(chart: Chart) -> None:
    """Add the appointments that led to no visit, and the slots that are taken by those to come."""
    for place, booking in enumerate(chart.story.bookings):
        body = _appointment(chart, booking)
        if booking.status in _SLOTS:
            body["slot"] = [_slot(chart, booking)]
        body["comment"] = _COMMENTS[variety.number(chart.person, 5000 + place) % len(_COMMENTS)]
        chart.add("Appointment", chart.new_id("appointment"), _updated(booking), body)


def _updated(booking: Booking) -> datetime:
    """A missed one was closed in the evening, a cancelled one some time before its day."""
    if booking.status == "noshow":
        return booking.end
    if booking.status == "cancelled":
        return booking.made + (min(booking.start, booking.made + timedelta(days=6)) - booking.made) / 2
    return booking.made


def _slot(chart: Chart, booking: Booking) -> Reference:
    practice = chart.person.practice
    body = {
        "serviceCategory": [_category()],
        "serviceType": [_service(booking.kind)],
        "appointmentType": _type(booking.kind),
        "schedule": {"reference": f"Schedule/{schedule_id(practice, booking.provider)}"},
        "status": _SLOTS[booking.status],
        "start": moments.instant(booking.start),
        "end": moments.instant(booking.end),
    }
    return chart.add("Slot", chart.new_id("Slot"), booking.made, body)


def _appointment(chart: Chart, booking: Booking) -> Body:
    practice = chart.person.practice
    why = code(booking.reason)
    body: Body = {
        "status": booking.status,
        "serviceCategory": [_category()],
        "serviceType": [_service(booking.kind)],
        "specialty": [concept(SNOMED, "394802001")],
        "appointmentType": _type(booking.kind),
        "reasonCode": [why],
        "priority": 5,
        "description": why["text"],
        "start": moments.instant(booking.start),
        "end": moments.instant(booking.end),
        "minutesDuration": (booking.end - booking.start) // _MINUTE,
        "created": moments.date_time(booking.made),
        "participant": _participants(
            chart, practitioner(practice, booking.provider), _ANSWERS.get(booking.status, "accepted")
        ),
    }
    if booking.status == "cancelled":
        body["cancelationReason"] = concept(HL7 + "appointment-cancellation-reason", booking.because or "pat")
    return body


def _participants(chart: Chart, who: Reference, answer: str) -> list[Body]:
    where = {"reference": f"Location/{department(chart.person)}"}
    return [
        {"actor": chart.subject, "required": "required", "status": answer},
        {"type": _primary(), "actor": who, "required": "required", "status": "accepted"},
        {"actor": where, "required": "information-only", "status": "accepted"},
    ]


@cache
def _primary() -> list[Concept]:
    return [bare(HL7 + "v3-ParticipationType", "PPRF")]


@cache
def _type(kind: str) -> Concept:
    return bare(HL7 + "v2-0276", _TYPES.get(kind, "ROUTINE"))


@cache
def _category() -> Concept:
    return concept(HL7 + "service-category", _GENERAL_PRACTICE)


@cache
def _service(kind: str) -> Concept:
    return concept(HL7 + "service-type", _OBSTETRICS if kind == PRENATAL else _GENERAL_SERVICE)
