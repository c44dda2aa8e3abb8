"""What a report's document says: the words of a DiagnosticReport, its patient and its results, as text.

https://hl7.org/fhir/R4/diagnosticreport.html. Layout is the business of :mod:`mock_athena.documents.report_pdf`.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from mock_athena.fhir.instants import parse
from mock_athena.fhir.references import own_reference
from mock_athena.fhir.resource import Resource, as_list, as_object, as_text, objects

Read = Callable[[str, str], Resource | None]
"""The resource of a type and id, if the reader of the document may see it."""


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One row of the table of results; an empty text where nothing was recorded."""

    name: str
    value: str
    unit: str
    range: str
    flag: str


@dataclass(frozen=True, slots=True)
class ReportText:
    """Everything that stands in the document.

    Attributes:
        updated: when the report was last changed, in microseconds since 1970 UTC; 0 where that is not known.
    """

    id: str
    practice: str
    title: str
    patient: str
    patient_id: str
    birth_date: str
    sex: str
    status: str
    category: str
    effective: str
    issued: str
    performer: str
    results: tuple[ResultLine, ...]
    conclusion: str
    updated: int


def loaded(body: bytes) -> Resource:
    """A stored resource; numbers keep the digits that were written, as precision is part of a result."""
    resource: Resource = json.loads(body, parse_float=str)
    return resource


def report_text(report: Resource, read: Read, practice: str) -> ReportText:
    """The words of a report.

    Args:
        read: finds what the report refers to; what it does not find is left out.
        practice: who sends it, where neither the report nor its patient names an organization.
    """
    patient = _target(report.get("subject"), read)
    performers = [_target(reference, read) or reference for reference in objects(report.get("performer"))]
    organizations = [each for each in performers if each.get("resourceType") == "Organization"]
    sender = organizations[0] if organizations else _target(patient.get("managingOrganization"), read)
    results = (_target(reference, read) for reference in objects(report.get("result")))
    return ReportText(
        id=report["id"],
        practice=as_text(sender.get("name")) or practice,
        title=_concept(report.get("code")) or "Diagnostic report",
        patient=_name(patient) or as_text(as_object(report.get("subject")).get("display")),
        patient_id=as_text(patient.get("id")),
        birth_date=as_text(patient.get("birthDate")),
        sex=as_text(patient.get("gender")),
        status=as_text(report.get("status")),
        category=_joined(map(_concept, objects(report.get("category")))),
        effective=_moment(report, "effective"),
        issued=_readable(as_text(report.get("issued"))),
        performer=_joined(map(_name, performers)),
        results=tuple(line for result in results for line in _lines(result)),
        conclusion=as_text(report.get("conclusion")),
        updated=_updated(report),
    )


def _joined(texts: Iterator[str]) -> str:
    return ", ".join(filter(None, texts))


def _updated(report: Resource) -> int:
    try:
        return parse(as_text(as_object(report.get("meta")).get("lastUpdated"))).low
    except ValueError:
        return 0


def _target(reference: Any, read: Read) -> Resource:
    """The resource that a Reference points to; empty where that is not to be had."""
    literal = own_reference(as_text(as_object(reference).get("reference")))
    return (literal and read(literal.type, literal.id)) or {}


def _lines(result: Resource) -> Iterator[ResultLine]:
    """A row for an Observation, and one for each of its components; none for one that is not to be had."""
    if not result:
        return
    components = objects(result.get("component"))
    name = _concept(result.get("code"))
    value, unit = _value(result)
    if value or not components:
        yield ResultLine(name, value, unit, _range(result), _flag(result))
    for component in components:
        value, unit = _value(component)
        part = f"{name}: {_concept(component.get('code'))}"
        yield ResultLine(part, value, unit, _range(component), _flag(component))


def _value(result: Resource) -> tuple[str, str]:
    """The value as text, and its unit."""
    if "valueQuantity" in result:
        quantity = as_object(result["valueQuantity"])
        return as_text(quantity.get("comparator")) + as_text(quantity.get("value")), _unit(quantity)
    if "valueCodeableConcept" in result:
        return _concept(result["valueCodeableConcept"]), ""
    if "dataAbsentReason" in result:
        return _concept(result["dataAbsentReason"]), ""
    plain = next((value for key, value in result.items() if key.startswith("value")), "")
    if isinstance(plain, bool):
        return ("yes" if plain else "no"), ""
    return (as_text(plain), "") if isinstance(plain, str | int) else ("see record", "")


def _range(result: Resource) -> str:
    """The reference range: its own words, else its bounds."""
    for range in objects(result.get("referenceRange")):
        low, high = (as_text(as_object(range.get(bound)).get("value")) for bound in ("low", "high"))
        if words := as_text(range.get("text")):
            return words
        if low and high:
            return f"{low} – {high}"
        if low or high:
            return f"≥ {low}" if low else f"≤ {high}"
    return ""


def _flag(result: Resource) -> str:
    """The interpretation's codes, such as ``H``; a normal result has no flag."""
    concepts = objects(result.get("interpretation"))
    codes = [as_text(coding.get("code")) for concept in concepts for coding in objects(concept.get("coding"))[:1]]
    return ", ".join(code for code in codes if code not in ("", "N"))


def _unit(quantity: Resource) -> str:
    return as_text(quantity.get("unit")) or as_text(quantity.get("code"))


def _concept(value: Any) -> str:
    """The text of a CodeableConcept, else the display or code of its first coding."""
    concept = as_object(value)
    coding = next(iter(objects(concept.get("coding"))), {})
    return as_text(concept.get("text")) or as_text(coding.get("display")) or as_text(coding.get("code"))


def _name(resource: Resource) -> str:
    """The name of a person or organization, else the display of a Reference."""
    name = resource.get("name")
    if isinstance(name, str):
        return name
    for human in objects(name):
        return as_text(human.get("text")) or _parts(human)
    return as_text(resource.get("display"))


def _parts(human: Resource) -> str:
    """A HumanName put together from its parts."""
    parts = (part for element in ("prefix", "given", "family", "suffix") for part in as_list(human.get(element)))
    return " ".join(filter(None, map(as_text, parts)))


def _moment(resource: Resource, element: str) -> str:
    period = as_object(resource.get(f"{element}Period"))
    return _readable(as_text(resource.get(f"{element}DateTime")) or as_text(period.get("start")))


def _readable(moment: str) -> str:
    """``2024-01-15T10:30:00-05:00`` → ``2024-01-15 10:30 -05:00``; a date stays as it is."""
    date, _, time = moment.partition("T")
    offset = "UTC" if time.endswith("Z") else time[-6:]
    return f"{date} {time[:5]} {offset}" if time else date
