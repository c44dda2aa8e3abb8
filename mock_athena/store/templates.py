"""Statements of searches that differ in nothing but the patient or the id that they ask for: built once.

Clients ask the same of one patient after another, and to build the statement takes as long as to run it. So it is built
for a patient and an id that nobody has, and kept; those that are asked for are bound when it is run.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from mock_athena.store.conditions import Statement
from mock_athena.store.criteria import (
    Criterion,
    HasDate,
    HasId,
    HasReference,
    HasToken,
    InCompartment,
    InSomeCompartment,
    Selection,
)
from mock_athena.store.statements import statement_of

# No id of FHIR has a space.
_PATIENT, _ID = "the patient", "the id"
_OF_PATIENT, _WITH_ID = InCompartment((_PATIENT,)), HasId((_ID,))

# What is asked again and again, and where its values are. One of many values is not, and would take much room.
_VALUES: Mapping[type, str] = MappingProxyType(
    {HasToken: "tokens", HasDate: "matches", HasReference: "targets", InCompartment: "patients", HasId: "ids"}
)
_FEW = 4


class _Template(NamedTuple):
    """A statement, and under which names the patient and the id are bound in it."""

    statement: Statement
    patient: tuple[str, ...]
    id: tuple[str, ...]


def prepared_statement(selection: Selection, seq: int) -> Statement:
    """As :func:`~mock_athena.store.statements.statement_of` builds it, as of commit ``seq``."""
    patient = id = ""
    criteria: list[Criterion] = []
    for criterion in selection.criteria:
        if not _is_common(criterion):
            return statement_of(selection, seq)
        if type(criterion) is InCompartment and _is_the(criterion.patients, patient):
            patient, criterion = criterion.patients[0], _OF_PATIENT
        elif type(criterion) is HasId and _is_the(criterion.ids, id):
            id, criterion = criterion.ids[0], _WITH_ID
        criteria.append(criterion)
    template = _template(selection.type, tuple(criteria), selection.date)
    return _bound(template, patient, id, seq) if template else statement_of(selection, seq)


def _is_common(criterion: Criterion) -> bool:
    kind = type(criterion)
    return kind is InSomeCompartment or (kind in _VALUES and len(getattr(criterion, _VALUES[kind])) <= _FEW)


def _is_the(values: Sequence[str], known: str) -> bool:
    """Whether this is the one that is asked for; there may be several criteria of it, but not of two."""
    return len(values) == 1 and known in ("", values[0])


@lru_cache(maxsize=1 << 10)
def _template(type: str, criteria: tuple[Criterion, ...], date: str) -> _Template | None:
    """The statement; None of what asks bodies, since a question is of one statement alone."""
    statement = statement_of(Selection(type, criteria, date))
    if statement.asked:
        return None
    named = {
        value: tuple(name for name, bound in statement.values.items() if bound == value) for value in (_PATIENT, _ID)
    }
    return _Template(statement, named[_PATIENT], named[_ID])


def _bound(template: _Template, patient: str, id: str, seq: int) -> Statement:
    values = template.statement.values.copy()
    values["seq"] = seq
    for name in template.patient:
        values[name] = patient
    for name in template.id:
        values[name] = id
    return template.statement.bound(values)
