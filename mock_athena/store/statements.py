"""From a selection to SQL: which index is walked, and how the other criteria are checked on its rows.

The walk (alias ``d``) is chosen by what the selection names, never by statistics, so that a search costs the same
on every database: a patient's tokens, else a patient's compartment, else an id, else a token everywhere, else the
whole type. Statements contain constants only; every value is bound.
"""

from dataclasses import dataclass, field

from mock_athena.fhir.instants import Range
from mock_athena.store.criteria import (
    Criterion,
    DateMatch,
    HasDate,
    HasId,
    HasReference,
    HasString,
    HasToken,
    InCompartment,
    InSomeCompartment,
    Position,
    Selection,
    Token,
)
from mock_athena.store.schema import NO_DATE, VALID

Value = int | str

_BY_ID = "version AS d INDEXED BY version_of"
_ALL = "version AS d INDEXED BY version_by_date"

# How the element's range (low, high) is compared with the searched one (:low, :high).
_COMPARISONS = {
    "eq": "({low} >= {from_} AND {high} <= {to})",
    "ne": "NOT ({low} >= {from_} AND {high} <= {to})",
    "gt": "{high} > {to}",
    "lt": "{low} < {from_}",
    "ge": "({high} > {to} OR ({low} >= {from_} AND {high} <= {to}))",
    "le": "({low} < {from_} OR ({low} >= {from_} AND {high} <= {to}))",
    "sa": "{low} >= {to}",
    "eb": "{high} <= {from_}",
    "overlaps": "({low} < {to} AND {high} > {from_})",
}


@dataclass(slots=True)
class Statement:
    """A walk and its conditions; turned into text when it is known what is wanted of them."""

    walk: str
    conditions: list[str] = field(default_factory=list)
    values: dict[str, Value] = field(default_factory=dict)

    def bind(self, value: Value) -> str:
        """A placeholder for ``value``."""
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f":{name}"

    def bind_all(self, values: tuple[str, ...]) -> str:
        """Placeholders for several values, for ``IN (…)``."""
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
    return f"SELECT count(DISTINCT d.vk) {statement.source}", statement.values


def bodies(selection: Selection, seq: int) -> tuple[str, dict[str, Value]]:
    """The bodies of the selection in the order of their keys."""
    statement = _statement(selection, seq)
    text = f"SELECT v.body FROM version AS v WHERE v.vk IN (SELECT d.vk {statement.source}) ORDER BY v.vk"
    return text, statement.values


def _statement(selection: Selection, seq: int) -> Statement:
    walk, walked = _walk(selection.criteria)
    statement = Statement(walk, values={"seq": seq})
    statement.conditions.append(f"d.type = {statement.bind(selection.type)}")
    for criterion in walked:
        statement.conditions.append(_on_walk(statement, criterion))
    statement.conditions.append(f"d.{VALID.format(alias='d')}")
    if walk in (_BY_ID, _ALL):
        statement.conditions.append("d.deleted = 0")
    for criterion in selection.criteria:
        if criterion not in walked:
            statement.conditions.append(_checked(statement, criterion, selection.date))
    return statement


def _walk(criteria: tuple[Criterion, ...]) -> tuple[str, tuple[Criterion, ...]]:
    """The table to walk, as ``d``, and the criteria that its key answers."""
    patients = next((c for c in criteria if isinstance(c, InCompartment)), None)
    tokens = next((c for c in criteria if isinstance(c, HasToken) and all(t.code is not None for t in c.tokens)), None)
    if patients and tokens:
        return "token AS d", (patients, tokens)
    if patients:
        return "compartment AS d", (patients,)
    anyone = next((c for c in criteria if isinstance(c, InSomeCompartment)), None)
    if anyone:
        return "compartment AS d", (anyone,)
    if any(isinstance(c, HasId) for c in criteria):
        return _BY_ID, ()
    if tokens:
        return "token AS d", (tokens,)
    return _ALL, ()


def _on_walk(statement: Statement, criterion: Criterion) -> str:
    if isinstance(criterion, InCompartment):
        return f"d.patient IN ({statement.bind_all(criterion.patients)})"
    if isinstance(criterion, InSomeCompartment):
        return "d.patient > ''"
    if isinstance(criterion, HasToken):
        return f"d.param = {statement.bind(criterion.param)} AND {_tokens(statement, 'd', criterion.tokens)}"
    raise TypeError(criterion)


def _checked(statement: Statement, criterion: Criterion, ordering_date: str) -> str:
    """A criterion as a condition on a row of the walk, by its key."""
    match criterion:
        case InCompartment(patients):
            return _exists("compartment", f"x.patient IN ({statement.bind_all(patients)})")
        case InSomeCompartment():
            return _exists("compartment", "x.patient > ''")
        case HasId(ids):
            inside = f"IN ({statement.bind_all(ids)})"
            return f"d.id {inside}" if statement.walk in (_BY_ID, _ALL) else _exists("version", f"x.id {inside}")
        case HasToken(param, tokens):
            return _exists("token", f"x.param = {statement.bind(param)} AND {_tokens(statement, 'x', tokens)}")
        case HasString():
            return _exists(
                "string", f"x.param = {statement.bind(criterion.param)} AND {_strings(statement, criterion)}"
            )
        case HasReference(param, targets):
            inside = f"x.target IN ({statement.bind_all(targets)})"
            return _exists("reference", f"x.param = {statement.bind(param)} AND {inside}")
        case HasDate(param, matches):
            return _dates(statement, param, matches, ordering_date)


def _exists(table: str, condition: str) -> str:
    return f"EXISTS (SELECT 1 FROM {table} AS x WHERE x.vk = d.vk AND {condition})"


def _tokens(statement: Statement, alias: str, tokens: tuple[Token, ...]) -> str:
    if all(token.system is None and token.code is not None for token in tokens):
        return f"{alias}.code IN ({statement.bind_all(tuple(token.code or '' for token in tokens))})"
    return "(" + " OR ".join(_token(statement, alias, token) for token in tokens) + ")"


def _token(statement: Statement, alias: str, token: Token) -> str:
    parts = []
    if token.code is not None:
        parts.append(f"{alias}.code = {statement.bind(token.code)}")
    if token.system is not None:
        parts.append(f"{alias}.system = {statement.bind(token.system)}")
    return f"({' AND '.join(parts)})"


def _strings(statement: Statement, criterion: HasString) -> str:
    return "(" + " OR ".join(_string(statement, text, criterion.mode) for text in criterion.texts) + ")"


def _string(statement: Statement, text: str, mode: str) -> str:
    if mode == "exact":
        return f"x.value = {statement.bind(text)}"
    if mode == "contains":
        return f"instr(x.folded, {statement.bind(text)}) > 0"
    # A range instead of LIKE: it needs no escaping and walks the index.
    return f"(x.folded >= {statement.bind(text)} AND x.folded < {statement.bind(text + chr(0x10FFFF))})"


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
