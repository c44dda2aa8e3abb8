"""What a kick-off asks for: https://hl7.org/fhir/uv/bulkdata/STU2/export.html#bulk-data-kick-off-request.

What is not supported is refused by name, unless the client prefers lenient handling: then it is left out and the
export says so in its ``error`` files.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mock_athena.errors import BadRequest
from mock_athena.export.job import Level
from mock_athena.fhir.instants import parse
from mock_athena.fhir.registry import RESOURCE_TYPES

# _format says how we answer the kick-off itself: https://hl7.org/fhir/R4/http.html#parameters
_SUPPORTED = ("_type", "_since", "_outputFormat", "_format")

# A literal '+' in a query is a space once it is decoded, and clients do forget to encode it.
_FORMATS = ("application/fhir+ndjson", "application/ndjson", "ndjson", "application/fhir ndjson")
_WHOLE_INSTANT = re.compile(r"[^T]{10}T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class KickOff:
    """One understood request.

    Attributes:
        group: id of the Group; empty on the other levels.
        types: the types asked for; empty means every type.
        since: microseconds since 1970 UTC; None for everything.
        lenient: what cannot be done is left out instead of refused.
        ignored: what was left out for that reason, one sentence each.
    """

    level: Level
    group: str = ""
    types: tuple[str, ...] = ()
    since: int | None = None
    lenient: bool = False
    ignored: tuple[str, ...] = ()


def parse_kick_off(level: Level, group: str, pairs: Iterable[tuple[str, str]], *, lenient: bool = False) -> KickOff:
    """The request that the (name, value) pairs of the parameters make.

    Args:
        lenient: what cannot be done is left out instead of refused.

    Raises:
        BadRequest: a parameter is not supported, or a value is malformed.
    """
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        given.setdefault(name, []).append(value)
    ignored = _unsupported(given, lenient)
    for value in given.get("_outputFormat", ()):
        _check_format(value)
    return KickOff(level, group, _types(given.get("_type", ())), _since(given.get("_since", ())), lenient, ignored)


def _unsupported(given: Iterable[str], lenient: bool) -> tuple[str, ...]:
    unsupported = [name for name in given if name not in _SUPPORTED]
    if unsupported and not lenient:
        message = (
            f"not supported here: {', '.join(unsupported)}. An export takes _type, _since and _outputFormat; "
            "with 'Prefer: handling=lenient' other parameters are ignored and named in the manifest's error files"
        )
        raise BadRequest(message, expression=unsupported)
    return tuple(f"parameter {name} is not supported here and was ignored" for name in unsupported)


def _check_format(value: str) -> None:
    if value not in _FORMATS:
        message = f"_outputFormat={value}: expected application/fhir+ndjson, application/ndjson or ndjson"
        raise BadRequest(message, expression=["_outputFormat"])


def _types(values: Iterable[str]) -> tuple[str, ...]:
    """Each type once: ``_type=A,B`` and ``_type=A&_type=B`` mean the same."""
    names = [name.strip() for value in values for name in value.split(",")]
    unknown = [name for name in dict.fromkeys(names) if name not in RESOURCE_TYPES]
    if unknown:
        came = ", ".join(name or "an empty name" for name in unknown)
        message = f"_type: no such resource type here: {came}; there are {', '.join(RESOURCE_TYPES)}"
        raise BadRequest(message, expression=["_type"])
    return tuple(dict.fromkeys(names))


def _since(values: Sequence[str]) -> int | None:
    """Microseconds since 1970 UTC; https://hl7.org/fhir/R4/datatypes.html#instant has no partial instants."""
    if not values:
        return None
    try:
        if len(values) == 1 and _WHOLE_INSTANT.fullmatch(values[0]):
            return parse(values[0]).low
        problem = "not an instant" if len(values) == 1 else "given more than once"
    except ValueError as error:
        problem = str(error)
    message = (
        f"_since={' and '.join(values)}: {problem}; expected one instant with seconds and offset, such as "
        "2024-01-15T10:00:00Z or 2024-01-15T10:00:00%2B01:00 (in a URL '+' is written %2B)"
    )
    raise BadRequest(message, expression=["_since"])
