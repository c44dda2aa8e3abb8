"""Who pays: https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-coverage.html.

Medicare from 65, the state's programme for some children and few adults, an employer's plan for the rest.
"""

from datetime import date
from functools import cache
from typing import Any, NamedTuple

from mock_athena.population import ids
from mock_athena.population.chart import Chart, Reference, profiles
from mock_athena.population.codes import HL7, Concept, bare, coding, concept
from mock_athena.population.content import related

_SOPT = "https://nahdo.org/sopt"
_PROFILE = profiles("us-core-coverage")
_MEMBER_IDS = "https://payer.example.com/member-id"
_MEDICARE_AGE = 65


class _Payer(NamedTuple):
    """An insurer's plan: Organization id, prefix of its member numbers, its plan and the group, as (value, name)."""

    organization: str
    prefix: str
    kind: str
    plan: tuple[str, str]
    group: tuple[str, str]


_EMPLOYER = _Payer(
    ids.COMMERCIAL_PLAN_ID, "XEH", "PPO", ("EH-PPO-500", "Example Health PPO 500"), ("70412", "Exampleton Works")
)
_MEDICARE = _Payer(
    ids.MEDICARE_ID, "1EX", "Medicare", ("MEDICARE-AB", "Medicare Part A and B"), ("MEDICARE", "Medicare")
)
_MEDICAID = _Payer(
    ids.MEDICAID_ID, "MCD", "Medicaid", ("STATE-MCO", "State Medical Assistance"), ("MA-01", "Medical Assistance")
)


def record(chart: Chart) -> None:
    """Add the present coverage, and for those who came to Medicare the employer's plan that they had before."""
    person = chart.person
    random = person.stream("coverage")
    share, serial, month = random.random(), random.randint(10_000_000, 99_999_999), random.randint(1, 12)
    if person.age >= _MEDICARE_AGE:
        turned = date(person.born.year + _MEDICARE_AGE, person.born.month, 1)
        before = date(turned.year - 12, month, 1)
        _add(chart, _EMPLOYER, serial, (before, turned))
        _add(chart, _MEDICARE, serial + 1, (turned, None))
        return
    payer = _MEDICAID if share < (0.38 if person.is_child else 0.14) else _EMPLOYER
    since = max(person.born, date(person.as_of.year - 1 - serial % 6, month, 1))
    _add(chart, payer, serial, (since, None))


def _add(chart: Chart, payer: _Payer, serial: int, period: tuple[date, date | None]) -> None:
    begin, end = period
    number = f"{payer.prefix}{serial}"
    subscriber, relationship = _subscriber(chart, payer)
    body = {
        "identifier": [{"type": bare(HL7 + "v2-0203", "MB"), "system": _MEMBER_IDS, "value": number + "01"}],
        "status": "cancelled" if end else "active",
        "type": _type(payer.kind),
        "subscriber": subscriber,
        "subscriberId": number,
        "beneficiary": chart.subject,
        "relationship": concept(HL7 + "subscriber-relationship", relationship),
        "period": {"start": begin.isoformat()},
        "payor": [{"reference": f"Organization/{payer.organization}"}],
        "class": _classes(payer),
        "order": 1,
    }
    if end:
        body["period"] = {"start": begin.isoformat(), "end": end.isoformat()}
    meta = {**chart.resources[0]["meta"], "profile": _PROFILE}
    chart.place("Coverage", chart.new_id("coverage"), meta, body)


def _subscriber(chart: Chart, payer: _Payer) -> tuple[Reference, str]:
    """Children are on a parent's plan, some of the married on that of their spouse."""
    family = related.references(chart)
    if not family or payer is not _EMPLOYER:
        return chart.subject, "self"
    if chart.person.is_child:
        return family[0], "child"
    return (
        (family[0], "spouse")
        if chart.person.n % 4 == 0 and chart.person.age < _MEDICARE_AGE
        else (chart.subject, "self")
    )


@cache
def _type(kind: str) -> Concept:
    act = "EHCPOL" if kind == "PPO" else "PUBLICPOL"
    codings = [coding(HL7 + "v3-ActCode", act)]
    if kind == "PPO":
        codings.insert(0, coding(_SOPT, "3712"))
    return {"coding": codings, "text": kind}


@cache
def _classes(payer: _Payer) -> list[dict[str, Any]]:
    return [
        {"type": bare(HL7 + "coverage-class", kind), "value": value, "name": name}
        for kind, (value, name) in (("group", payer.group), ("plan", payer.plan))
    ]
