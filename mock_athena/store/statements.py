"""From a selection to SQL: which index is walked, and how the other criteria are checked on its rows.

The walk (alias ``d``) is chosen by what the selection names, never by statistics, so that a search costs the same
on every database: an id, else a patient's tokens, else a patient's compartment, else what points to a target, else a
text, else a token everywhere, else the whole type. Statements contain constants only; every value is bound.
"""

import json
from dataclasses import dataclass, field

from mock_athena.fhir.instants import Range
from mock_athena.store.criteria import (
    Condition,
    Criterion,
    DateMatch,
    HasDate,
    HasId,
    HasReference,
    HasString,
    HasToken,
    InCompartment,
    InSomeCompartment,
    Nothing,
    Position,
    Selection,
    Token,
)
from mock_athena.store.indexing import fold
from mock_athena.store.schema import NO_DATE, VALID

Value = int | str

_MANY = 20

_BY_ID = "version AS d INDEXED BY version_of"
_ALL = "version AS d INDEXED BY version_by_date"
_BY_PATIENT = "compartment AS d"
_BY_CODE = "token AS d INDEXED BY token_everywhere"
# CROSS keeps the order: first the few index rows, then what they belong to.
_BY_REFERENCE = "reference AS i CROSS JOIN version AS d ON d.vk = i.vk"
_BY_STRING = "string AS i CROSS JOIN version AS d ON d.vk = i.vk"

# How the element's range (low, high) is compared with the searched one (:low, :high).
_COMPARISONS = {
    "eq": "({low} >= {from_} AND {high} <= {to})",
    "ne": "NOT ({low} >= {from_} AND {high} <= {to})",
    "gt": "{high} > {to}",
    "lt": "{low} < {from_}",
    "ge": "({high} > {to} OR {low} >= {from_})",
    "le": "({low} < {from_} OR {high} <= {to})",
    "sa": "{low} >= {to}",
    "eb": "{high} <= {from_}",
    "overlaps": "({low} < {to} AND {high} > {from_})",
}


@dataclass(slots=True)
class Statement:
    """A walk and its conditions; turned into text when it is known what is wanted of them.

    Attributes:
        once: whether the walk meets each resource once: not by several patients, tokens, texts or targets.
    """

    walk: str
    once: bool
    conditions: list[str] = field(default_factory=list)
    values: dict[str, Value] = field(default_factory=dict)

    def bind(self, value: Value) -> str:
        """A placeholder for ``value``."""
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f":{name}"

    def bind_all(self, values: tuple[str, ...]) -> str:
        """What stands in ``IN (…)``: the values, or one bound list of many, since each placeholder has its price."""
        if len(values) > _MANY:
            return f"SELECT value FROM json_each({self.bind(json.dumps(values))})"
        return ", ".join(self.bind(value) for value in values)

    @property
    def source(self) -> str:
        """``FROM … WHERE …`` of the walk and every condition."""
        return f"FROM {self.walk} WHERE {' AND '.join(self.conditions)}"


def page(selection: Selection, seq: int, limit: int, after: Position | None) -> tuple[str, dict[str, Value]]:
    """Up to ``limit`` rows (date, vk, id, body) of the selection after a position, newest first."""
    statement = _statement(selection, seq)
    if after:
        date, vk = statement.bind(after.date), statement.bind(after.vk)
        statement.conditions.append(f"(d.date < {date} OR (d.date = {date} AND d.vk > {vk}))")
    text = (
        "SELECT k.date, k.vk, v.id, v.body FROM "
        f"(SELECT DISTINCT d.date AS date, d.vk AS vk {statement.source} ORDER BY d.date DESC, d.vk "
        f"LIMIT {statement.bind(limit)}) AS k CROSS JOIN version AS v ON v.vk = k.vk ORDER BY k.date DESC, k.vk"
    )
    return text, statement.values


def count(selection: Selection, seq: int) -> tuple[str, dict[str, Value]]:
    """How many resources the selection holds."""
    statement = _statement(selection, seq)
    counted = "*" if statement.once else "DISTINCT d.vk"
    return f"SELECT count({counted}) {statement.source}", statement.values


def bodies(selection: Selection, seq: int) -> tuple[str, dict[str, Value]]:
    """The bodies of the selection in the order of their keys."""
    statement = _statement(selection, seq)
    text = f"SELECT v.body FROM version AS v WHERE v.vk IN (SELECT d.vk {statement.source}) ORDER BY v.vk"
    return text, statement.values


def _statement(selection: Selection, seq: int) -> Statement:
    walk, walked = _walk(selection.criteria)
    statement = Statement(walk, values={"seq": seq}, once=_meets_once(walk, walked))
    keyed = "i" if walk in (_BY_REFERENCE, _BY_STRING) else "d"
    statement.conditions.append(f"{keyed}.type = {statement.bind(selection.type)}")
    for criterion in walked:
        statement.conditions.append(_on_walk(statement, criterion))
    statement.conditions.append(f"d.{VALID.format(alias='d')}")
    if walk in (_BY_ID, _ALL):
        statement.conditions.append("d.deleted = 0")
    for criterion in selection.criteria:
        if isinstance(criterion, Nothing):
            statement.conditions.append("FALSE")
        elif criterion not in walked:
            statement.conditions.append(_checked(statement, criterion, selection.date))
    return statement


