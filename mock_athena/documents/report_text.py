"""What a report's document says: the words of a DiagnosticReport, its patient and its results, as text.

https://hl7.org/fhir/R4/diagnosticreport.html. Layout is the business of :mod:`mock_athena.documents.report_pdf`.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mock_athena.fhir.references import parse_reference
from mock_athena.store import Resource, Snapshot


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
        updated: when the report was last changed, as a FHIR instant.
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
    updated: str


def loaded(body: bytes) -> Resource:
    """A stored resource; numbers keep the digits that were written, as precision is part of a result."""
    resource: Resource = json.loads(body, parse_float=str)
    return resource


def report_text(report: Resource, snapshot: Snapshot, practice: str) -> ReportText:
    """The words of a report.

    Args:
        practice: who sends it, where neither the report nor its patient names an organization.
    """
    patient = _target(report.get("subject"), snapshot) or {}
    performers = [_target(reference, snapshot) or reference for reference in report.get("performer", ())]
    organizations = [each for each in performers if each.get("resourceType") == "Organization"]
    sender = organizations[0] if organizations else _target(patient.get("managingOrganization"), snapshot) or {}
    results = (_target(reference, snapshot) for reference in report.get("result", ()))
    return ReportText(
        id=report["id"],
        practice=sender.get("name", practice),
        title=_concept(report.get("code")) or "Diagnostic report",
        patient=_name(patient) or report.get("subject", {}).get("display", ""),
        patient_id=patient.get("id", ""),
        birth_date=patient.get("birthDate", ""),
        sex=patient.get("gender", ""),
        status=report.get("status", ""),
        category=", ".join(filter(None, map(_concept, report.get("category", ())))),
        effective=_moment(report, "effective"),
        issued=_readable(report.get("issued", "")),
        performer=", ".join(filter(None, map(_name, performers))),
        results=tuple(line for result in results if result for line in _lines(result)),
        conclusion=report.get("conclusion", ""),
        updated=report["meta"]["lastUpdated"],
    )


def _target(reference: Any, snapshot: Snapshot) -> Resource | None:
    """The resource that a Reference points to; None where that is not here."""
    literal = parse_reference(reference.get("reference", "")) if reference else None
    version = snapshot.read(literal.type, literal.id) if literal else None
    return loaded(version.body) if version and not version.deleted else None


def _lines(result: Resource) -> Iterator[ResultLine]:
    """A row for an Observation, and one for each of its components."""
    components = result.get("component", ())
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
        quantity = result["valueQuantity"]
        return f"{quantity.get('comparator', '')}{quantity.get('value', '')}", _unit(quantity)
    if "valueCodeableConcept" in result:
        return _concept(result["valueCodeableConcept"]), ""
    if "dataAbsentReason" in result:
        return _concept(result["dataAbsentReason"]), ""
    plain = next((value for key, value in result.items() if key.startswith("value")), "")
    if isinstance(plain, bool):
        return ("yes" if plain else "no"), ""
    return (str(plain), "") if isinstance(plain, str | int) else ("see record", "")


def _range(result: Resource) -> str:
    """The reference range: its own words, else its bounds."""
    for range in result.get("referenceRange", ()):
        low, high = range.get("low", {}).get("value"), range.get("high", {}).get("value")
        if range.get("text"):
            return str(range["text"])
        if low is not None and high is not None:
            return f"{low} – {high}"
        if low is not None or high is not None:
            return f"≥ {low}" if high is None else f"≤ {high}"
    return ""


def _flag(result: Resource) -> str:
    """The interpretation's codes, such as ``H``; a normal result has no flag."""
    concepts = result.get("interpretation", ())
    codes = [coding.get("code", "") for concept in concepts for coding in concept.get("coding", ())[:1]]
    return ", ".join(code for code in codes if code not in ("", "N"))


def _unit(quantity: dict[str, Any]) -> str:
    return str(quantity.get("unit") or quantity.get("code") or "")


def _concept(concept: Any) -> str:
    """The text of a CodeableConcept, else the display or code of its first coding."""
    if not concept:
        return ""
    coding = (concept.get("coding") or [{}])[0]
    return str(concept.get("text") or coding.get("display") or coding.get("code") or "")


def _name(resource: Resource) -> str:
    """The name of a person or organization, else the display of a Reference."""
    name = resource.get("name")
    if isinstance(name, str):
        return name
    for human in name or ():
        parts = [*human.get("prefix", ()), *human.get("given", ()), human.get("family", ""), *human.get("suffix", ())]
        return str(human.get("text") or " ".join(filter(None, parts)))
    return str(resource.get("display", ""))


def _moment(resource: Resource, element: str) -> str:
    period = resource.get(f"{element}Period", {})
    moment = resource.get(f"{element}DateTime") or period.get("start") or ""
    return _readable(moment)


def _readable(moment: str) -> str:
    """``2024-01-15T10:30:00-05:00`` → ``2024-01-15 10:30 -05:00``; a date stays as it is."""
    date, _, time = moment.partition("T")
    offset = "UTC" if time.endswith("Z") else time[-6:]
    return f"{date} {time[:5]} {offset}" if time else date
