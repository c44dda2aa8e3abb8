"""A criterion as SQL: on the rows that a walk meets, or on what belongs to them."""

import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mock_athena.fhir.instants import Range
from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.store.criteria import (
    AnyOf,
    Condition,
    DateMatch,
    HasDate,
    HasId,
    HasReference,
    HasString,
    HasToken,
    InCompartment,
    InOtherCompartment,
    InSomeCompartment,
    Negated,
    Nothing,
    OneOf,
    Token,
)
from mock_athena.store.driver import Asked, Question
from mock_athena.store.elements import fold
from mock_athena.store.keys import is_compartment, key, key_range, parameter_number, system_number, type_key
from mock_athena.store.schema import NO_DATE

Value = int | str

# Each gets a number of its own, so that what two statements of one connection ask is never mixed up.
_NUMBERS = itertools.count()

_MANY = 20

# As a query of its own: SQLite asks those last.
BODY = "(SELECT body FROM version WHERE vk = d.vk)"

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
        type: the resource type.
        walk: the table that is walked, as ``d``.
        once: whether the walk meets each resource once: not by several patients, tokens, texts or targets.
        of_postings: whether ``d`` is a posting, of one patient; else it is a version.
        ordering_date: the code of the type's ordering date, whose range stands in the index itself.
        patients: what is said of ``patient`` where the walk is within compartments.
        asked: what is asked of bodies, by number: see :attr:`Connection.asked`.
        asked_among: see :attr:`Question.among`; empty for what is walked when it is asked.
        complete: its ``source``, once there is nothing to be added.
    """

    type: str
    walk: str
    once: bool
    of_postings: bool
    ordering_date: str
    conditions: list[str] = field(default_factory=list)
    values: dict[str, Value] = field(default_factory=dict)
    patients: str = ""
    asked: dict[int, Question] = field(default_factory=dict)
    asked_among: str = ""
    complete: str = ""

    def bound(self, values: dict[str, Value]) -> "Statement":
        """The same statement, complete, with other values and nothing asked of bodies."""
        self.complete = self.complete or self.source
        kinds = (self.type, self.walk, self.once, self.of_postings, self.ordering_date)
        return Statement(*kinds, self.conditions, values, self.patients, {}, "", self.complete)

    def ask(self, question: Asked, body: str) -> str:
        """What ``question`` answers of a body."""
        number = next(_NUMBERS)
        self.asked[number] = Question(question, self.asked_among or self.source)
        return f"asked({self.bind(number)}, {body})"

    def bind(self, value: Value) -> str:
        """A placeholder for ``value``."""
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f":{name}"

    def among(self, values: Sequence[Value]) -> str:
        """``= value``, or ``IN (…)`` several; many are one bound list, since each placeholder has its price."""
        if len(values) == 1:
            return f"= {self.bind(values[0])}"
        if len(values) > _MANY:
            value = "value" if isinstance(values[0], str) else "0 + value"
            return f"IN (SELECT {value} FROM json_each({self.bind(json.dumps(values))}))"
        return f"IN ({', '.join(self.bind(value) for value in values)})"

    def numbers(self, patients: Sequence[str]) -> str:
        """``among`` the numbers of patients."""
        number = f"(SELECT number FROM patient WHERE id {self.among(patients)})"
        return f"= {number}" if len(patients) == 1 else f"IN {number}"

    @property
    def source(self) -> str:
        """``FROM … WHERE …`` of the walk and every condition."""
        return self.complete or f"FROM {self.walk} WHERE {' AND '.join(self.conditions)}"


def checked(statement: Statement, criterion: Condition) -> str:
    """A criterion that the index answers as a condition on a row of the walk."""
    if isinstance(criterion, Negated):
        return f"NOT {checked(statement, criterion.condition)}"
    made: str = _CHECKS[type(criterion)](statement, criterion)
    return made


def held(statement: Statement, criterion: Condition) -> str:
    """Any criterion as a condition on a row of the walk, whether the index answers it or not."""
    if isinstance(criterion, Nothing):
        return "FALSE"
    if is_indexed(statement.type, criterion):
        return checked(statement, criterion)
    from mock_athena.store.predicates import asked_of_body  # seldom needed

    return statement.ask(asked_of_body(statement.type, [criterion]), BODY)


def is_indexed(type: str, criterion: Condition) -> bool:
    """Whether the index answers it; everything else is asked of the body."""
    match criterion:
        case InCompartment() | InOtherCompartment() | InSomeCompartment() | HasId() | OneOf() | AnyOf():
            return True
        case Negated(condition):
            return is_indexed(type, condition)
        case HasToken(param) | HasString(param) | HasDate(param) | HasReference(param):
            parameter = RESOURCE_TYPES[type].parameter(param)
            return parameter is not None and parameter.indexed
    return False


def on_keys(statement: Statement, alias: str, criterion: HasToken | HasReference) -> str:
    """The condition on a posting: its key, and the system where one is asked for."""
    type, param = statement.type, criterion.param
    if isinstance(criterion, HasReference):
        return f"{alias}.key {statement.among([key(type, param, target) for target in criterion.targets])}"
    codes = [token.code for token in criterion.tokens if token.code is not None]
    if len(codes) == len(criterion.tokens):
        # Told apart from the systems, so that the index is searched by code.
        condition = f"{alias}.key {statement.among([key(type, param, code) for code in dict.fromkeys(codes)])}"
    else:
        first, last = key_range(type, param)
        condition = f"{alias}.key BETWEEN {statement.bind(first)} AND {statement.bind(last)}"
    if any(token.system is not None for token in criterion.tokens):
        parts = (_token(statement, alias, param, token) for token in criterion.tokens)
        condition += f" AND ({' OR '.join(parts)})"
    return condition


def on_string(statement: Statement, alias: str, criterion: HasString) -> str:
    """The condition on a row of ``string``."""
    texts = " OR ".join(_string(statement, alias, text, criterion.mode) for text in criterion.texts)
    return f"{alias}.param = {statement.bind(parameter_number(statement.type, criterion.param))} AND ({texts})"


def is_mixed(type: str, criterion: HasReference) -> bool:
    """Whether some targets are answered by compartments, and others by postings."""
    return is_compartment(type, criterion.param) and any(target.startswith("Patient/") for target in criterion.targets)


def patient_keys(statement: Statement, criterion: HasReference) -> str:
    """The keys of versions that point to one of several targets, some of them Patients of ours."""
    own, others = _parted(criterion)
    postings = f"SELECT vk FROM posting AS x WHERE x.key > 0 AND {on_keys(statement, 'x', others)}"
    key = statement.bind(type_key(statement.type))
    return f"{postings} UNION ALL SELECT vk FROM posting WHERE patient {statement.numbers(own)} AND key = {key}"


def _parted(criterion: HasReference) -> tuple[tuple[str, ...], HasReference]:
    """The ids of Patients of ours, and a criterion for the other targets."""
    own = tuple(target.removeprefix("Patient/") for target in criterion.targets if target.startswith("Patient/"))
    others = tuple(target for target in criterion.targets if not target.startswith("Patient/"))
    return own, HasReference(criterion.param, others)


def _in_compartment(statement: Statement, criterion: InCompartment) -> str:
    return _exists("compartment", f"x.patient {statement.numbers(criterion.patients)}")


def _in_some_compartment(statement: Statement, _: InSomeCompartment) -> str:
    return f"d.{'patient' if statement.of_postings else 'patients'} > 0"


def _in_other_compartment(statement: Statement, criterion: InOtherCompartment) -> str:
    these, key = statement.numbers(criterion.patients), statement.bind(type_key(statement.type))
    theirs = f"SELECT vk FROM posting WHERE patient {these} AND key = {key}"
    others = f"SELECT 1 FROM compartment AS x WHERE x.vk = d.vk AND NOT x.patient {these}"
    return f"({_in_some_compartment(statement, InSomeCompartment())} AND (d.vk NOT IN ({theirs}) OR EXISTS ({others})))"


def _has_id(statement: Statement, criterion: HasId) -> str:
    inside = statement.among(criterion.ids)
    return _exists("version", f"x.id {inside}") if statement.of_postings else f"d.id {inside}"


def _has_string(statement: Statement, criterion: HasString) -> str:
    return _exists("string", on_string(statement, "x", criterion))


def _any_of(statement: Statement, criterion: AnyOf) -> str:
    alternatives = (" AND ".join(held(statement, condition) for condition in each) for each in criterion.alternatives)
    return f"({' OR '.join(alternatives)})"


def _exists(table: str, condition: str) -> str:
    return f"EXISTS (SELECT 1 FROM {table} AS x WHERE x.vk = d.vk AND {condition})"


def _has_token(statement: Statement, criterion: HasToken) -> str:
    if all(token.code is not None for token in criterion.tokens):
        return _posted(statement, criterion)
    # Every code of a system: the postings of the whole parameter are gone through, once.
    within = f"x.patient {statement.patients}" if statement.patients else "x.key > 0"
    return f"d.vk IN (SELECT x.vk FROM posting AS x WHERE {within} AND {on_keys(statement, 'x', criterion)})"


def _has_reference(statement: Statement, criterion: HasReference) -> str:
    if not is_mixed(statement.type, criterion):
        return _posted(statement, criterion)
    own, others = _parted(criterion)
    within = _exists("compartment", f"x.patient {statement.numbers(own)}")
    return f"({within} OR {_posted(statement, others)})" if others.targets else within


def _posted(statement: Statement, criterion: HasToken | HasReference) -> str:
    """That there is a posting of the same version under another key; its place is known but for that."""
    if statement.of_postings:
        return (
            "EXISTS (SELECT 1 FROM posting AS x WHERE x.patient = d.patient AND "
            f"{on_keys(statement, 'x', criterion)} AND x.date = d.date AND x.vk = d.vk)"
        )
    return (
        "EXISTS (SELECT 1 FROM posting AS x INDEXED BY posting_everywhere WHERE x.key > 0 AND "
        f"{on_keys(statement, 'x', criterion)} AND x.date = d.date AND x.vk = d.vk)"
    )


def _token(statement: Statement, alias: str, param: str, token: Token) -> str:
    parts = []
    if token.code is not None:
        parts.append(f"{alias}.key = {statement.bind(key(statement.type, param, token.code))}")
    if token.system is not None:
        parts.append(f"{alias}.system = {statement.bind(system_number(token.system))}")
    return f"({' AND '.join(parts)})"


def _string(statement: Statement, alias: str, text: str, mode: str) -> str:
    if mode == "exact":
        return f"({alias}.folded = {statement.bind(fold(text))} AND {alias}.value = {statement.bind(text)})"
    if mode == "contains":
        return f"instr({alias}.folded, {statement.bind(text)}) > 0"
    # A range instead of LIKE: it needs no escaping and walks the index.
    from_, to = statement.bind(text), statement.bind(text + chr(0x10FFFF))
    return f"({alias}.folded >= {from_} AND {alias}.folded < {to})"


def _has_date(statement: Statement, criterion: HasDate) -> str:
    param, matches = criterion.param, criterion.matches
    if param == "_lastUpdated":
        if not statement.of_postings:
            return _compared(statement, matches, "d.last_updated", "d.last_updated + 1000")
        return _exists("version", _compared(statement, matches, "x.last_updated", "x.last_updated + 1000"))
    if param == statement.ordering_date:
        return f"(d.date > {NO_DATE} AND {_compared(statement, matches, 'd.date', 'd.date + d.span')})"
    number = statement.bind(parameter_number(statement.type, param))
    return _exists("date", f"x.param = {number} AND {_compared(statement, matches, 'x.low', 'x.high')}")


def _compared(statement: Statement, matches: tuple[DateMatch, ...], low: str, high: str) -> str:
    def one(comparison: str, searched: Range) -> str:
        from_, to = statement.bind(searched.low), statement.bind(searched.high)
        return _COMPARISONS[comparison].format(low=low, high=high, from_=from_, to=to)

    return "(" + " OR ".join(one(*match) for match in matches) + ")"


def _one_of(statement: Statement, criterion: OneOf) -> str:
    from mock_athena.store.statements import statement_of  # it needs this module itself

    walks = [statement_of(one, within=statement) for one in criterion.selections]
    return f"d.vk IN ({' UNION ALL '.join(f'SELECT d.vk {walk.source}' for walk in walks)})"


_CHECKS: Mapping[type, Callable[[Statement, Any], str]] = {
    AnyOf: _any_of,
    InCompartment: _in_compartment,
    InOtherCompartment: _in_other_compartment,
    InSomeCompartment: _in_some_compartment,
    HasId: _has_id,
    HasToken: _has_token,
    HasString: _has_string,
    HasReference: _has_reference,
    HasDate: _has_date,
    OneOf: _one_of,
}
