"""The clinicians' schedules, and the times of the next three weeks that are still free to be booked.

https://hl7.org/fhir/R4/slot.html. Free times lie before and after the hours in which patients are seen, so that they
never meet a visit that is booked already; those booked are written with the patient.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from mock_athena.fhir.resource import Resource
from mock_athena.population import ids, moments
from mock_athena.population.chart import practice_extension
from mock_athena.population.codes import HL7, bare, concept
from mock_athena.population.partners import OPENED_META
from mock_athena.population.staff import (
    ADULT_CLINIC,
    CHILD_CLINIC,
    CHILD_PROVIDERS,
    clinicians,
    department_id,
    practitioner,
)

_WEEKS = 3
_HORIZON = timedelta(weeks=26)
# Minutes after midnight UTC: 8:00 and after 16:30 in the east of the country.
_TIMES = (12 * 60, 12 * 60 + 30, 21 * 60 + 30, 22 * 60)
_LENGTH = timedelta(minutes=30)
_GENERAL_PRACTICE, _GENERAL_SERVICE = "17", "124"


def write(practice: int, patients: int, as_of: date) -> Iterator[Resource]:
    """A Schedule for each clinician of a practice of that size, and its free Slots after ``as_of``."""
    days = [as_of + timedelta(days=ahead) for ahead in range(1, 7 * _WEEKS + 1)]
    weekdays = [day for day in days if moments.weekday_on_or_after(day) == day]
    for provider in clinicians(patients):
        schedule = _schedule(practice, provider, as_of)
        yield schedule
        for day in weekdays:
            for minutes in _TIMES:
                yield _slot(practice, provider, schedule["id"], day, minutes)


def schedule_id(practice: int, provider: int) -> str:
    """The id of a clinician's Schedule."""
    return ids.local_id(practice, "Schedule", provider)


def _schedule(practice: int, provider: int, as_of: date) -> Resource:
    clinic = department_id(practice, CHILD_CLINIC if provider in CHILD_PROVIDERS else ADULT_CLINIC)
    return {
        "resourceType": "Schedule",
        "id": schedule_id(practice, provider),
        "meta": OPENED_META,
        "extension": [practice_extension(practice)],
        "active": True,
        "serviceCategory": [concept(HL7 + "service-category", _GENERAL_PRACTICE)],
        "serviceType": [concept(HL7 + "service-type", _GENERAL_SERVICE)],
        "actor": [practitioner(practice, provider), {"reference": f"Location/{clinic}"}],
        "planningHorizon": {"start": as_of.isoformat(), "end": (as_of + _HORIZON).isoformat()},
    }


def _slot(practice: int, provider: int, schedule: str, day: date, minutes: int) -> Resource:
    start = moments.at(day, minutes)
    return {
        "resourceType": "Slot",
        "id": ids.open_slot_id(practice, provider, start),
        "meta": OPENED_META,
        "extension": [practice_extension(practice)],
        "serviceCategory": [concept(HL7 + "service-category", _GENERAL_PRACTICE)],
        "serviceType": [concept(HL7 + "service-type", _GENERAL_SERVICE)],
        "appointmentType": bare(HL7 + "v2-0276", "ROUTINE"),
        "schedule": {"reference": f"Schedule/{schedule}"},
        "status": "free",
        "start": moments.instant(start),
        "end": moments.instant(start + _LENGTH),
    }
