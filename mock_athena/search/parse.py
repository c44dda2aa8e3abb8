"""From (name, value) pairs to a typed query.

R4 asks a server to ignore what it does not know, unless the client prefers to be told
(https://hl7.org/fhir/R4/search.html#errors): an unknown name is then left out of ``self``, or refused under
``Prefer: handling=strict``. A known name with a malformed value, a modifier that we do not have, and a parameter of R4
that we do not have are refused. ``_summary`` and ``_elements`` are known here, and the matter of those who render.
"""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from mock_athena.errors import BadRequest, shortened
from mock_athena.fhir.registry import RESULT_PARAMETERS, ResourceType
from mock_athena.search import control, cursor
from mock_athena.search.circumstances import Circumstances
from mock_athena.search.criterion import criterion, is_known
from mock_athena.search.query import DEFAULT_COUNT, MAXIMUM_COUNT, MAXIMUM_PARAMETERS, MAXIMUM_VALUES, SearchQuery
from mock_athena.store.criteria import Criterion, Selection

_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")

_OF_HTTP = ("_format", "_pretty")
"""What every answer obeys, whatever the search."""

_NOT_REPEATED = ("cursor",)
"""What the ``self`` link does not say."""


def parse_search(
    kind: ResourceType,
    pairs: Iterable[tuple[str, str]],
    circumstances: Circumstances,
    within: tuple[Criterion, ...] = (),
) -> SearchQuery:
    """The query that the parameters of a search on ``kind`` ask for.

    Args:
        pairs: names and values as they came, decoded.
        within: criteria that the path asks for, as that of a compartment does.

    Raises:
        BadRequest: naming the parameter, what came and what was expected.
        Forbidden: it asks about a type that the caller may not search.
    """
    parts = _sorted(kind, pairs)
    if circumstances.strict and parts.ignored:
        raise _unknown(kind, parts.ignored)
    _check_size(parts.searched)
    criteria = [_criterion(kind, name, value, circumstances) for name, value in parts.searched]
    confined = circumstances.reach.criteria(kind, "s")
    asked = parts.control
    control.require_elements(asked.get("_elements"))
    place = repr((kind.name, within)) if within else kind.name
    opaque = asked.get("cursor") if not circumstances.by_id else None
    seq, after = cursor.decode(opaque, place, parts.used) if opaque is not None else (None, None)
    return SearchQuery(
        selection=Selection(kind.name, (*confined, *within, *criteria), kind.date),
        place=place,
        count=_count(kind, asked, circumstances),
        used=tuple(parts.used),
        ignored=tuple(parts.ignored),
        seq=seq,
        after=after,
        by_id=circumstances.by_id,
        first=control.first_id(asked.get("cursor", "")) if circumstances.by_id else "",
        sort=control.sort(kind, asked["_sort"], by_id=circumstances.by_id) if "_sort" in asked else (),
        includes=tuple(
            dict.fromkeys(one for name, value in parts.includes for one in control.includes(kind, name, value))
        ),
        total=control.total(asked["_total"]) if "_total" in asked else None,
    )


def _count(kind: ResourceType, asked: Mapping[str, str], circumstances: Circumstances) -> int:
    if asked.get("_summary") == "count":
        return 0
    if not kind.takes("cursor"):
        return MAXIMUM_COUNT  # there is no second page
    count = control.count(asked.get("_count", str(DEFAULT_COUNT)))
    # Without a total, a page of nothing would say nothing.
    return count or DEFAULT_COUNT if circumstances.by_id else count


class _Sorted(NamedTuple):
    """The parameters by what they are for; ``used`` are those that the ``self`` link repeats."""

    searched: list[tuple[str, str]]
    includes: list[tuple[str, str]]
    control: dict[str, str]
    used: list[tuple[str, str]]
    ignored: list[str]


def _sorted(kind: ResourceType, pairs: Iterable[tuple[str, str]]) -> _Sorted:
    parts = _Sorted([], [], {}, [], [])
    for name, value in pairs:
        _require_text(name, value)
        if is_known(kind, name):
            parts.searched.append((name, value))
        elif name in control.INCLUDES and kind.takes(name):
            parts.includes.append((name, value))
        elif name in control.ONCE and kind.takes(name):
            _require_once(name, parts.control)
            parts.control[name] = value
        elif name.partition(":")[0] not in kind.accepted:
            _ignore(kind, name, value, parts)
            continue
        if name not in _NOT_REPEATED:
            parts.used.append((name, value))
    return parts


def _require_once(name: str, seen: dict[str, str]) -> None:
    if name in seen:
        message = f"{name} was given more than once"
        raise BadRequest(message, expression=[name])


def _require_text(name: str, value: str) -> None:
    """Refuse control characters, which no string of FHIR has (https://hl7.org/fhir/R4/datatypes.html#string), and lone
    surrogates, which JSON can escape and UTF-8 cannot say.
    """
    wrong = _NO_TEXT.search(name) or _NO_TEXT.search(value)
    if wrong:
        named = name.encode("unicode_escape").decode()
        what = "surrogate" if wrong[0] >= "\ud800" else "control character"
        message = f"{named}: the {what} U+{ord(wrong[0]):04X} is part of no name and no value"
        raise BadRequest(message, expression=[named])


def _ignore(kind: ResourceType, name: str, value: str, parts: _Sorted) -> None:
    """Note a parameter that is none of the search's, unless ignoring it would answer another question."""
    plain = name.partition(":")[0]
    if plain in control.UNSUPPORTED:
        message = f"{name}={shortened(value)}: {control.UNSUPPORTED[plain]} is not supported here"
        raise BadRequest(message, expression=[name])
    if not kind.takes(plain) and plain not in _OF_HTTP:
        parts.ignored.append(name)
        return
    if plain in control.ONCE or (plain in RESULT_PARAMETERS and plain != name):
        message = f"{name}={shortened(value)}: {plain} takes no such modifier"
        raise BadRequest(message, expression=[name])
    if name in RESULT_PARAMETERS:
        _require_once(name, parts.control)
        parts.control[name] = value
    else:
        parts.ignored.append(name)


def _check_size(searched: list[tuple[str, str]]) -> None:
    values_in = sum(value.count(",") + 1 for _, value in searched)
    if len(searched) > MAXIMUM_PARAMETERS or values_in > MAXIMUM_VALUES:
        message = (
            f"{len(searched):,} parameters with {values_in:,} values to search by; expected {MAXIMUM_PARAMETERS} with "
            f"{MAXIMUM_VALUES} in all at most, so search in several requests"
        )
        raise BadRequest(message, expression=sorted({name for name, _ in searched}))


def _criterion(kind: ResourceType, name: str, text: str, circumstances: Circumstances) -> Criterion:
    try:
        return criterion(kind, name, text, circumstances)
    except ValueError as error:
        message = f"{kind.name}?{name}={shortened(text)}: {error}"
        raise BadRequest(message, expression=[name]) from None


def _unknown(kind: ResourceType, ignored: list[str]) -> BadRequest:
    known = sorted({*kind.parameters, *kind.common, *filter(kind.takes, RESULT_PARAMETERS), *kind.accepted})
    message = (
        f"{kind.name} has no search parameter {', '.join(ignored)}; it has {', '.join(known)}. "
        "With 'Prefer: handling=lenient' unknown parameters are ignored."
    )
    return BadRequest(message, expression=ignored)
