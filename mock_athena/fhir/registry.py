"""Which resource types exist here, and how each is searched: the one table that everything else reads.

The router, the CapabilityStatement, the indexer, the search parser, the scope filters and the export all ask this
module; nothing repeats it. The rows themselves stand in :mod:`mock_athena.fhir.types`, a file for each area.
Parameters are those of https://hl7.org/fhir/R4/searchparameter-registry.html and US Core. What the real API has of all
that is a narrower view of the same rows: :mod:`mock_athena.fhir.types.athena`.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from mock_athena.fhir.parameters import SearchParameter
from mock_athena.fhir.resource_type import COMMON, ResourceType
from mock_athena.fhir.types import care, clinical, documents, medications, people, places, scheduling

__all__ = [
    "COMMON",
    "RESOURCE_TYPES",
    "RESULT_PARAMETERS",
    "WRITE_INTERACTIONS",
    "ResourceType",
    "SearchParameter",
    "known_parameter",
    "offered",
    "pointing_to",
    "reverse_includes",
]

RESOURCE_TYPES: Mapping[str, ResourceType] = MappingProxyType(
    {
        row.name: row
        for row in (
            *people.PATIENT,
            *clinical.TYPES,
            *medications.TYPES,
            *care.TYPES,
            *scheduling.TYPES,
            *documents.TYPES,
            *people.TYPES,
            *places.TYPES,
        )
    }
)

# Control parameters of the search itself, not of a type: https://hl7.org/fhir/R4/search.html#return
RESULT_PARAMETERS = (
    "_count",
    "_elements",
    "_format",
    "_include",
    "_pretty",
    "_revinclude",
    "_sort",
    "_summary",
    "_total",
)

# What can be done with every type where anything can be written, beside what can be done where nothing can.
WRITE_INTERACTIONS = ("create", "update", "patch", "delete")


def pointing_to(type: str) -> tuple[tuple[str, str], ...]:
    """(type, parameter) of every reference that may point to ``type``: what ``_revinclude`` can follow."""
    return tuple(
        (kind.name, parameter.code)
        for kind in RESOURCE_TYPES.values()
        if kind.searchable
        for parameter in kind.references
        if not parameter.targets or type in parameter.targets
    )


def reverse_includes(kind: ResourceType) -> tuple[str, ...]:
    """``Type:parameter`` of all that ``_revinclude`` can follow to resources of this type."""
    if kind.reverse_includes is not None:
        return kind.reverse_includes
    return tuple(f"{type}:{code}" for type, code in pointing_to(kind.name))


@cache
def offered(surface: str) -> Mapping[str, ResourceType]:
    """The types that are served, as far as a surface offers them.

    Args:
        surface: ``whole`` for all that there is, ``athena`` for what the real API has of it.
    """
    if surface == "whole":
        return RESOURCE_TYPES
    from mock_athena.fhir.types.athena import OFFERED, narrowed  # most runs never need it

    return MappingProxyType(
        {name: narrowed(kind, OFFERED[name]) for name, kind in RESOURCE_TYPES.items() if name in OFFERED}
    )


def known_parameter(type: str, code: str) -> SearchParameter | None:
    """The parameter of this code, whatever the surface on which it is offered; None if there is none."""
    known = RESOURCE_TYPES[type].parameter(code)
    if known is None:
        from mock_athena.fhir.types.athena import OWN

        known = OWN.get(code)
    return known
