"""What a caller may reach of the data; the one place that knows.

A resource in a Patient compartment (https://hl7.org/fhir/R4/compartmentdefinition-patient.html) is reached by whoever
may see that patient; one that is in none is reached by everybody, unless it tells of several patients, as a Group does.
A right may moreover be confined to resources that meet a search. Rights add up.
"""

from collections.abc import Iterable
from typing import NamedTuple

from mock_athena.fhir.registry import ResourceType
from mock_athena.store.criteria import AnyOf, Condition, InCompartment, Nothing
from mock_athena.store.snapshot import Snapshot, StoredVersion

Patients = tuple[str, ...] | None
"""Ids of the Patients whose records are reached; None for everybody's."""


class Part(NamedTuple):
    """What one scope reaches.

    Attributes:
        scope: its text. type: a resource type, or ``*`` for all.
        letters: the rights, out of ``cruds``. criteria: what a resource must meet besides.
    """

    scope: str
    type: str
    letters: str
    patients: Patients = None
    criteria: tuple[Condition, ...] = ()

    def grants(self, type: str, letter: str) -> bool:
        """Whether it grants a right on some resources of a type."""
        return letter in self.letters and self.type in ("*", type)


class Reach:
    """What all scopes of a token reach. Does not change.

    Attributes:
        parts: of each scope.
    """

    __slots__ = ("_granted", "_known", "parts")

    def __init__(self, parts: Iterable[Part]) -> None:
        self.parts = tuple(parts)
        # What every request asks is found out once.
        self._granted: dict[tuple[str, str], bool] = {}
        self._known: dict[tuple[str, str], tuple[Condition, ...]] = {}

    def grants(self, type: str, letter: str) -> bool:
        """Whether a right (one of ``cruds``) is granted on some resources of a type."""
        granted = self._granted.get((type, letter))
        if granted is None:
            granted = self._granted[type, letter] = any(part.grants(type, letter) for part in self.parts)
        return granted

    def criteria(self, kind: ResourceType, letter: str) -> tuple[Condition, ...]:
        """What leaves of a type what a right (one of ``cruds``) is granted on: nothing for all of it."""
        known = self._known.get((kind.name, letter))
        if known is None:
            granted = [part for part in self.parts if part.grants(kind.name, letter)]
            known = self._known[kind.name, letter] = _united([_of_part(kind, part) for part in granted])
        return known

    def patients(self, type: str, letter: str) -> Patients:
        """Whose records a right on a type is about."""
        return _everybody(part.patients for part in self.parts if part.grants(type, letter))

    def told(self, kind: ResourceType) -> tuple[Condition, ...]:
        """What leaves of a type what may be both read and searched: what an export tells of it."""
        read = self.criteria(kind, "r")
        return (*read, *(each for each in self.criteria(kind, "s") if each not in read))

    @property
    def people(self) -> Patients:
        """Whose records are reached at all."""
        return _everybody(part.patients for part in self.parts)

    @property
    def compartments(self) -> "Reach":
        """All records of these people: what is reached where types, rights and searches do not count."""
        return Reach((Part("", "*", "cruds", self.people),))


EVERYTHING = Reach((Part("", "*", "cruds"),))


def is_hidden(
    snapshot: Snapshot, kind: ResourceType, stored: StoredVersion | None, reach: Reach, letter: str = "r"
) -> bool:
    """Whether one version is out of reach; what is not there is looked for as long as what is, and is not hidden."""
    criteria = reach.criteria(kind, letter)
    if not criteria:
        return False
    meets = snapshot.meets(kind.name, stored, criteria)
    return stored is not None and not meets


def _of_part(kind: ResourceType, part: Part) -> tuple[Condition, ...]:
    if part.patients is None:
        return part.criteria
    if kind.patient:
        return (InCompartment(part.patients), *part.criteria)
    return (Nothing(),) if kind.names_patients else part.criteria


def _united(alternatives: list[tuple[Condition, ...]]) -> tuple[Condition, ...]:
    """What meets any of the alternatives, each of which must be met whole."""
    alternatives = list(dict.fromkeys(each for each in alternatives if Nothing() not in each))
    if not alternatives:
        return (Nothing(),)
    if all(len(each) == 1 and isinstance(each[0], InCompartment) for each in alternatives):
        ids = dict.fromkeys(id for (one,) in alternatives if isinstance(one, InCompartment) for id in one.patients)
        return (InCompartment(tuple(ids)),)
    # What all have in common stands by itself, so that the index is searched by it.
    common = tuple(each for each in alternatives[0] if all(each in other for other in alternatives))
    rest = [tuple(each for each in one if each not in common) for one in alternatives]
    return common if not all(rest) else (*common, AnyOf(tuple(rest)))


def _everybody(several: Iterable[Patients]) -> Patients:
    ids: dict[str, None] = {}
    for patients in several:
        if patients is None:
            return None
        ids.update(dict.fromkeys(patients))
    return tuple(ids)
