"""From a selection to SQL: which index is walked, and how the other criteria are checked on its rows.

The walk (alias ``d``) is chosen by what the selection names, never by statistics, so that a search costs the same
on every database: an id, else a patient's tokens or references, else a patient's compartment, else what points to a
target, else a text, else a token everywhere, else the whole type. Statements contain constants only; every value is
bound.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.store.conditions import (
    BODY,
    Statement,
    Value,
    checked,
    held,
    is_indexed,
    is_mixed,
    on_keys,
    on_string,
    patient_keys,
)
from mock_athena.store.criteria import (
    Chained,
    Condition,
    Criterion,
    HasId,
    HasReference,
    HasString,
    HasToken,
    InCompartment,
    IsPointedTo,
    Nothing,
    Position,
    Selection,
    SortKey,
)
from mock_athena.store.driver import Question
from mock_athena.store.keys import TYPE_NUMBERS, is_compartment, type_key
from mock_athena.store.schema import NO_DATE, VALID

_BY_ID = "version AS d INDEXED BY version_of"
_ALL = "version AS d INDEXED BY version_by_date"
_ALL_BY_KEY = "version AS d INDEXED BY version_by_key"
_BY_PATIENT = "posting AS d"
_BY_KEY = "posting AS d INDEXED BY posting_everywhere"
# CROSS keeps the order: first the few texts, then what they belong to.
_BY_STRING = "string AS i CROSS JOIN version AS d ON d.vk = i.vk"
# By its own key: no index, however few versions there are of the type.
_BY_PATIENT_OR_KEY = "version AS d NOT INDEXED"

# The version before a deletion; none before anything else.
_BEFORE = (
    "(SELECT b.vk FROM version AS m CROSS JOIN version AS b ON b.type = m.type AND b.id = m.id "
    "AND b.version_id = m.version_id - 1 WHERE m.vk = {vk} AND m.deleted = 1)"
)

_POSTINGS = (_BY_PATIENT, _BY_KEY)


LAST_KEY = 2**63 - 1


class Prepared(NamedTuple):
    """A statement that can be run: its text, what is bound in it, and what it asks of bodies."""

    text: str
    values: dict[str, Value]
    asked: Mapping[int, Question] = MappingProxyType({})


class Part(NamedTuple):
    """Matches that were stored one after another: the keys of the first and the last, and how many there are."""

    first: int
    last: int
    matches: int


def on_version(type: str, criteria: Sequence[Condition], vk: str, among: str = "") -> Statement:
    """That a version meets criteria, current or not.

    Args:
        vk: its key, in SQL. among: see :class:`~mock_athena.store.driver.Question`; needed if others name the key.
    """
    statement = Statement(type, "version AS d", True, False, RESOURCE_TYPES[type].date, asked_among=among)
    statement.conditions.append(f"d.vk = {vk}")
    statement.conditions += [held(statement, criterion) for criterion in criteria]
    return statement


def with_content(vk: str) -> str:
    """The key of the version that tells what ``vk`` was about, both in SQL: of a deletion, that before it."""
    return f"coalesce({_BEFORE.format(vk=vk)}, {vk})"


@lru_cache(maxsize=1 << 10)
def met_by_version(type: str, criteria: tuple[Condition, ...], *, deleted: bool) -> Prepared:
    """A row if the version with the key ``:vk`` meets criteria; the same few are asked of one version after another."""
    statement = on_version(type, criteria, with_content(":vk") if deleted else ":vk")
    return Prepared(f"SELECT 1 {statement.source}", statement.values, statement.asked)


def statement_of(selection: Selection, seq: int = 0, within: Statement | None = None) -> Statement:
    """What the statements of one selection have in common: built once, whatever is asked of it.

    Args:
        seq: the commit as of which it is asked. within: the statement of which it is a part, and whose commit counts.
    """
    type = selection.type
    criteria = tuple(_plain(type, criterion) for criterion in selection.criteria)
    indexed = tuple(c for c in criteria if is_indexed(type, c))
    walk, walked = _walk(type, indexed)
    statement = Statement(type, walk, _meets_once(walk, walked), walk in _POSTINGS, selection.date, values={"seq": seq})
    if within:
        statement.values, statement.asked = within.values, within.asked
    if not statement.of_postings:
        statement.conditions.append(f"d.type = {statement.bind(TYPE_NUMBERS[type])}")
    _on_walk(statement, walked)
    statement.conditions.append(VALID.format(alias="d"))
    if not statement.of_postings:
        statement.conditions.append("d.deleted = 0")
    statement.conditions += [checked(statement, c) for c in indexed if c not in walked]
    _on_body(statement, [c for c in criteria if c not in indexed])
    return statement


def page(statement: Statement, limit: int, after: Position | None) -> Prepared:
    """Up to ``limit`` rows (date, vk, id, body) after a position: the newest, in any order."""
    source = statement.source
    if after:
        date, vk = statement.bind(after.date), statement.bind(after.vk)
        source += f" AND (d.date < {date} OR (d.date = {date} AND d.vk > {vk}))"
    distinct = "" if statement.once else "DISTINCT "
    text = (
        "SELECT k.date, k.vk, v.id, v.body FROM "
        f"(SELECT {distinct}d.date AS date, d.vk AS vk {source} ORDER BY d.date DESC, d.vk "
        f"LIMIT {statement.bind(limit)}) AS k CROSS JOIN version AS v ON v.vk = k.vk"
    )
    return prepared(text, statement)


def sorted_page(statement: Statement, sort: Sequence[SortKey], limit: int, offset: int) -> Prepared:
    """Up to ``limit`` rows (date, vk, id, body) in an order of the caller's, after ``offset`` rows.

    What has nothing to be sorted by comes last, whatever the direction.
    """
    keys = [f"{_sort_value(statement, key)} {'DESC' if key.descending else 'ASC'} NULLS LAST" for key in sort]
    text = (
        f"SELECT k.date, k.vk, v.id, v.body FROM (SELECT DISTINCT d.date AS date, d.vk AS vk {statement.source}) AS k "
        f"CROSS JOIN version AS v ON v.vk = k.vk ORDER BY {', '.join(keys)}, k.date DESC, k.vk "
        f"LIMIT {statement.bind(limit)} OFFSET {statement.bind(offset)}"
    )
    return prepared(text, statement)


def page_by_id(statement: Statement, limit: int, first: str) -> Prepared:
    """Up to ``limit`` rows (date, vk, id, body) in the order of their ids, from ``first`` on."""
    text = (
        "SELECT k.date, k.vk, k.id, v.body FROM (SELECT m.date, m.vk, o.id FROM "
        f"(SELECT DISTINCT d.date AS date, d.vk AS vk {statement.source}) AS m "
        f"CROSS JOIN version AS o ON o.vk = m.vk WHERE o.id >= {statement.bind(first)} "
        f"ORDER BY o.id LIMIT {statement.bind(limit)}) AS k CROSS JOIN version AS v ON v.vk = k.vk ORDER BY k.id"
    )
    return prepared(text, statement)


def _sort_value(statement: Statement, key: SortKey) -> str:
    if key.param == "_id":
        return "v.id"
    if key.param == "_lastUpdated":
        return "v.last_updated"
    if key.param == statement.ordering_date:
        return f"nullif(k.date, {NO_DATE})"
    from mock_athena.store.predicates import sort_value  # seldom needed

    return statement.ask(sort_value(statement.type, key), "v.body")


def count(statement: Statement) -> Prepared:
    """How many resources there are."""
    counted = "*" if statement.once else "DISTINCT d.vk"
    return prepared(f"SELECT count({counted}) {statement.source}", statement)


def ids(statement: Statement) -> Prepared:
    """The id of every resource."""
    return prepared(f"SELECT v.id FROM version AS v WHERE v.vk IN (SELECT d.vk {statement.source})", statement)


def patients(statement: Statement) -> Prepared:
    """The id of every Patient in whose compartment one of the resources is."""
    text = (
        "SELECT p.id FROM patient AS p WHERE p.number IN "
        f"(SELECT c.patient FROM compartment AS c WHERE c.vk IN (SELECT d.vk {statement.source}))"
    )
    return prepared(text, statement)


def is_whole(statement: Statement) -> bool:
    """Whether the whole type is walked, which can be done in the order of the keys as well."""
    return statement.walk == _ALL


def by_key(statement: Statement, first: int, last: int) -> str:
    """``FROM … WHERE …`` that meets each version ``d`` once whose key is from ``first`` to ``last``, in that order."""
    # Names of their own, so that the next keys are asked for with the same text.
    statement.values |= {"type": TYPE_NUMBERS[statement.type], "first": first, "last": last}
    within = "d.type = :type AND d.vk BETWEEN :first AND :last"
    if is_whole(statement):
        return f"FROM {_ALL_BY_KEY} WHERE {' AND '.join((within, *statement.conditions))}"
    return f"FROM {_ALL_BY_KEY} WHERE {within} AND d.vk IN (SELECT d.vk {statement.source})"


def bodies(statement: Statement, part: Part | None = None) -> Prepared:
    """The bodies in the order of their keys; of one part of them, if one is named."""
    source = statement.source
    if part:
        source += f" AND d.vk BETWEEN {statement.bind(part.first)} AND {statement.bind(part.last)}"
    text = f"SELECT v.body FROM version AS v WHERE v.vk IN (SELECT d.vk {source}) ORDER BY v.vk"
    return prepared(text, statement)


def parts(statement: Statement, most: int) -> Prepared:
    """Rows (first key, last key, count) of parts of ``most``, in the order of the keys."""
    distinct = "" if statement.once else "DISTINCT "
    numbered = (
        f"SELECT vk, (row_number() OVER (ORDER BY vk) - 1) / {statement.bind(most)} AS part "
        f"FROM (SELECT {distinct}d.vk AS vk {statement.source}) AS k"
    )
    return prepared(f"SELECT min(vk), max(vk), count(*) FROM ({numbered}) AS n GROUP BY part ORDER BY part", statement)


def count_between(statement: Statement, first: int, last: int) -> Prepared:
    """How many of the versions have keys from ``first`` to ``last``."""
    return prepared(f"SELECT count(*) {by_key(statement, first, last)}", statement)


def key_from(statement: Statement, first: int, number: int) -> Prepared:
    """The key of the ``number``-th of the versions from the key ``first`` on."""
    statement.values["skipped"] = number - 1
    text = f"SELECT d.vk {by_key(statement, first, LAST_KEY)} ORDER BY d.vk LIMIT 1 OFFSET :skipped"
    return prepared(text, statement)


def last_key(statement: Statement) -> Prepared:
    """The last key of the type, whatever else is asked; NULL if there is none."""
    values: dict[str, Value] = {"type": TYPE_NUMBERS[statement.type]}
    return Prepared(f"SELECT max(d.vk) FROM {_ALL_BY_KEY} WHERE d.type = :type", values, statement.asked)


def prepared(text: str, statement: Statement) -> Prepared:
    """A text with what is bound in the statement."""
    return Prepared(text, statement.values, statement.asked)


def _on_body(statement: Statement, criteria: Sequence[Condition]) -> None:
    """The conditions that no index answers: all in one question, and the last, since each answer takes a while."""
    if Nothing() in criteria:
        statement.conditions.append("FALSE")
    elif criteria:
        from mock_athena.store.predicates import asked_of_body  # seldom needed

        statement.conditions.append(statement.ask(asked_of_body(statement.type, criteria), BODY))


def _plain(type: str, criterion: Criterion) -> Condition:
    """The criterion, said by the compartment where that is what it asks for."""
    if isinstance(criterion, Chained | IsPointedTo):
        raise TypeError(criterion)  # pragma: no cover - resolved before (store/chains.py)
    if isinstance(criterion, HasReference) and is_compartment(type, criterion.param):
        patients = tuple(target.removeprefix("Patient/") for target in criterion.targets if target[:8] == "Patient/")
        if len(patients) == len(criterion.targets):
            return InCompartment(patients)
    return criterion


def _walk(type: str, criteria: tuple[Condition, ...]) -> tuple[str, tuple[Condition, ...]]:
    """The table to walk, as ``d``, and the criteria that its key answers."""
    if any(isinstance(c, HasId) for c in criteria):
        return _BY_ID, ()
    token = next((c for c in criteria if isinstance(c, HasToken) and all(t.code is not None for t in c.tokens)), None)
    pointing = next((c for c in criteria if isinstance(c, HasReference)), None)
    unmixed = pointing if pointing and not is_mixed(type, pointing) else None
    patients = next((c for c in criteria if isinstance(c, InCompartment)), None)
    if patients:
        keyed = token or unmixed
        return _BY_PATIENT, (patients, keyed) if keyed else (patients,)
    if pointing:
        return (_BY_KEY, (unmixed,)) if unmixed else (_BY_PATIENT_OR_KEY, (pointing,))
    text = next((c for c in criteria if isinstance(c, HasString)), None)
    if text:
        return _BY_STRING, (text,)
    return (_BY_KEY, (token,)) if token else (_ALL, ())


def _meets_once(walk: str, walked: tuple[Condition, ...]) -> bool:
    one_patient = all(isinstance(c, InCompartment) and len(c.patients) == 1 for c in walked)
    return walk in (_BY_ID, _ALL, _BY_PATIENT_OR_KEY) or (walk == _BY_PATIENT and one_patient)


def _on_walk(statement: Statement, walked: tuple[Condition, ...]) -> None:
    """The conditions that place the walk; every walk but those of versions is of one key, or a few."""
    conditions, keyed = statement.conditions, False
    for criterion in walked:
        if isinstance(criterion, InCompartment):
            statement.patients = statement.numbers(criterion.patients)
            conditions.append(f"d.patient {statement.patients}")
        elif isinstance(criterion, HasString):
            conditions.append(on_string(statement, "i", criterion))
        elif isinstance(criterion, HasReference) and statement.walk == _BY_PATIENT_OR_KEY:
            conditions.append(f"d.vk IN ({patient_keys(statement, criterion)})")
        elif isinstance(criterion, HasToken | HasReference):
            conditions.append(on_keys(statement, "d", criterion))
            keyed = True
    if statement.walk == _BY_PATIENT and not keyed:
        conditions.append(f"d.key = {statement.bind(type_key(statement.type))}")
    if statement.walk == _BY_KEY:
        conditions.append("d.key > 0")
