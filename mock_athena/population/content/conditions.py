"""Conditions: the problem list, and the diagnoses of each encounter.

https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-condition-problems-health-concerns.html
"""

from datetime import timedelta
from typing import Any

from mock_athena.population import moments
from mock_athena.population.ailments import DIABETES, DIABETES_SNOMED
from mock_athena.population.chart import Chart, Reference
from mock_athena.population.codes import HL7, ICD10CM, SNOMED, Concept, bare, coding, concept
from mock_athena.population.health import Health
from mock_athena.population.staff import primary_care
from mock_athena.population.timeline import Visit

_SHORT_LIVED = timedelta(days=14)


def code(icd: str) -> Concept:
    """The concept of a condition: ICD-10-CM, and SNOMED CT beside it where the table has it."""
    if icd != DIABETES:
        return concept(ICD10CM, icd)
    first = coding(ICD10CM, icd)
    return {"coding": [first, coding(SNOMED, DIABETES_SNOMED)], "text": first["display"]}


def problem_list(chart: Chart, health: Health) -> dict[str, Reference]:
    """Add one Condition per long-term condition; answers ICD-10-CM code → reference."""
    person = chart.person
    problems = {}
    for icd, onset in health.onsets.items():
        recorded = moments.at(onset + timedelta(days=1), 16 * 60)
        body = {
            **_status("active", "problem-list-item"),
            "code": code(icd),
            "subject": chart.subject,
            "onsetDateTime": onset.isoformat(),
            "recordedDate": moments.date_time(recorded),
            "asserter": primary_care(person),
        }
        profile = "us-core-condition-problems-health-concerns"
        problems[icd] = chart.add("Condition", chart.new_id("Problem"), recorded, body, profile)
    return problems


def diagnosis(chart: Chart, visit: Visit, encounter: Reference, health: Health) -> Reference:
    """Add what a visit was for as its encounter diagnosis."""
    lasting = visit.reason in health.onsets
    over = visit.end + _SHORT_LIVED
    healed = not lasting and over < moments.at(chart.person.as_of, 0)
    body = {
        **_status("resolved" if healed else "active", "encounter-diagnosis"),
        "code": code(visit.reason),
        "subject": chart.subject,
        "encounter": encounter,
        "onsetDateTime": health.onsets.get(visit.reason, visit.start.date()).isoformat(),
        **({"abatementDateTime": over.date().isoformat()} if healed else {}),
        "recordedDate": moments.date_time(visit.start + timedelta(minutes=10)),
    }
    kind = "StayDx" if visit.is_stay else "EncounterDx"
    profile = "us-core-condition-encounter-diagnosis"
    return chart.add("Condition", chart.new_id(kind), visit.end, body, profile)


def _status(clinical: str, category: str) -> dict[str, Any]:
    return {
        "clinicalStatus": bare(HL7 + "condition-clinical", clinical),
        "verificationStatus": bare(HL7 + "condition-ver-status", "confirmed"),
        "category": [concept(HL7 + "condition-category", category)],
    }
