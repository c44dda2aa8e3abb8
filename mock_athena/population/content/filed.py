"""Documents that are filed beside the notes: the laboratory's reports of a stay, and the care plans.

Each points at the document of the resource that it is about, which is made when somebody asks for it.
https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-documentreference.html
"""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from mock_athena.fhir.placeholders import DOCUMENTS
from mock_athena.fhir.resource import Resource
from mock_athena.population import ids
from mock_athena.population.chart import Chart, profiles
from mock_athena.population.codes import HL7, LOINC, US_CORE, coding, concept
from mock_athena.population.content import actors

_REPORT, _PLAN = "11502-2", "18776-5"
_FORMATS = "http://ihe.net/fhir/ValueSet/IHE.FormatCode.codesystem"


class _Filed(NamedTuple):
    """A resource that is a document too: of what type (LOINC), under which id, and called what."""

    made: Resource
    type: str
    id: str
    title: str


def record(chart: Chart) -> None:
    """Add the documents of what is in the chart by now."""
    for filed in list(_filed(chart)):
        _add(chart, filed)


def _filed(chart: Chart) -> Iterator[_Filed]:
    practice = chart.person.practice
    for made in chart.resources:
        if made["resourceType"] == "CarePlan":
            title = f"Care plan: {made.get('title', 'care plan')}"
            yield _Filed(made, _PLAN, ids.local_id(practice, "carePlanDocument", _number(made)), title)
        elif made["resourceType"] == "DiagnosticReport" and ".inptresultlab-" in made["id"] and "result" in made:
            title = f"Laboratory report: {made['code']['text']}"
            yield _Filed(made, _REPORT, ids.local_id(practice, "laboratoryReport", _number(made)), title)


def _number(made: Resource) -> int:
    return int(made["id"].rpartition("-")[2])


def _add(chart: Chart, filed: _Filed) -> None:
    made = filed.made
    updated = made["meta"]["lastUpdated"]
    body: dict[str, Any] = {
        "status": "current",
        "docStatus": "final",
        "type": concept(LOINC, filed.type),
        "category": _category(),
        "subject": chart.subject,
        "date": updated,
        "author": _author(chart, made),
        "custodian": actors.organization(chart.person.practice),
        "description": filed.title,
        "securityLabel": _label(),
        "content": [{"attachment": _attachment(filed, updated), "format": _format()}],
        "context": _context(made),
    }
    meta = {"versionId": "1", "lastUpdated": updated, "profile": profiles("us-core-documentreference")}
    chart.place("DocumentReference", filed.id, meta, body)


def _attachment(filed: _Filed, updated: str) -> dict[str, str]:
    return {
        "contentType": "application/pdf",
        "language": "en",
        "url": f"{DOCUMENTS}/{filed.made['id']}.pdf",
        "title": filed.title,
        "creation": updated,
    }


def _author(chart: Chart, made: Resource) -> list[dict[str, Any]]:
    """Who signed it: the clinician that the resource names, else the practice."""
    named = [*made.get("resultsInterpreter", ()), *([made["author"]] if "author" in made else [])]
    return named[:1] or [actors.organization(chart.person.practice)]


def _context(made: Resource) -> dict[str, Any]:
    """What it is about; a report covers the time from the specimen to its issue, a plan reaches into the future."""
    context: dict[str, Any] = {"related": [{"reference": f"{made['resourceType']}/{made['id']}"}]}
    if "encounter" in made:
        context["encounter"] = [made["encounter"]]
    if "issued" in made:
        context["period"] = {"start": made["effectiveDateTime"], "end": made["issued"]}
    return context


@cache
def _category() -> list[dict[str, Any]]:
    return [concept(US_CORE + "us-core-documentreference-category", "clinical-note")]


@cache
def _label() -> list[dict[str, Any]]:
    return [{"coding": [coding(HL7 + "v3-Confidentiality", "N")]}]


@cache
def _format() -> dict[str, str]:
    return coding(_FORMATS, "urn:ihe:iti:xds:2017:mimeTypeSufficient")
