"""What Observations have in common: https://hl7.org/fhir/R4/observation.html.

A :class:`Template` is what all Observations of one code share, a :class:`Frame` what those of one moment share; both
are made once, so that an Observation costs one dict and its id.
"""

from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from mock_athena.population import moments
from mock_athena.population.chart import Chart, Reference, profiles
from mock_athena.population.codes import HL7, Concept, concept, unit

_CATEGORY = HL7 + "observation-category"


class Template(NamedTuple):
    """What all Observations of one code share."""

    category: list[Concept]
    code: Concept
    profiles: list[str]


class Frame(NamedTuple):
    """What the Observations of one moment of a visit share; ``effective`` and ``issued`` as FHIR writes them."""

    chart: Chart
    encounter: Reference
    performer: list[Reference]
    effective: str
    issued: str
    status: str = "final"


def frame(
    chart: Chart, encounter: Reference, performer: Reference, taken: datetime, issued: datetime | None = None
) -> Frame:
    """The frame of what was measured at ``taken``, known at ``issued`` (at once, where that is not said)."""
    effective = moments.date_time(taken)
    known = moments.instant(issued) if issued else f"{effective[:-1]}.000Z"
    return Frame(chart, encounter, [performer], effective, known)


@cache
def category(*codes: str) -> list[Concept]:
    """Categories of observation-category. Shared: do not change it."""
    return [concept(_CATEGORY, code) for code in codes]


@cache
def template(system: str, code: str, group: str, *names: str) -> Template:
    """The template of a code of the table, in a group of observation-category, of these profiles."""
    return Template(category(group), concept(system, code), profiles(*names))


def add(frame: Frame, kind: str, template: Template, result: dict[str, Any]) -> Reference:
    """Add an Observation whose id is the next of ``kind``; ``result`` is its value and what else it has of its own."""
    return add_as(frame, frame.chart.new_id(kind), template, result)


def add_as(frame: Frame, id: str, template: Template, result: dict[str, Any]) -> Reference:
    """The same under a given id."""
    chart, encounter, performer, effective, issued, status = frame
    meta = {"versionId": "1", "lastUpdated": issued, "profile": template.profiles}
    body = {
        "status": status,
        "category": template.category,
        "code": template.code,
        "subject": chart.subject,
        "encounter": encounter,
        "effectiveDateTime": effective,
        "issued": issued,
        "performer": performer,
        **result,
    }
    return chart.place("Observation", id, meta, body)


@cache
def absent(reason: str) -> Concept:
    """Why a value is missing, of data-absent-reason. Shared: do not change it."""
    return concept(HL7 + "data-absent-reason", reason)


def value(number: float, code: str) -> dict[str, Any]:
    """``valueQuantity`` in a UCUM unit of the table."""
    return {"valueQuantity": {"value": number, **unit(code)}}
