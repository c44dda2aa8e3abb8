"""The care team, and the goals and care plans of each condition that has them.

https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-careplan.html
"""

from datetime import date, datetime
from functools import cache
from html import escape
from typing import Any

from mock_athena.population import ids, moments
from mock_athena.population.chart import Chart, Reference, profiles
from mock_athena.population.codes import HL7, LOINC, SNOMED, US_CORE, Concept, bare, concept, quantity
from mock_athena.population.content import related
from mock_athena.population.staff import NURSE, practitioner, primary_care
from mock_athena.population.story import Activity, Aim, Plan

# Roles of https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-careteam.html
_PRIMARY_CARE, _PATIENT, _CAREGIVER = "453231000124104", "116154003", "133932002"
_TEAM, _GOAL, _PLAN = profiles("us-core-careteam"), profiles("us-core-goal"), profiles("us-core-careplan")
_OVER = frozenset(("completed", "revoked", "cancelled"))
_NOON = 16 * 60

Body = dict[str, Any]


def record(chart: Chart) -> None:
    """Add the care team, then the goals and the plan of each condition, the older plans first."""
    if not chart.story.visits:
        return
    team = _team(chart)
    for plan in chart.story.plans:
        goals = [_goal(chart, plan, aim) for aim in plan.aims]
        _plan(chart, plan, team, goals)


def _meta(moment: datetime, profile: list[str]) -> Body:
    return {"versionId": "1", "lastUpdated": moments.instant(moment), "profile": profile}


def _team(chart: Chart) -> Reference:
    person, first = chart.person, chart.story.visits[0]
    practice = {"reference": f"Organization/{ids.practice_id(person.practice)}"}
    members = [_member(_PRIMARY_CARE, primary_care(person)), _member(_PATIENT, chart.subject)]
    if person.is_child or person.age >= 72:
        members += [_member(_CAREGIVER, relative) for relative in related.references(chart)]
    if chart.story.plans:
        nurse = {"role": [_nurse()], "member": practitioner(person.practice, NURSE), "onBehalfOf": practice}
        members.append(nurse)
    died = chart.story.died
    period = {"start": first.start.date().isoformat()}
    if died:
        period["end"] = died.date().isoformat()
    body = {
        "status": "inactive" if died else "active",
        "name": "Primary care team",
        "subject": chart.subject,
        "period": period,
        "participant": members,
        "managingOrganization": [practice],
    }
    meta = _meta(died or first.end, _TEAM)
    return chart.place("CareTeam", chart.new_id("AmbulatoryCareTeam"), meta, body)


def _member(role: str, who: Reference) -> Body:
    return {"role": [concept(SNOMED, role)], "member": who}


@cache
def _nurse() -> Concept:
    return concept(HL7 + "practitioner-role", "nurse", "Care coordinator")


def _agreed(chart: Chart, plan: Plan) -> datetime:
    """The end of the visit at which it was agreed; noon of its first day where there was none."""
    if 0 < plan.visit <= len(chart.story.visits):
        return chart.story.visits[plan.visit - 1].end
    return moments.at(plan.start, _NOON)


def _goal(chart: Chart, plan: Plan, aim: Aim) -> Reference:
    agreed = _agreed(chart, plan)
    looked_at = min(aim.due, chart.story.visits[-1].end.date()) if aim.status in _OVER else aim.start
    body: Body = {
        "lifecycleStatus": "cancelled" if chart.story.died and aim.status == "active" else aim.status,
        "category": [_category(aim)],
        "priority": _priority(),
        "description": {"text": aim.text},
        "subject": chart.subject,
        "startDate": aim.start.isoformat(),
        "target": [_target(aim)],
        "statusDate": max(looked_at, aim.start).isoformat(),
        "expressedBy": chart.subject if aim.measure is None else primary_care(chart.person),
    }
    if aim.achievement:
        body["achievementStatus"] = _achievement(aim.achievement)
    problem = chart.problems.get(aim.problem)
    if problem:
        body["addresses"] = [problem]
    return chart.place("Goal", chart.new_id("AmbulatoryPlanGoal"), _meta(agreed, _GOAL), body)


@cache
def _achievement(code: str) -> Concept:
    return concept(HL7 + "goal-achievement", code)


def _category(aim: Aim) -> Concept:
    return _categories("behavioral" if aim.measure is None else "nursing")


@cache
def _categories(code: str) -> Concept:
    return concept(HL7 + "goal-category", code)


@cache
def _priority() -> Concept:
    return concept(HL7 + "goal-priority", "medium-priority")


def _target(aim: Aim) -> Body:
    due = {"dueDate": aim.due.isoformat()}
    if aim.measure is None:
        return due
    code, comparator, value, unit = aim.measure
    measured = {"measure": concept(LOINC, code)}
    if not comparator:
        return {**measured, "detailRange": {"high": quantity(value, unit)}, **due}
    return {**measured, "detailQuantity": {**quantity(value, unit), "comparator": comparator}, **due}


def _plan(chart: Chart, plan: Plan, team: Reference, goals: list[Reference]) -> None:
    agreed = _agreed(chart, plan)
    provider = primary_care(chart.person)
    body: Body = {
        **frame(plan.title, plan.description),
        "status": plan.status,
        "intent": "plan",
        "title": plan.title,
        "description": plan.description,
        "subject": chart.subject,
        "period": {"start": plan.start.isoformat(), "end": _end(chart, plan.end).isoformat()},
        "created": moments.date_time(agreed),
        "author": provider,
        "contributor": [provider, practitioner(chart.person.practice, NURSE)],
        "careTeam": [team],
        "activity": [_activity(chart, each) for each in plan.activities],
    }
    if plan.visit in chart.encounters:
        body["encounter"] = chart.encounters[plan.visit]
    problem = chart.problems.get(plan.problem)
    if problem:
        body["addresses"] = [problem]
    if goals:
        body["goal"] = goals
    chart.place("CarePlan", chart.new_id("AmbulatoryCarePlan"), _meta(agreed, _PLAN), body)


def _end(chart: Chart, planned: date) -> date:
    """As planned, or the day of death."""
    died = chart.story.died
    return min(planned, died.date()) if died else planned


def frame(title: str, description: str) -> Body:
    """The narrative and the category that US Core asks of every care plan."""
    words = f"<p><b>{escape(title)}</b></p><p>{escape(description)}</p>"
    return {
        "text": {"status": "additional", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{words}</div>'},
        "category": _assess_plan(),
    }


@cache
def _assess_plan() -> list[Concept]:
    return [bare(US_CORE + "careplan-category", "assess-plan")]


def _activity(chart: Chart, planned: Activity) -> Body:
    detail: Body = {
        "status": "stopped" if chart.story.died and planned.status == "in-progress" else planned.status,
        "description": planned.description,
        "scheduledTiming": {
            "repeat": {"frequency": planned.times, "period": planned.period, "periodUnit": planned.unit}
        },
        "performer": [chart.subject if not planned.kind else primary_care(chart.person)],
    }
    if planned.kind:
        detail["kind"] = planned.kind
    if planned.outcome:
        return {"outcomeCodeableConcept": [{"text": planned.outcome}], "detail": detail}
    return {"detail": detail}
