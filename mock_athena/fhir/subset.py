"""A part of a resource: ``_summary`` and ``_elements``, https://hl7.org/fhir/R4/search.html#summary.

What R4 says of every element (mandatory, modifier, part of a summary) is in ``elements.json``, made by
:mod:`mock_athena.fhir.freeze_elements`. What is left says so by the tag ``SUBSETTED``, so that nobody takes it for the
whole and stores it.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from mock_athena.fhir.resource import Resource, as_list, as_object

Summary = Literal["true", "text", "data", "count", "false"]

SUMMARIES: tuple[Summary, ...] = ("true", "text", "data", "count", "false")
"""Values of ``_summary``; ``count`` is a matter of the Bundle, whose entries it leaves out."""

_TABLE = Path(__file__).with_name("elements.json")
_ALWAYS = ("resourceType", "id", "meta")
_SUBSETTED = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "SUBSETTED",
    "display": "subsetted",
}


@dataclass(frozen=True, slots=True)
class Elements:
    """The elements of a type.

    Attributes:
        names: all of them, as JSON has them.
        choices: what a name without its type stands for: ``value`` for ``valueQuantity`` and others.
        required: those that a resource must have. modifiers: those without which the others may be misunderstood.
        summary: what a summary keeps: a name with what it keeps of its parts, or None where that is everything.
    """

    names: frozenset[str]
    choices: Mapping[str, tuple[str, ...]]
    required: frozenset[str]
    modifiers: frozenset[str]
    summary: Mapping[str, Any]

    def named(self, name: str) -> tuple[str, ...]:
        """The elements that a name in ``_elements`` stands for; empty if there are none."""
        name = name.removesuffix("[x]")
        return self.choices.get(name) or ((name,) if name in self.names else ())


@lru_cache(maxsize=256)
def elements_of(type: str) -> Elements | None:
    """The elements of a resource type of R4; None if there is no such type."""
    row = _table().get(type)
    return row and Elements(
        frozenset(row["elements"]),
        {name: tuple(names) for name, names in row["choices"].items()},
        frozenset(row["required"]),
        frozenset(row["modifiers"]),
        row["summary"],
    )


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(_TABLE.read_text(encoding="utf-8"))
    return table


def subset(resource: Resource, summary: Summary = "false", elements: Collection[str] = ()) -> Resource:
    """What a caller wants of a resource, tagged as a part of it; the resource as it is where that is everything.

    Args:
        summary: ``true``: what R4 marks as summary, at every level; ``text``: the narrative and what is mandatory;
            ``data``: everything but the narrative; anything else: no summary.
        elements: names of elements at the root; what is mandatory and what modifies is kept beside them. Names that the
            type does not have are passed over: the resources of one Bundle may be of several types.
    """
    known = elements_of(str(resource.get("resourceType")))
    if known is None or (summary in ("false", "count") and not elements):
        return resource
    if summary == "true":
        return _tagged(_pruned(resource, known.summary))
    if summary == "data":
        return _tagged({name: value for name, value in resource.items() if name != "text"})
    kept = {"text", *known.required} if summary == "text" else _wanted(known, elements)
    return _tagged({name: value for name, value in resource.items() if name.removeprefix("_") in kept | {*_ALWAYS}})


def _wanted(known: Elements, elements: Collection[str]) -> frozenset[str]:
    return known.required | known.modifiers | {name for each in elements for name in known.named(each)}


def _pruned(value: Resource, kept: Mapping[str, Any]) -> Resource:
    found: Resource = {}
    for name, part in value.items():
        # What begins with "_" are the id and the extensions of the primitive of that name.
        plain = name.removeprefix("_")
        if plain == "resourceType" or plain in kept:
            within = kept.get(plain)
            found[name] = part if within is None else _pruned_all(part, within)
    return found


def _pruned_all(part: Any, kept: Mapping[str, Any]) -> Any:
    if isinstance(part, list):
        return [_pruned_all(each, kept) for each in part]
    return _pruned(part, kept) if isinstance(part, dict) else part


def _tagged(resource: Resource) -> Resource:
    meta = as_object(resource.get("meta"))
    return {**resource, "meta": {**meta, "tag": [*as_list(meta.get("tag")), _SUBSETTED]}}
