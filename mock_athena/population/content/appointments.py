"""Appointments: those kept, the next one booked, and now and then a cancelled one.

https://hl7.org/fhir/R4/appointment.html
"""

from datetime import datetime, timedelta
from typing import Any

from mock_athena.population import moments
from mock_athena.population.chart import Chart, Reference
from mock_athena.population.codes import HL7, bare, concept
from mock_athena.population.content.conditions import code
from mock_athena.population.staff import department, primary_care
from mock_athena.population.timeline import ACUTE, FOLLOW_UP, WELL_ADULT, WELL_CHILD, WELLNESS, Visit

_TYPES = {WELLNESS: "CHECKUP", FOLLOW_UP: "FOLLOWUP", ACUTE: "WALKIN"}
_COMMENTS = (
    "Please bring a list of the medicines you take.",
    "Please arrive ten minutes early.",
    "Prefers to be reminded by text message.",
    "Nothing to eat for eight hours before the blood test.",
)


def kept(chart: Chart, visit: Visit) -> Reference | None:
    """Add the appointment of a visit that took place; a hospital stay has none."""
    if visit.is_stay:
        return None
    random = chart.person.stream(f"appointment/{visit.order}")
    ahead = timedelta(minutes=random.randint(40, 240)) if visit.kind == ACUTE else timedelta(days=14)
    made = max(visit.start - ahead, moments.at(chart.person.born, 1080))
    body = _appointment(chart, visit.kind, visit.start, visit.end, made, visit.reason)
    comment = {"comment": random.choice(_COMMENTS)} if random.random() < 0.5 else {}
    return _add(chart, visit.end, {"status": "fulfilled", **body, **comment})


def planned(chart: Chart) -> None:
    """Add the check-up that is booked next; some people have cancelled one before it."""
    person = chart.person
    random = person.stream("appointments")
    made = moments.at(person.as_of, 0) - timedelta(days=random.randint(1, 2), minutes=random.randint(200, 600))
    start = _working_time(made + timedelta(days=random.randint(9, 90)), random.randint(0, 30))
    reason = WELL_CHILD if person.is_child else WELL_ADULT
    comment = random.choice(_COMMENTS)
    body = _appointment(chart, WELLNESS, start, start + timedelta(minutes=30), made, reason)
    _add(chart, made, {"status": "booked", **body, "comment": comment})
    if random.random() < 0.3:
        by = random.choice(("pat", "prov"))
        _cancelled(chart, _working_time(made + timedelta(days=5), random.randint(0, 30)), made, reason, by)


def _cancelled(chart: Chart, start: datetime, cancelled: datetime, reason: str, by: str) -> None:
    made = max(cancelled - timedelta(days=20), moments.at(chart.person.born, 1080))
    body = _appointment(chart, WELLNESS, start, start + timedelta(minutes=30), made, reason)
    why = {"cancelationReason": concept(HL7 + "appointment-cancellation-reason", by)}
    _add(chart, cancelled, {"status": "cancelled", **why, **body, "comment": "Moved to a later day."})


def _working_time(near: datetime, quarter: int) -> datetime:
    return moments.at(moments.weekday_on_or_after(near.date()), 13 * 60 + 15 * quarter)


def _add(chart: Chart, moment: datetime, body: dict[str, Any]) -> Reference:
    return chart.add("Appointment", chart.new_id("appointment"), moment, body)


def _appointment(
    chart: Chart, kind: str, start: datetime, end: datetime, made: datetime, reason: str
) -> dict[str, Any]:
    why = code(reason)
    where = department(chart.person)
    return {
        "appointmentType": bare(HL7 + "v2-0276", _TYPES[kind]),
        "reasonCode": [why],
        "description": why["text"],
        "start": moments.instant(start),
        "end": moments.instant(end),
        "minutesDuration": (end - start) // timedelta(minutes=1),
        "created": moments.date_time(made),
        "participant": [
            {"actor": actor, "required": "required", "status": "accepted"}
            for actor in (chart.subject, primary_care(chart.person), {"reference": f"Location/{where}"})
        ],
    }
