"""``_typeFilter``: searches that say which resources of a type are wanted; those of one type add up.

STU2 joins them by commas (https://hl7.org/fhir/uv/bulkdata/STU2/export.html#_typefilter-experimental-query-parameter),
STU3 gives one in each parameter; a comma within a search separates values, as ever.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from urllib.parse import parse_qsl

from mock_athena.errors import BadRequest, shortened
from mock_athena.export.leniency import Leniency
from mock_athena.fhir.registry import RESOURCE_TYPES, RESULT_PARAMETERS
from mock_athena.search.circumstances import Circumstances
from mock_athena.search.parse import parse_search
from mock_athena.store.criteria import Criterion, OneOf, Selection

_MOST = 50
"""Searches of one export: one statement asks them all, and SQLite joins no more than 500."""

_BETWEEN = re.compile(r",(?=[A-Za-z]+\?)", re.ASCII)


class Filter(NamedTuple):
    """One search: the type, and the parameters as they stand in a URL."""

    type: str
    query: str


def parse_filters(values: Sequence[str], circumstances: Circumstances, leniency: Leniency) -> tuple[Filter, ...]:
    """The searches in the values of ``_typeFilter``.

    Raises:
        BadRequest: one cannot be understood, or asks for what is no criterion.
        Forbidden: one asks about a type that the caller may not search.
    """
    found = []
    texts = [text for value in values for text in _BETWEEN.split(value)]
    if len(texts) > _MOST:
        message = f"{len(texts):,} searches in _typeFilter; expected {_MOST} at most"
        raise BadRequest(message, expression=["_typeFilter"])
    for text in texts:
        try:
            found.append(_checked(text, circumstances))
        except BadRequest as refusal:
            leniency.refuse(f"_typeFilter={shortened(text)}: {refusal.message}", "_typeFilter")
    return tuple(found)


def filtered(filters: Iterable[Filter], type: str, circumstances: Circumstances) -> tuple[Criterion, ...]:
    """The criteria that the filters of a type make: none where it has none."""
    selections = tuple(
        Selection(type, _criteria(one, circumstances), RESOURCE_TYPES[type].date) for one in filters if one.type == type
    )
    if not selections:
        return ()
    return selections[0].criteria if len(selections) == 1 else (OneOf(selections),)


def _checked(text: str, circumstances: Circumstances) -> Filter:
    type, mark, query = text.partition("?")
    if type not in RESOURCE_TYPES or not mark or not query:
        message = "expected a search of one type, such as Condition?clinical-status=active"
        raise BadRequest(message)
    made = Filter(type, query)
    _criteria(made, circumstances)
    return made


def _criteria(one: Filter, circumstances: Circumstances) -> tuple[Criterion, ...]:
    kind, pairs = RESOURCE_TYPES[one.type], parse_qsl(one.query, keep_blank_values=True)
    for name, _ in pairs:
        if name.partition(":")[0] in RESULT_PARAMETERS:
            message = f"{name} says how results come, and not which; a filter takes criteria alone"
            raise BadRequest(message)
    query = parse_search(kind, pairs, circumstances._replace(strict=False, by_id=False))
    if query.ignored:
        has = ", ".join(sorted(kind.parameters))
        message = f"{one.type} has no search parameter {', '.join(query.ignored)}; it has {has}"
        raise BadRequest(message)
    return query.selection.criteria
