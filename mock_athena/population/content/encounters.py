"""Encounters: visits to the practice, by video or in an emergency, and hospital stays.

https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-encounter.html
"""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from mock_athena.population import ids, moments
from mock_athena.population.chart import Chart, Reference, profiles
from mock_athena.population.codes import HL7, SNOMED, Concept, bare, coding, concept, quantity, table
from mock_athena.population.content.conditions import code, practitioner_of
from mock_athena.population.staff import (
    EMERGENCY_DEPARTMENT,
    EMERGENCY_PHYSICIAN,
    HOSPITAL,
    department,
    department_id,
    practitioner,
)
from mock_athena.population.story import (
    ACUTE,
    EMERGENCY,
    FOLLOW_UP,
    PRENATAL,
    STAY,
    VIRTUAL,
    WELLNESS,
    Diagnosis,
    Stay,
    Visit,
)

CHECK_UP = "185349003"
_PROFILE = profiles("us-core-encounter")
_MINUTE = timedelta(minutes=1)
_WAITED = timedelta(minutes=5)
_EMERGENCY_HOURS = timedelta(hours=4)
_FROM_EMERGENCY = "emd"

_CLASSES = {EMERGENCY: "EMER", STAY: "IMP", VIRTUAL: "VR"}
# SNOMED CT, the first that the table has: some that fit best may not be shipped. Words where it has none.
_TYPES = {
    WELLNESS: ((CHECK_UP,), "Check-up"),
    FOLLOW_UP: (("390906007", CHECK_UP), "Follow-up visit"),
    ACUTE: (("308335008", "11429006"), "Office visit, acute problem"),
    PRENATAL: (("424619006", CHECK_UP), "Prenatal visit"),
    EMERGENCY: (("50849002",), "Emergency department visit"),
    STAY: (("32485007",), "Hospital stay"),
    VIRTUAL: (("448337001", "185317003"), "Telephone visit"),
}
_WELL_CHILD = (("410620009", CHECK_UP), "Well child visit")
_CHILD_REASONS = ("Z00.12", "Z00.11")

Body = dict[str, Any]


def reserve(chart: Chart, visit: Visit) -> Reference:
    """The reference to the encounter, which its diagnoses need before it is written."""
    reference = {"reference": f"Encounter/{chart.new_id('stay' if visit.is_stay else 'encounter')}"}
    chart.encounters[visit.order] = reference
    return reference


