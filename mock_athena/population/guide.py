"""The integration guide's three examples, as resources of patient 1 of every practice.

Content, titles and displays are the guide's, word for word. What its examples lack for valid R4 and US Core is
added: ids without underscore (the URL of the document keeps its own), subject, category, narrative, references that
resolve (``docs/fidelity.md``).
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from mock_athena.population.ailments import DIABETES_SNOMED
from mock_athena.population.chart import Chart, Reference
from mock_athena.population.codes import HL7, LOINC, SNOMED, bare, coding
from mock_athena.population.content import analytes, care, encounters, laboratory, specimens
from mock_athena.population.staff import department, primary_care

REPORT_ID, PLAN_ID, ENCOUNTER_ID = "report-123", "plan-123", "enc-123"
_DOCUMENT = "report_123"

_ARRIVED = datetime(2024, 1, 15, 10, tzinfo=UTC)
_LEFT = _ARRIVED + timedelta(minutes=30)
_ISSUED = datetime(2024, 1, 15, 14, tzinfo=UTC)
_AGREED = datetime(2024, 1, 1, tzinfo=UTC)


def record(chart: Chart, diabetes: Reference) -> None:
    """Add the three examples, and the blood count that the report is about."""
    encounter = _encounter(chart, diabetes)
    _report(chart, encounter)
    _plan(chart, diabetes)


def _encounter(chart: Chart, diabetes: Reference) -> Reference:
    body = {
        "status": "finished",
        "class": coding(HL7 + "v3-ActCode", "AMB"),
        "type": [bare(SNOMED, encounters.CHECK_UP)],
        "subject": chart.subject,
        "participant": [
            {"type": [bare(HL7 + "v3-ParticipationType", "PPRF")], "individual": primary_care(chart.person)}
        ],
        "period": {"start": "2024-01-15T10:00:00Z", "end": "2024-01-15T10:30:00Z"},
        "reasonCode": [bare(SNOMED, DIABETES_SNOMED)],
        "diagnosis": [
            {
                "condition": {**diabetes, "display": "Type 2 Diabetes Mellitus"},
                "use": bare(HL7 + "diagnosis-role", "AD"),
            }
        ],
        "location": [{"location": {"reference": f"Location/{department(chart.person)}"}}],
    }
    return chart.add("Encounter", ENCOUNTER_ID, _LEFT, body, "us-core-encounter")


def _report(chart: Chart, encounter: Reference) -> None:
    random = chart.person.stream("guide-report")
    values = specimens.blood_count(random, chart.person.gender)
    results = laboratory.results_of(chart, values, encounter, _ARRIVED, _ISSUED)
    panel = {**coding(LOINC, analytes.CBC_PANEL), "display": "Complete blood count (hemogram) panel"}
    body = {
        "status": "final",
        "category": [bare(HL7 + "v2-0074", "LAB")],
        "code": {"coding": [panel], "text": "CBC Panel"},
        "subject": chart.subject,
        "encounter": encounter,
        "effectiveDateTime": "2024-01-15T10:00:00Z",
        "issued": "2024-01-15T14:00:00Z",
        "performer": [laboratory.PERFORMER],
        "result": results,
        "conclusion": "All values within normal limits",
        "presentedForm": [laboratory.pdf(_DOCUMENT, "CBC Report")],
    }
    chart.add("DiagnosticReport", REPORT_ID, _ISSUED, body, "us-core-diagnosticreport-lab")


def _plan(chart: Chart, diabetes: Reference) -> None:
    title, description = "Diabetes Management Plan", "Comprehensive diabetes care plan"
    body: dict[str, Any] = {
        **care.frame(title, description),
        "status": "active",
        "intent": "plan",
        "title": title,
        "description": description,
        "subject": chart.subject,
        "period": {"start": "2024-01-01", "end": "2024-12-31"},
        "addresses": [diabetes],
        "activity": [
            {
                "detail": {
                    "description": "Monitor blood glucose daily",
                    "status": "in-progress",
                    "scheduledTiming": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}},
                }
            }
        ],
    }
    chart.add("CarePlan", PLAN_ID, _AGREED, body, "us-core-careplan")
