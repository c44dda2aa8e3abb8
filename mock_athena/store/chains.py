"""Criteria about other resources, turned into criteria about the one that is searched for.

A chain asks what is pointed to (``practitioner.name``), ``_has`` what points here. Both are answered by searching for
the others first, on the same snapshot. https://hl7.org/fhir/R4/search.html#chaining
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Protocol

from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.store.criteria import Chained, Criterion, HasId, HasReference, IsPointedTo, Nothing, OneOf, Selection
from mock_athena.store.keys import is_compartment


class Others(Protocol):
    """Where the other resources are searched for: the snapshot that asks."""

    def ids(self, selection: Selection) -> list[str]:
        """The id of every match."""
        ...

    def patients(self, selection: Selection) -> list[str]:
        """The ids of the Patients in whose compartments the matches are."""
        ...

    def bodies(self, selection: Selection) -> Iterator[bytes]:
        """The body of every match."""
        ...


def resolved(others: Others, selection: Selection) -> Selection:
    """The selection with nothing in it that is asked of other resources."""
    if not any(isinstance(criterion, Chained | IsPointedTo | OneOf) for criterion in selection.criteria):
        return selection
    return replace(selection, criteria=tuple(_resolved(others, selection.type, c) for c in selection.criteria))


def _resolved(others: Others, type: str, criterion: Criterion) -> Criterion:
    match criterion:
        case Chained(param, selections):
            targets = tuple(f"{one.type}/{id}" for one in selections for id in others.ids(one))
            return HasReference(param, targets) if targets else Nothing()
        case IsPointedTo(param, selection):
            ids = tuple(sorted(set(_pointed_to(others, type, param, selection))))
            return HasId(ids) if ids else Nothing()
        case OneOf(selections):
            return OneOf(tuple(resolved(others, one) for one in selections))
    return criterion


def _pointed_to(others: Others, type: str, param: str, selection: Selection) -> Iterator[str]:
    """The ids of the resources of ``type`` to which those of the selection point."""
    if type == "Patient" and is_compartment(selection.type, param):
        yield from others.patients(selection)
        return
    from mock_athena.store.links import links  # seldom needed

    parameter = RESOURCE_TYPES[selection.type].parameters[param]
    for body in others.bodies(selection):
        yield from (link.id for link in links(body, parameter) if link.type == type)