def _walk(criteria: tuple[Criterion, ...]) -> tuple[str, tuple[Criterion, ...]]:
    """The table to walk, as ``d``, and the criteria that its key answers."""
    if any(isinstance(c, HasId) for c in criteria):
        return _BY_ID, ()
    patients = next((c for c in criteria if isinstance(c, InCompartment)), None)
    tokens = next((c for c in criteria if isinstance(c, HasToken) and all(t.code is not None for t in c.tokens)), None)
    if patients and tokens:
        return "token AS d", (patients, tokens)
    if patients:
        return _BY_PATIENT, (patients,)
    anyone = next((c for c in criteria if isinstance(c, InSomeCompartment)), None)
    if anyone:
        return _BY_PATIENT, (anyone,)
    other = _walk_without_patient(criteria)
    if other:
        return other
    return (_BY_CODE, (tokens,)) if tokens else (_ALL, ())


def _walk_without_patient(criteria: tuple[Criterion, ...]) -> tuple[str, tuple[Criterion, ...]] | None:
    pointing = next((c for c in criteria if isinstance(c, HasReference)), None)
    if pointing:
        return _BY_REFERENCE, (pointing,)
    text = next((c for c in criteria if isinstance(c, HasString)), None)
    return (_BY_STRING, (text,)) if text else None


def _meets_once(walk: str, walked: tuple[Criterion, ...]) -> bool:
    one_patient = all(isinstance(c, InCompartment) and len(c.patients) == 1 for c in walked)
    return walk in (_BY_ID, _ALL) or (walk == _BY_PATIENT and one_patient)


def _on_walk(statement: Statement, criterion: Criterion) -> str:
    if isinstance(criterion, InCompartment):
        return f"d.patient IN ({statement.bind_all(criterion.patients)})"
    if isinstance(criterion, InSomeCompartment):
        return "d.patient > ''"
    if isinstance(criterion, HasToken):
        return _has_token(statement, "d", criterion)
    if isinstance(criterion, HasReference):
        return _has_reference(statement, "i", criterion)
    if isinstance(criterion, HasString):
        return _has_string(statement, "i", criterion)
    raise TypeError(criterion)


def _checked(statement: Statement, criterion: Condition, ordering_date: str) -> str:
    """A criterion as a condition on a row of the walk, by its key."""
    match criterion:
        case InCompartment(patients):
            return _exists("compartment", f"x.patient IN ({statement.bind_all(patients)})")
        case InSomeCompartment():
            return _exists("compartment", "x.patient > ''")
        case HasId(ids):
            inside = f"IN ({statement.bind_all(ids)})"
            return f"d.id {inside}" if statement.walk in (_BY_ID, _ALL) else _exists("version", f"x.id {inside}")
        case HasToken():
            return _exists("token", _has_token(statement, "x", criterion))
        case HasString():
            return _exists("string", _has_string(statement, "x", criterion))
        case HasReference():
            return _exists("reference", _has_reference(statement, "x", criterion))
        case HasDate(param, matches):
            return _dates(statement, param, matches, ordering_date)


def _exists(table: str, condition: str) -> str:
    return f"EXISTS (SELECT 1 FROM {table} AS x WHERE x.vk = d.vk AND {condition})"


def _has_token(statement: Statement, alias: str, criterion: HasToken) -> str:
    condition = f"{alias}.param = {statement.bind(criterion.param)}"
    codes = tuple(token.code for token in criterion.tokens if token.code is not None)
    if len(codes) == len(criterion.tokens):
        # Told apart from the systems, so that the index is searched by code.
        condition += f" AND {alias}.code IN ({statement.bind_all(codes)})"
    if any(token.system is not None for token in criterion.tokens):
        condition += f" AND ({' OR '.join(_token(statement, alias, token) for token in criterion.tokens)})"
    return condition


def _token(statement: Statement, alias: str, token: Token) -> str:
    parts = []
    if token.code is not None:
        parts.append(f"{alias}.code = {statement.bind(token.code)}")
    if token.system is not None:
        parts.append(f"{alias}.system = {statement.bind(token.system)}")
    return f"({' AND '.join(parts)})"


def _has_reference(statement: Statement, alias: str, criterion: HasReference) -> str:
    targets = statement.bind_all(criterion.targets)
    return f"{alias}.param = {statement.bind(criterion.param)} AND {alias}.target IN ({targets})"


def _has_string(statement: Statement, alias: str, criterion: HasString) -> str:
    texts = " OR ".join(_string(statement, alias, text, criterion.mode) for text in criterion.texts)
    return f"{alias}.param = {statement.bind(criterion.param)} AND ({texts})"


def _string(statement: Statement, alias: str, text: str, mode: str) -> str:
    if mode == "exact":
        return f"({alias}.folded = {statement.bind(fold(text))} AND {alias}.value = {statement.bind(text)})"
    if mode == "contains":
        return f"instr({alias}.folded, {statement.bind(text)}) > 0"
    # A range instead of LIKE: it needs no escaping and walks the index.
    from_, to = statement.bind(text), statement.bind(text + chr(0x10FFFF))
    return f"({alias}.folded >= {from_} AND {alias}.folded < {to})"


def _dates(statement: Statement, param: str, matches: tuple[DateMatch, ...], ordering_date: str) -> str:
    if param == "_lastUpdated":
        condition = _compared(statement, matches, "x.last_updated", "x.last_updated + 1000")
        return _exists("version", condition)
    if param == ordering_date:
        return f"(d.date > {NO_DATE} AND {_compared(statement, matches, 'd.date', 'd.date_high')})"
    return _exists("date", f"x.param = {statement.bind(param)} AND {_compared(statement, matches, 'x.low', 'x.high')}")


def _compared(statement: Statement, matches: tuple[DateMatch, ...], low: str, high: str) -> str:
    def one(comparison: str, searched: Range) -> str:
        from_, to = statement.bind(searched.low), statement.bind(searched.high)
        return _COMPARISONS[comparison].format(low=low, high=high, from_=from_, to=to)

    return "(" + " OR ".join(one(*match) for match in matches) + ")"
