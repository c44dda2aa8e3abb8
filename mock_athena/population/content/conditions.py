"""Conditions: the problem list, and the diagnoses of each encounter.

https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-condition-problems-health-concerns.html
https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-condition-encounter-diagnosis.html
"""

from datetime import date, timedelta
from functools import cache
from typing import Any

from mock_athena.population import moments
from mock_athena.population.chart import Chart, Reference, extensions, profiles
from mock_athena.population.codes import HL7, ICD10CM, SNOMED, US_CORE, Concept, bare, coding, concept
from mock_athena.population.content import problem_names, variety
from mock_athena.population.staff import practitioner, primary_care
from mock_athena.population.story import Diagnosis, Problem, Visit

_PROBLEM = profiles("us-core-condition-problems-health-concerns")
_DIAGNOSIS = profiles("us-core-condition-encounter-diagnosis")
_ASSERTED = "http://hl7.org/fhir/StructureDefinition/condition-assertedDate"
_SEVERITY = {"mild": "255604002", "moderate": "6736007", "severe": "24484000"}
# What is over but may come back is in remission, not resolved.
_REMITS = frozenset(("depression", "anxiety", "breast-cancer", "migraine", "asthma"))
_SUSPECTED_DAYS = 90
_AFTERNOON = 16 * 60


@cache
def code(icd10: str, snomed: str = "") -> Concept:
    """The concept of a condition: ICD-10-CM, and SNOMED CT beside it where there is one. Shared: do not change it."""
    if not snomed:
        return concept(ICD10CM, icd10)
    first = coding(ICD10CM, icd10)
    return {"coding": [first, coding(SNOMED, snomed)], "text": first["display"]}


def problem_list(chart: Chart) -> None:
    """Add one Condition per listed problem; ``chart.problems`` has the references."""
    for problem, name in problem_names.listed(chart.story.problems):
        chart.problems[problem.number] = _problem(chart, problem, name)


def _problem(chart: Chart, problem: Problem, name: str) -> Reference:
    person = chart.person
    recorded = problem.recorded.isoformat()
    abated = _abated(chart, problem.abated)
    provider = primary_care(person)
    body: dict[str, Any] = {
        "extension": [*extensions(person.practice), {"url": _ASSERTED, "valueDateTime": recorded}],
        "clinicalStatus": _clinical(_state(problem.key, abated)),
        "verificationStatus": _verified(_certainty(chart, problem)),
        "category": _categories(problem.concern),
        "code": {**code(problem.icd10, problem.snomed), "text": name},
        "subject": chart.subject,
        "onsetDateTime": problem.onset.isoformat(),
        "recordedDate": recorded,
        "recorder": provider,
        "asserter": provider,
    }
    if abated:
        body["abatementDateTime"] = abated.isoformat()
    if problem.severity:
        body["severity"] = concept(SNOMED, _SEVERITY[problem.severity])
    updated = moments.instant(moments.at(abated or problem.recorded, _AFTERNOON))
    meta = {"versionId": "1", "lastUpdated": updated, "profile": _PROBLEM}
    return chart.place("Condition", chart.new_id("Problem"), meta, body)


def _abated(chart: Chart, day: date | None) -> date | None:
    """The day, unless it is still to come."""
    return day if day and day < chart.person.as_of else None


def _state(key: str, abated: date | None) -> str:
    if abated is None:
        return "active"
    return "remission" if key in _REMITS else "resolved"


def _certainty(chart: Chart, problem: Problem) -> str:
    """What was put on the list lately is now and then not sure yet."""
    days = (chart.person.as_of - problem.recorded).days
    unsure = days < _SUSPECTED_DAYS and variety.share(chart.person, problem.number) < 0.3
    return "provisional" if unsure and problem.abated is None else "confirmed"


def diagnoses(chart: Chart, visit: Visit, encounter: Reference) -> list[Reference]:
    """Add what the visit was found to be about, and answer the references by rank."""
    known = {problem.number: problem for problem in chart.story.problems}
    kind = "StayDx" if visit.is_stay else "EncounterDx"
    meta = {"versionId": "1", "lastUpdated": moments.instant(visit.end), "profile": _DIAGNOSIS}
    recorded = moments.date_time(visit.start + timedelta(minutes=10))
    shared = {"encounter": encounter, "recordedDate": recorded, "recorder": practitioner_of(chart, visit)}
    found = []
    for diagnosis in sorted(visit.diagnoses, key=_rank):
        problem = known.get(diagnosis.problem)
        body = {**_finding(chart, visit, diagnosis, problem), **shared}
        reference = chart.place("Condition", chart.new_id(kind), meta, body)
        if problem:
            chart.problems.setdefault(problem.number, reference)
        found.append(reference)
    return found


def practitioner_of(chart: Chart, visit: Visit) -> Reference:
    """The clinician of a visit."""
    return practitioner(chart.person.practice, visit.provider)


def _rank(diagnosis: Diagnosis) -> int:
    return diagnosis.rank


def _finding(chart: Chart, visit: Visit, diagnosis: Diagnosis, problem: Problem | None) -> dict[str, Any]:
    seen = visit.start.date()
    onset = min(problem.onset, seen) if problem else seen
    # A reason that is no disease, such as a check-up, is over with the visit.
    abated = _abated(chart, problem.abated) if problem else visit.end.date()
    if abated and abated < seen:
        abated = None
    body: dict[str, Any] = {
        "clinicalStatus": _clinical(_state(problem.key if problem else "", abated)),
        "verificationStatus": _verified("provisional" if diagnosis.admission else "confirmed"),
        "category": _diagnosis_category(),
        "code": code(diagnosis.icd10, diagnosis.snomed),
        "subject": chart.subject,
        "onsetDateTime": onset.isoformat(),
    }
    if abated:
        body["abatementDateTime"] = abated.isoformat()
    return body


@cache
def _clinical(status: str) -> Concept:
    return bare(HL7 + "condition-clinical", status)


@cache
def _verified(status: str) -> Concept:
    return bare(HL7 + "condition-ver-status", status)


@cache
def _categories(concern: bool) -> list[Concept]:
    if concern:
        return [
            concept(US_CORE + "condition-category", "health-concern"),
            concept(US_CORE + "us-core-category", "sdoh"),
        ]
    return [concept(HL7 + "condition-category", "problem-list-item")]


@cache
def _diagnosis_category() -> list[Concept]:
    return [concept(HL7 + "condition-category", "encounter-diagnosis")]
