"""Allergies: https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-allergyintolerance.html."""

from datetime import date
from typing import Any

from mock_athena.population import moments
from mock_athena.population.chart import Chart, Reference
from mock_athena.population.codes import HL7, SNOMED, bare, concept
from mock_athena.population.content import actors
from mock_athena.population.story import Allergy

_NONE_KNOWN = "716186003"
_EVENING = 22 * 60


def record(chart: Chart) -> None:
    """Add each allergy; where there is none, that this is known."""
    for allergy in chart.story.allergies:
        _add(chart, allergy.recorded, allergy.status, _allergy(allergy) if allergy.substance else _none_known())
    if not chart.story.allergies and chart.story.visits:
        _add(chart, chart.story.visits[0].start.date(), "active", _none_known())


def _none_known() -> dict[str, Any]:
    return {"code": concept(SNOMED, _NONE_KNOWN)}


def _add(chart: Chart, day: date, status: str, body: dict[str, Any]) -> None:
    recorded = moments.at(day, _EVENING)
    whole = {
        "clinicalStatus": bare(HL7 + "allergyintolerance-clinical", status),
        "verificationStatus": bare(HL7 + "allergyintolerance-verification", "confirmed"),
        **body,
        "patient": chart.subject,
        "recordedDate": moments.date_time(recorded),
        **_recorder(chart, day),
    }
    chart.add("AllergyIntolerance", chart.new_id("pa"), recorded, whole, "us-core-allergyintolerance")


def _recorder(chart: Chart, day: date) -> dict[str, Reference]:
    """Who wrote it down: the clinician of that day's visit, else of the first."""
    visits = chart.story.visits
    if not visits:
        return {}
    visit = next((visit for visit in visits if visit.start.date() == day), visits[0])
    return {"recorder": actors.clinician(chart.person.practice, visit.provider), "asserter": chart.subject}


def _allergy(allergy: Allergy) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": "allergy",
        "category": [allergy.category],
        "criticality": allergy.criticality,
        "code": concept(allergy.system, allergy.substance),
    }
    if allergy.onset:
        made["onsetDateTime"] = allergy.onset.isoformat()
    if allergy.reactions:
        made["reaction"] = [_reaction(allergy)]
    return made


def _reaction(allergy: Allergy) -> dict[str, Any]:
    made: dict[str, Any] = {"manifestation": [concept(SNOMED, code) for code in allergy.reactions]}
    if allergy.onset:
        made["onset"] = allergy.onset.isoformat()
    if allergy.severity:
        made["severity"] = allergy.severity
    return made
