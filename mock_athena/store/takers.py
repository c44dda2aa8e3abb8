"""What is taken from the values of one element for the search parameters that look there.

A taker is made once for each path. What it makes of a text, code or reference it remembers, since the same ones come
again and again.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

from mock_athena.fhir.instants import Range
from mock_athena.fhir.registry import ResourceType, SearchParameter
from mock_athena.store.elements import (
    Json,
    fold,
    range_of,
    reference_of,
    reference_text,
    texts_of,
    tokens_of,
)
from mock_athena.store.keys import hashed, is_compartment, is_folded, key, key_range, system_number
from mock_athena.store.schema import NO_DATE

_NOWHERE = Range(NO_DATE, NO_DATE)

# As many codes of one element as are remembered; a unique one costs little more than forgetting another.
_REMEMBERED = 1 << 12

Posting = tuple[int, int]

# A dict of keys alone: a set in the order in which it was filled.
Postings = dict[Posting, None]


class IndexRows:
    """What the index keeps of one resource.

    Attributes:
        patients: ids of the Patients in whose compartments it is.
        targets: for a type that follows its targets into their compartments (Provenance), those targets.
        date: the range by which the type is ordered; ``NO_DATE`` twice where it has none.
        postings: (key, system) of each token and each reference, see :mod:`mock_athena.store.keys`; not the type's own
            key, nor references that the compartment answers.
        strings: (param, folded, value). dates: (param, low, high), the ordering one apart.

    The last three are dicts of keys alone: sets in the order in which they were filled.
    """

    __slots__ = ("date", "dates", "patients", "postings", "strings", "targets")

    # By hand: one is made for each resource, and this takes half as long as what a dataclass makes.
    def __init__(self) -> None:
        self.patients: set[str] = set()
        self.targets: set[str] = set()
        self.date: Range = _NOWHERE
        self.postings: Postings = {}
        self.strings: dict[tuple[str, str, str], None] = {}
        self.dates: dict[tuple[str, int, int], None] = {}


Taker = Callable[[IndexRows, Sequence[Json]], None]


def taker(kind: ResourceType, parameters: Sequence[SearchParameter]) -> Taker:
    """What takes the values of one path for parameters of one type."""
    codes = tuple(parameter.code for parameter in parameters)
    match parameters[0].type:
        case "string":
            return _strings(codes)
        case "date":
            return _dates(codes, kind.date)
        case "reference":
            return _references(kind.name, parameters)
        case _:
            return _tokens(kind.name, codes)


def presence(type: str, param: str, *, present: bool) -> Posting:
    """The posting of a parameter that asks whether there is an element at all."""
    return key(type, param, "true" if present else "false"), 0


def subjects(kind: ResourceType, parameters: Sequence[SearchParameter]) -> Taker:
    """What takes the references that put a resource into compartments, for parameters and for the compartments."""
    take_references = _references(kind.name, parameters)
    follows = kind.follows_targets

    def take(rows: IndexRows, values: Sequence[Json]) -> None:
        take_references(rows, values)
        for value in values:
            text = reference_text(value)
            if text is not None:
                target, type, id, _ = reference_of(text)
                if id and type == "Patient":
                    rows.patients.add(id)
                if id and follows:
                    rows.targets.add(target)

    return take


def _tokens(of: str, codes: tuple[str, ...]) -> Taker:
    firsts = tuple(key_range(of, code).first for code in codes)
    folds = is_folded(of, codes[0])

    @lru_cache(maxsize=_REMEMBERED)
    def postings(system: str, code: str) -> Postings:
        bits, number = hashed(code.casefold() if folds else code), system_number(system)
        return {(first | bits, number): None for first in firsts}

    def take(rows: IndexRows, values: Sequence[Json]) -> None:
        post = rows.postings.update
        for value in values:
            if type(value) is str:
                post(postings("", value))
            elif value is not None:
                for system, code in tokens_of(value):
                    post(postings(system, code))

    return take


def _strings(codes: tuple[str, ...]) -> Taker:
    def take(rows: IndexRows, values: Sequence[Json]) -> None:
        for value in values:
            for text in texts_of(value):
                for param in codes:
                    rows.strings[param, fold(text), text] = None

    return take


def _dates(codes: tuple[str, ...], ordering: str) -> Taker:
    others = tuple(code for code in codes if code != ordering)
    orders = ordering in codes

    def take(rows: IndexRows, values: Sequence[Json]) -> None:
        for value in values:
            if value is None:
                continue
            span = range_of(value)
            if orders:
                rows.date = span if rows.date is _NOWHERE else min(rows.date, span)
            for param in others:
                rows.dates[param, span.low, span.high] = None

    return take


def _references(of: str, parameters: Sequence[SearchParameter]) -> Taker:
    asked = tuple((key_range(of, one.code).first, one.targets, is_compartment(of, one.code)) for one in parameters)

    def take(rows: IndexRows, values: Sequence[Json]) -> None:
        into = rows.postings
        for value in values:
            text = reference_text(value)
            if text is None:
                continue
            target, type, _, bits = reference_of(text)
            for first, targets, compartment in asked:
                if (not targets or not type or type in targets) and not (compartment and target[:8] == "Patient/"):
                    into[first | bits, 0] = None

    return take
