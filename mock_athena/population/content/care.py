"""The care team, goals and care plan.

https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-careplan.html
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import escape
from typing import Any

from mock_athena.population import ailments, ids, moments
from mock_athena.population.chart import Chart, Reference
from mock_athena.population.codes import HL7, LOINC, SNOMED, US_CORE, bare, concept, quantity
from mock_athena.population.content import analytes, vitals
from mock_athena.population.health import Health
from mock_athena.population.staff import primary_care

_PRIMARY_CARE, _PATIENT = "453231000124104", "116154003"
_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Activity:
    """Something to do ``times`` every ``period`` ``unit`` (``d``, ``wk``, ``mo``), and how that has gone."""

    description: str
    times: int
    period: int
    unit: str
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class Programme:
    """A care plan for a condition: title, description, activities, and the goal with its LOINC target if it has one."""

    title: str
    description: str
    activities: tuple[Activity, ...]
    goal: str
    target: tuple[str, float, str] | None = None


PROGRAMMES = {
    ailments.DIABETES: Programme(
        "Diabetes Care Plan",
        "Blood glucose control, activity and screening for complications",
        (
            Activity("Check blood glucose at home", 2, 1, "d", "Readings kept in the log"),
            Activity("Walk for 30 minutes", 5, 1, "wk"),
        ),
        "Hemoglobin A1c below 7 percent",
        (analytes.A1C, 7.0, "%"),
    ),
    ailments.HYPERTENSION: Programme(
        "Blood Pressure Care Plan",
        "Home readings, less salt and regular medication",
        (
            Activity("Measure blood pressure at home", 1, 1, "d", "Average reading below 140/90"),
            Activity("Visit for a blood pressure check", 1, 3, "mo"),
        ),
        "Systolic blood pressure below 130 mmHg",
        (vitals.SYSTOLIC, 130, "mm[Hg]"),
    ),
    ailments.ASTHMA: Programme(
        "Asthma Action Plan",
        "Knowing the triggers and when to use the nebulizer",
        (Activity("Review symptoms and inhalation technique", 1, 6, "mo", "Technique correct"),),
        "No night-time symptoms in a month",
    ),
    ailments.HYPERLIPIDEMIA: Programme(
        "Cholesterol Care Plan",
        "Diet, activity and a daily statin",
        (Activity("Exercise for 40 minutes", 3, 1, "wk"),),
        "LDL cholesterol below 100 mg/dL",
        (analytes.LDL, 100, "mg/dL"),
    ),
    ailments.DEPRESSION: Programme(
        "Depression Care Plan",
        "Medication and regular conversation",
        (Activity("Talk with the counselor", 2, 1, "mo", "Mood improved"),),
        "Back to usual daily activities",
    ),
}


def record(chart: Chart, health: Health, problems: dict[str, Reference], since: datetime) -> None:
    """Add the care team, and the goal and plan for the most pressing condition, as agreed at ``since``."""
    team = _team(chart, since)
    icd = next((code for code in ailments.FOLLOWED_UP if code in health.onsets), None)
    if icd:
        programme = PROGRAMMES[icd]
        goal = _goal(chart, programme, problems[icd], since)
        _plan(chart, programme, problems[icd], team, goal, since)


def _team(chart: Chart, since: datetime) -> Reference:
    person = chart.person
    body = {
        "status": "active",
        "name": "Primary care team",
        "subject": chart.subject,
        "period": {"start": moments.date_time(since)},
        "participant": [
            {"role": [concept(SNOMED, _PRIMARY_CARE)], "member": primary_care(person)},
            {"role": [concept(SNOMED, _PATIENT)], "member": chart.subject},
        ],
        "managingOrganization": [{"reference": f"Organization/{ids.practice_id(person.practice)}"}],
    }
    return chart.add("CareTeam", chart.new_id("AmbulatoryCareTeam"), since, body, "us-core-careteam")


def _goal(chart: Chart, programme: Programme, problem: Reference, since: datetime) -> Reference:
    due: dict[str, Any] = {"dueDate": (since.date() + _YEAR).isoformat()}
    if programme.target:
        code, value, unit = programme.target
        due = {"measure": concept(LOINC, code), "detailQuantity": {**quantity(value, unit), "comparator": "<"}, **due}
    body = {
        "lifecycleStatus": "active",
        "achievementStatus": concept(HL7 + "goal-achievement", "in-progress"),
        "description": {"text": programme.goal},
        "subject": chart.subject,
        "startDate": since.date().isoformat(),
        "target": [due],
        "addresses": [problem],
    }
    return chart.add("Goal", chart.new_id("AmbulatoryPlanGoal"), since, body, "us-core-goal")


def _plan(
    chart: Chart, programme: Programme, problem: Reference, team: Reference, goal: Reference, since: datetime
) -> None:
    begin = since.date()
    body = {
        **frame(programme.title, programme.description),
        "status": "active",
        "intent": "plan",
        "title": programme.title,
        "description": programme.description,
        "subject": chart.subject,
        "period": _period(begin),
        "created": moments.date_time(since),
        "author": primary_care(chart.person),
        "careTeam": [team],
        "addresses": [problem],
        "goal": [goal],
        "activity": [_activity(chart, planned) for planned in programme.activities],
    }
    chart.add("CarePlan", chart.new_id("AmbulatoryCarePlan"), since, body, "us-core-careplan")


def frame(title: str, description: str) -> dict[str, Any]:
    """The narrative and the category that US Core asks of every care plan."""
    words = f"<p><b>{escape(title)}</b></p><p>{escape(description)}</p>"
    return {
        "text": {
            "status": "additional",
            "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{words}</div>',
        },
        "category": [bare(US_CORE + "careplan-category", "assess-plan")],
    }


def _period(begin: date) -> dict[str, str]:
    return {"start": begin.isoformat(), "end": (begin + _YEAR).isoformat()}


def _activity(chart: Chart, planned: Activity) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if planned.outcome:
        made["outcomeCodeableConcept"] = [{"text": planned.outcome}]
    made["detail"] = {
        "status": "in-progress",
        "doNotPerform": False,
        "scheduledTiming": {
            "repeat": {"frequency": planned.times, "period": planned.period, "periodUnit": planned.unit}
        },
        "performer": [chart.subject],
        "description": planned.description,
    }
    return made
