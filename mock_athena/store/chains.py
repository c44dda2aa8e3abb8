"""Criteria for which something else has to be looked up, turned into criteria about the resource that is searched for.

A chain asks what is pointed to (``practitioner.name``), ``_has`` what points here. Both are answered by searching for
the others first, on the same snapshot. https://hl7.org/fhir/R4/search.html#chaining. The compartments of nearly all
patients are those of any patient but a few, which takes a fraction of the time.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Protocol

from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.store.criteria import (
    Chained,
    Criterion,
    HasId,
    HasReference,
    InCompartment,
    InOtherCompartment,
    InSomeCompartment,
    IsPointedTo,
    Nothing,
    OneOf,
    Selection,
)
from mock_athena.store.keys import is_compartment

_MANY = 20  # patients of whom it is worth asking who is not among them
_FEW = 10  # of so many patients one may be left out


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

    def patients_but(self, ids: tuple[str, ...], most: int) -> list[str]:
        """The ids of up to ``most`` Patients who ever had a compartment and are none of these."""
        ...


def resolved(others: Others, selection: Selection) -> Selection:
    """The selection with nothing in it that is asked of other resources."""
    if not any(map(_is_looked_up, selection.criteria)):
        return selection
    return replace(selection, criteria=tuple(_resolved(others, selection.type, c) for c in selection.criteria))


def _is_looked_up(criterion: Criterion) -> bool:
    many = isinstance(criterion, InCompartment) and len(criterion.patients) > _MANY
    return many or isinstance(criterion, Chained | IsPointedTo | OneOf)


def _resolved(others: Others, type: str, criterion: Criterion) -> Criterion:
    match criterion:
        case Chained(param, selections):
            targets = tuple(f"{one.type}/{id}" for one in selections for id in others.ids(one))
            return HasReference(param, targets) if targets else Nothing()
        case IsPointedTo(param, selection):
            ids = tuple(sorted(set(_pointed_to(others, type, param, selection))))
            return HasId(ids) if ids else Nothing()
        case InCompartment(patients) if len(patients) > _MANY:
            return _of_nearly_all(others, criterion, len(patients) // _FEW)
        case OneOf(selections):
            return OneOf(tuple(resolved(others, one) for one in selections))
    return criterion


def _of_nearly_all(others: Others, criterion: InCompartment, few: int) -> Criterion:
    """The same, said by those who are left out, if they are few."""
    left_out = tuple(others.patients_but(criterion.patients, few + 1))
    if len(left_out) > few:
        return criterion
    return InOtherCompartment(left_out) if left_out else InSomeCompartment()


def _pointed_to(others: Others, type: str, param: str, selection: Selection) -> Iterator[str]:
    """The ids of the resources of ``type`` to which those of the selection point."""
    if type == "Patient" and is_compartment(selection.type, param):
        yield from others.patients(selection)
        return
    from mock_athena.store.links import links  # seldom needed

    parameter = RESOURCE_TYPES[selection.type].parameters[param]
    for body in others.bodies(selection):
        yield from (link.id for link in links(body, parameter) if link.type == type)
