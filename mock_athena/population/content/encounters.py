"""Encounters: visits to the practice, and hospital stays with their hospitalisation.

https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-encounter.html
"""

from datetime import timedelta
from typing import Any

from mock_athena.population import ids, moments
from mock_athena.population.chart import Chart, Reference
from mock_athena.population.codes import HL7, SNOMED, Concept, bare, coding, concept
from mock_athena.population.content.conditions import code
from mock_athena.population.health import KNEE_REPLACEMENT
from mock_athena.population.staff import department, primary_care
from mock_athena.population.timeline import ACUTE, Visit

CHECK_UP = "185349003"
_ADMISSION = "32485007"
# No code of a system that may be shipped says "acute visit": US Core allows text where none fits.
_OFFICE_VISIT: Concept = {"text": "Office visit, acute problem"}


def new_id(chart: Chart, visit: Visit) -> str:
    """The id of the encounter, which its diagnoses need before it is written."""
    return chart.new_id("stay" if visit.is_stay else "encounter")


def record(chart: Chart, visit: Visit, id: str, diagnosis: Reference, appointment: Reference | None) -> None:
    """Add the Encounter of a visit or stay."""
    person = chart.person
    where = department(person, inpatient=visit.is_stay)
    body: dict[str, Any] = {
        "status": "finished",
        "class": coding(HL7 + "v3-ActCode", "IMP" if visit.is_stay else "AMB"),
        "type": [_type(visit)],
        "subject": chart.subject,
        "participant": [participant(visit, primary_care(person))],
        **({"appointment": [appointment]} if appointment else {}),
        "period": period(visit),
        "reasonCode": [code(visit.reason)],
        "diagnosis": [{"condition": diagnosis, **_use(visit), "rank": 1}],
        **(_hospitalization(visit) if visit.is_stay else {}),
        "location": [{"location": {"reference": f"Location/{where}"}}],
        "serviceProvider": {"reference": f"Organization/{ids.practice_id(person.practice)}"},
    }
    if visit.is_stay:
        body["serviceProvider"] = {"reference": f"Organization/{where}"}
    chart.add("Encounter", id, visit.end, body, "us-core-encounter")


def period(visit: Visit) -> dict[str, str]:
    """From arrival to departure."""
    return {"start": moments.date_time(visit.start), "end": moments.date_time(visit.end)}


def participant(visit: Visit, who: Reference) -> dict[str, Any]:
    """The clinician seen, or the attending one of a stay."""
    return {
        "type": [bare(HL7 + "v3-ParticipationType", "ATND" if visit.is_stay else "PPRF")],
        "period": {
            "start": moments.date_time(visit.start + timedelta(minutes=5)),
            "end": moments.date_time(visit.end),
        },
        "individual": who,
    }


def _type(visit: Visit) -> Concept:
    if visit.is_stay:
        return concept(SNOMED, _ADMISSION)
    return _OFFICE_VISIT if visit.kind == ACUTE else concept(SNOMED, CHECK_UP)


def _use(visit: Visit) -> dict[str, Any]:
    return {"use": bare(HL7 + "diagnosis-role", "DD" if visit.is_stay else "billing")}


def _hospitalization(visit: Visit) -> dict[str, Any]:
    planned = visit.reason == KNEE_REPLACEMENT
    return {
        "hospitalization": {
            "admitSource": concept(HL7 + "admit-source", "gp" if planned else "emd"),
            "dischargeDisposition": concept(HL7 + "discharge-disposition", "home"),
        }
    }
