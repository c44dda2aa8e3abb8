"""The integration guide's three examples, as resources of patient 1 of every practice.

Content, titles and displays are the guide's, word for word. What its examples lack for valid R4 and US Core is
added: ids without underscore (the URL of the document keeps its own), subject, category, narrative, references that
resolve (``docs/fidelity.md``).
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from mock_athena.population import ids
from mock_athena.population.chart import Chart, Reference
from mock_athena.population.codes import HL7, LOINC, SNOMED, bare, coding
from mock_athena.population.content import care, encounters, laboratory
from mock_athena.population.staff import department, primary_care
from mock_athena.population.story import Panel, Result

REPORT_ID, PLAN_ID, ENCOUNTER_ID = "report-123", "plan-123", "enc-123"
_DOCUMENT = "report_123"
_DIABETES_KEY, _DIABETES = "type-2-diabetes", "44054006"

_ARRIVED = datetime(2024, 1, 15, 10, tzinfo=UTC)
_LEFT = _ARRIVED + timedelta(minutes=30)
_ISSUED = datetime(2024, 1, 15, 14, tzinfo=UTC)
_AGREED = datetime(2024, 1, 1, tzinfo=UTC)

_CBC_PANEL, _BLOOD = "58410-2", "119297000"
# Within the limits of either sex; the indices follow from the counts.
_BLOOD_COUNT = (
    Result("6690-2", 6.4),
    Result("789-8", 4.7),
    Result("718-7", 14.1),
    Result("4544-3", 42.3),
    Result("787-2", 90.0),
    Result("785-6", 30.0),
    Result("786-4", 33.3),
    Result("777-3", 245),
)


def record(chart: Chart) -> None:
    """Add the three examples, and the blood count that the report is about."""
    diabetes = _diabetes(chart)
    encounter = _encounter(chart, diabetes)
    _report(chart, encounter)
    _plan(chart, diabetes)


def _diabetes(chart: Chart) -> Reference:
    number = next(problem.number for problem in chart.story.problems if problem.key == _DIABETES_KEY)
    return chart.problems[number]


def _encounter(chart: Chart, diabetes: Reference) -> Reference:
    provider = primary_care(chart.person)
    body = {
        "status": "finished",
        "class": coding(HL7 + "v3-ActCode", "AMB"),
        "type": [bare(SNOMED, encounters.CHECK_UP)],
        "subject": chart.subject,
        "participant": [
            {
                "type": [bare(HL7 + "v3-ParticipationType", "PPRF")],
                "period": {"start": "2024-01-15T10:05:00Z", "end": "2024-01-15T10:30:00Z"},
                "individual": provider,
            }
        ],
        "period": {"start": "2024-01-15T10:00:00Z", "end": "2024-01-15T10:30:00Z"},
        "reasonCode": [bare(SNOMED, _DIABETES)],
        "diagnosis": [
            {
                "condition": {**diabetes, "display": "Type 2 Diabetes Mellitus"},
                "use": bare(HL7 + "diagnosis-role", "AD"),
            }
        ],
        "location": [{"location": {"reference": f"Location/{department(chart.person)}"}}],
        "serviceProvider": {"reference": f"Organization/{ids.practice_id(chart.person.practice)}"},
    }
    return chart.add("Encounter", ENCOUNTER_ID, _LEFT, body, "us-core-encounter")


def _report(chart: Chart, encounter: Reference) -> None:
    counted = Panel(_CBC_PANEL, _BLOOD_COUNT, _BLOOD, _ARRIVED, _ARRIVED, _ISSUED)
    results = laboratory.results_of(chart, counted, encounter)
    panel = {**coding(LOINC, _CBC_PANEL), "display": "Complete blood count (hemogram) panel"}
    body = {
        "status": "final",
        "category": [bare(HL7 + "v2-0074", "LAB")],
        "code": {"coding": [panel], "text": "CBC Panel"},
        "subject": chart.subject,
        "encounter": encounter,
        "effectiveDateTime": "2024-01-15T10:00:00Z",
        "issued": "2024-01-15T14:00:00Z",
        "performer": [{"reference": f"Organization/{ids.LABORATORY_ID}"}],
        "resultsInterpreter": [primary_care(chart.person)],
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