def record(chart: Chart, visit: Visit, diagnoses: list[Reference], appointment: Reference | None) -> None:
    """Add the Encounter of a visit or stay, under the id that was reserved."""
    person = chart.person
    open = visit.end.date() >= person.as_of
    period = _period(visit.start, None if open else visit.end)
    body: Body = {
        "status": "in-progress" if open else "finished",
        "class": _class(visit.kind),
        "type": [_type(visit)],
        "priority": _priority(visit),
        "subject": chart.subject,
        "participant": _participants(chart, visit, period),
        "period": period,
        "reasonCode": _reasons(visit),
        **_why(chart, visit, diagnoses),
        "location": _locations(chart, visit, period),
        "serviceProvider": _service_provider(chart, visit),
    }
    if appointment:
        body["appointment"] = [appointment]
    if not open:
        body["length"] = quantity((visit.end - visit.start) // _MINUTE, "min")
    if visit.stay:
        body.update(_stay(chart, visit, visit.stay, period))
    id = chart.encounters[visit.order]["reference"].rpartition("/")[2]
    meta = {"versionId": "1", "lastUpdated": moments.instant(visit.start if open else visit.end), "profile": _PROFILE}
    chart.place("Encounter", id, meta, body)


def _period(start: datetime, end: datetime | None) -> dict[str, str]:
    if end is None:
        return {"start": moments.date_time(start)}
    return {"start": moments.date_time(start), "end": moments.date_time(end)}


@cache
def _class(kind: str) -> dict[str, str]:
    return coding(HL7 + "v3-ActCode", _CLASSES.get(kind, "AMB"))


def _type(visit: Visit) -> Concept:
    if visit.kind == WELLNESS and visit.reasons[0].startswith(_CHILD_REASONS):
        return _named(*_WELL_CHILD)
    return _named(*_TYPES[visit.kind])


@cache
def _named(choices: tuple[str, ...], text: str) -> Concept:
    known = table()[SNOMED]["codes"]
    found = next((choice for choice in choices if choice in known), None)
    return concept(SNOMED, found, text) if found else {"text": text}


@cache
def _priorities(code: str) -> Concept:
    return bare(HL7 + "v3-ActPriority", code)


def _priority(visit: Visit) -> Concept:
    if visit.kind == EMERGENCY or (visit.stay and not visit.stay.planned):
        return _priorities("EM")
    return _priorities("EL" if visit.stay else "UR" if visit.kind == ACUTE else "R")


@cache
def _role(code: str) -> list[Concept]:
    return [bare(HL7 + "v3-ParticipationType", code)]


def _participants(chart: Chart, visit: Visit, period: dict[str, str]) -> list[Body]:
    who = practitioner_of(chart, visit)
    seen = {**period, "start": moments.date_time(visit.start + _WAITED)}
    if not visit.stay:
        return [{"type": _role("PPRF"), "period": seen, "individual": who}]
    found = [{"type": _role("ATND"), "period": seen, "individual": who}]
    if visit.stay.source == _FROM_EMERGENCY:
        admitter = practitioner(chart.person.practice, EMERGENCY_PHYSICIAN)
        found.append({"type": _role("ADM"), "period": _first_hours(visit), "individual": admitter})
    if "end" in period:
        found.append({"type": _role("DIS"), "period": {"start": period["end"]}, "individual": who})
    return found


def _reasons(visit: Visit) -> list[Concept]:
    snomed = {diagnosis.icd10: diagnosis.snomed for diagnosis in visit.diagnoses}
    return [code(reason, snomed.get(reason, "")) for reason in visit.reasons]


def _why(chart: Chart, visit: Visit, diagnoses: list[Reference]) -> Body:
    """The diagnoses with their use and rank, and the problem that the visit was for."""
    ordered = sorted(visit.diagnoses, key=_rank)
    found: Body = {
        "diagnosis": [
            {"condition": reference, "use": _use(visit, admission=each.admission), "rank": each.rank}
            for each, reference in zip(ordered, diagnoses, strict=True)
        ]
    }
    if not ordered:
        return {}
    problem = chart.problems.get(ordered[0].problem)
    if problem:
        found["reasonReference"] = [problem]
    return found


def _rank(diagnosis: Diagnosis) -> int:
    return diagnosis.rank


def _use(visit: Visit, *, admission: bool) -> Concept:
    if not visit.stay:
        return _uses("billing")
    return _uses("AD" if admission else "DD")


@cache
def _uses(code: str) -> Concept:
    return bare(HL7 + "diagnosis-role", code)


def _locations(chart: Chart, visit: Visit, period: dict[str, str]) -> list[Body]:
    there = {"reference": f"Location/{department(chart.person, visit.kind)}"}
    status = "completed" if "end" in period else "active"
    if not (visit.stay and visit.stay.source == _FROM_EMERGENCY):
        return [{"location": there, "status": status, "period": period}]
    first = _first_hours(visit)
    emergency = department_id(chart.person.practice, EMERGENCY_DEPARTMENT)
    return [
        {"location": {"reference": f"Location/{emergency}"}, "status": "completed", "period": first},
        {"location": there, "status": status, "period": {**period, "start": first["end"]}},
    ]


def _first_hours(visit: Visit) -> dict[str, str]:
    """In the emergency department, before there was a bed."""
    return _period(visit.start, visit.start + min(_EMERGENCY_HOURS, (visit.end - visit.start) / 4))


def _service_provider(chart: Chart, visit: Visit) -> Reference:
    practice = chart.person.practice
    if visit.stay or visit.kind == EMERGENCY:
        return {"reference": f"Organization/{department_id(practice, HOSPITAL)}"}
    return {"reference": f"Organization/{ids.practice_id(practice)}"}


def _stay(chart: Chart, visit: Visit, stay: Stay, period: dict[str, str]) -> Body:
    hospitalization: Body = {
        "admitSource": concept(HL7 + "admit-source", stay.source),
        "dietPreference": [_diet(chart)],
    }
    if "end" in period:
        hospitalization["dischargeDisposition"] = concept(HL7 + "discharge-disposition", stay.disposition)
    arrived = _period(visit.start, visit.start + 6 * _WAITED)
    found: Body = {
        "hospitalization": hospitalization,
        "statusHistory": [
            {"status": "arrived", "period": arrived},
            {"status": "in-progress", "period": {**period, "start": arrived["end"]}},
        ],
    }
    if stay.source == _FROM_EMERGENCY:
        first = _first_hours(visit)
        found["classHistory"] = [
            {"class": _class(EMERGENCY), "period": first},
            {"class": _class(STAY), "period": {**period, "start": first["end"]}},
        ]
    return found


def _diet(chart: Chart) -> Concept:
    # The code system of diets has no everyday ones: https://hl7.org/fhir/R4/codesystem-encounter-diet.html
    diabetic = any(problem.key == "type-2-diabetes" for problem in chart.story.problems)
    return {"text": "Consistent carbohydrate diet" if diabetic else "Regular diet"}
