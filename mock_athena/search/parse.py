"""From (name, value) pairs to a typed query; the registry says what each name means.

R4 asks a server to ignore what it does not know, unless the client prefers to be told
(https://hl7.org/fhir/R4/search.html#errors): an unknown name is then left out of ``self``, or refused under
``Prefer: handling=strict``. A known name with a malformed value, or a modifier that we do not have, is refused.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from mock_athena.errors import BadRequest, shortened
from mock_athena.fhir.registry import COMMON, RESOURCE_TYPES, RESULT_PARAMETERS, ResourceType, SearchParameter
from mock_athena.search import cursor, values
from mock_athena.search.query import DEFAULT_COUNT, MAXIMUM_COUNT, MAXIMUM_PARAMETERS, MAXIMUM_VALUES, SearchQuery
from mock_athena.store.confinement import confinement
from mock_athena.store.criteria import (
    Criterion,
    HasDate,
    HasId,
    HasReference,
    HasString,
    HasToken,
    InCompartment,
    Selection,
    Token,
)
from mock_athena.store.elements import fold

_CONTROL = ("_count", "cursor")
_MODIFIERS: Mapping[str, tuple[str, ...]] = MappingProxyType({"string": ("exact", "contains")})


class Circumstances(NamedTuple):
    """What a search means depends on who asks, where and when.

    Attributes:
        is_ours: whether a base URL is our own. now: microseconds since 1970 UTC.
        known_id: from an id as it was sent to the one under which a resource is stored.
        strict: refuse unknown parameters instead of ignoring them.
        patient: the Patient to whom the caller is confined; None for nobody.
    """

    is_ours: Callable[[str], bool]
    now: int
    known_id: Callable[[str], str]
    strict: bool = False
    patient: str | None = None


def parse_search(kind: ResourceType, pairs: Iterable[tuple[str, str]], circumstances: Circumstances) -> SearchQuery:
    """The query that the parameters of a search on ``kind`` ask for.

    Args:
        pairs: names and values as they came, decoded.

    Raises:
        BadRequest: naming the parameter, what came and what was expected.
    """
    parts = _sorted(kind, pairs)
    if circumstances.strict and parts.ignored:
        raise _unknown(kind, parts.ignored)
    _check_size(parts.searched)
    criteria = [_criterion(kind, name, value, circumstances) for name, value in parts.searched]
    selection = Selection(kind.name, (*confinement(kind, circumstances.patient), *criteria), kind.date)
    count = _count(parts.control["_count"]) if "_count" in parts.control else DEFAULT_COUNT
    page = parts.control.get("cursor")
    seq, after = cursor.decode(page, kind.name, parts.used) if page is not None else (None, None)
    return SearchQuery(selection, count, tuple(parts.used), tuple(parts.ignored), seq, after)


class _Sorted(NamedTuple):
    """The parameters by what they are for; ``used`` are those that the ``self`` link repeats."""

    searched: list[tuple[str, str]]
    control: dict[str, str]
    used: list[tuple[str, str]]
    ignored: list[str]


def _sorted(kind: ResourceType, pairs: Iterable[tuple[str, str]]) -> _Sorted:
    parts = _Sorted([], {}, [], [])
    for name, value in pairs:
        if kind.parameter(name.partition(":")[0]):
            parts.searched.append((name, value))
            parts.used.append((name, value))
        elif name in _CONTROL:
            if name in parts.control:
                message = f"{name} was given more than once"
                raise BadRequest(message, expression=[name])
            parts.control[name] = value
            if name != "cursor":
                parts.used.append((name, value))
        elif name not in RESULT_PARAMETERS:
            parts.ignored.append(name)
    return parts


def _check_size(searched: list[tuple[str, str]]) -> None:
    values_in = sum(value.count(",") + 1 for _, value in searched)
    if len(searched) > MAXIMUM_PARAMETERS or values_in > MAXIMUM_VALUES:
        message = (
            f"{len(searched):,} parameters with {values_in:,} values to search by; expected {MAXIMUM_PARAMETERS} with "
            f"{MAXIMUM_VALUES} in all at most, so search in several requests"
        )
        raise BadRequest(message, expression=sorted({name for name, _ in searched}))


def _criterion(kind: ResourceType, name: str, text: str, circumstances: Circumstances) -> Criterion:
    code, _, modifier = name.partition(":")
    parameter = kind.parameter(code)
    assert parameter is not None  # noqa: S101 - the caller asked the registry
    try:
        _check_modifier(parameter, modifier)
        texts = tuple(part for part in values.alternatives(text) if part)
        if not texts:
            message = "expected a value"
            raise ValueError(message)
        return _PARSERS[parameter.type](_Given(kind, parameter, modifier, texts, circumstances))
    except ValueError as error:
        message = f"{kind.name}?{name}={shortened(text)}: {error}"
        raise BadRequest(message, expression=[name]) from None


def _check_modifier(parameter: SearchParameter, modifier: str) -> None:
    if modifier and modifier not in _MODIFIERS.get(parameter.type, ()) and not _names_type(parameter, modifier):
        supported = ", ".join(f":{each}" for each in _MODIFIERS.get(parameter.type, ())) or "none"
        message = (
            f"modifier :{modifier} is not supported here; for this {parameter.type} parameter there is {supported}"
        )
        raise ValueError(message)


def _names_type(parameter: SearchParameter, modifier: str) -> bool:
    return parameter.type == "reference" and modifier in (parameter.targets or RESOURCE_TYPES)


class _Given(NamedTuple):
    """One parameter as it came."""

    kind: ResourceType
    parameter: SearchParameter
    modifier: str
    texts: tuple[str, ...]
    circumstances: Circumstances


def _tokens(given: _Given) -> Criterion:
    if given.parameter.code == "_id":
        return HasId(tuple(values.id(given.circumstances.known_id(values.unescaped(text))) for text in given.texts))
    return HasToken(given.parameter.code, tuple(values.token(text) for text in given.texts))


def _strings(given: _Given) -> Criterion:
    texts = tuple(values.unescaped(text) for text in given.texts)
    if given.modifier == "exact":
        return HasString(given.parameter.code, texts, "exact")
    folded = tuple(map(fold, texts))
    if not all(folded):
        # Every text starts with nothing.
        message = "expected letters, digits or signs to look for"
        raise ValueError(message)
    return HasString(given.parameter.code, folded, "contains" if given.modifier else "starts")


def _uris(given: _Given) -> Criterion:
    return HasToken(given.parameter.code, tuple(Token(None, values.unescaped(text)) for text in given.texts))


def _dates(given: _Given) -> Criterion:
    return HasDate(given.parameter.code, tuple(values.date(text, given.circumstances.now) for text in given.texts))


def _references(given: _Given) -> Criterion:
    kind, parameter = given.kind, given.parameter
    is_ours, known_id = given.circumstances.is_ours, given.circumstances.known_id
    targets = tuple(
        target
        for text in given.texts
        for target in values.references(values.unescaped(text), parameter, is_ours, known_id, given.modifier)
    )
    # What the compartment is made of is answered by the compartment, which the index is laid out for.
    by_patient = parameter.code in ("patient", "subject") and kind.patient in parameter.paths
    if by_patient and all(target.startswith("Patient/") for target in targets):
        return InCompartment(tuple(target.removeprefix("Patient/") for target in targets))
    return HasReference(parameter.code, targets)


_PARSERS: Mapping[str, Callable[[_Given], Criterion]] = {
    "token": _tokens,
    "string": _strings,
    "date": _dates,
    "reference": _references,
    "uri": _uris,
}


def _count(text: str) -> int:
    if not text.isascii() or not text.isdecimal():
        message = f"_count={text}: expected a whole number, 0 or more; at most {MAXIMUM_COUNT} come on a page"
        raise BadRequest(message, expression=["_count"])
    return min(int(text), MAXIMUM_COUNT) if len(text) < 10 else MAXIMUM_COUNT


def _unknown(kind: ResourceType, ignored: list[str]) -> BadRequest:
    known = sorted({*kind.parameters, *COMMON, *RESULT_PARAMETERS})
    message = (
        f"{kind.name} has no search parameter {', '.join(ignored)}; it has {', '.join(known)}. "
        "Without 'Prefer: handling=strict' unknown parameters are ignored."
    )
    return BadRequest(message, expression=ignored)
