"""What a kick-off asks for: https://hl7.org/fhir/uv/bulkdata/STU2/export.html#bulk-data-kick-off-request.

``_until``, ``organizeOutputBy`` and ``allowPartialManifests`` came with STU3. What is not supported is refused by name,
unless the client prefers lenient handling: then it is left out and the export says so in its ``error`` files.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mock_athena.errors import BadRequest, shortened
from mock_athena.export.elements import parse_elements
from mock_athena.export.filters import Filter, parse_filters
from mock_athena.export.job import Level
from mock_athena.export.leniency import Leniency
from mock_athena.fhir.instants import parse
from mock_athena.fhir.references import parse_reference
from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.search.circumstances import Circumstances

# _format says how we answer the kick-off itself: https://hl7.org/fhir/R4/http.html#parameters
SUPPORTED = (
    "_type",
    "_since",
    "_until",
    "_typeFilter",
    "_elements",
    "_outputFormat",
    "_format",
    "patient",
    "includeAssociatedData",
    "allowPartialManifests",
)

# A literal '+' in a query is a space once it is decoded, and clients do forget to encode it.
_FORMATS = ("application/fhir+ndjson", "application/ndjson", "ndjson", "application/fhir ndjson")
_WHOLE_INSTANT = re.compile(r"[^T]{10}T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)
# What conflicts is decided for the larger of the two: the last one.
_ASSOCIATED: Mapping[str, str] = {"LatestProvenanceResources": "latest", "RelevantProvenanceResources": "relevant"}


@dataclass(frozen=True, slots=True)
class KickOff:
    """One understood request.

    Attributes:
        group: id of the Group; empty on the other levels.
        types: the types asked for; empty means every type.
        since: microseconds since 1970 UTC, after which a resource was updated; None for any time. until: before which,
            likewise.
        filters: searches, of which those of a type say which of it are wanted.
        elements: ``name`` or ``Type.name`` of the elements that are wanted; empty for whole resources.
        patients: ids of the Patients whose compartments are wanted; empty for all of the level.
        associated: ``latest`` or ``relevant`` Provenance of what is exported; empty where nothing was said.
        partial: the manifest may be handed out in parts, the first before the last file is ready.
        separate: the status of the job travels apart from that of the request that asks for it.
        lenient: what cannot be done is left out instead of refused.
        ignored: what was left out for that reason, one sentence each.
    """

    level: Level
    group: str = ""
    types: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None
    filters: tuple[Filter, ...] = ()
    elements: tuple[str, ...] = ()
    patients: tuple[str, ...] = ()
    associated: str = ""
    partial: bool = False
    separate: bool = False
    lenient: bool = False
    ignored: tuple[str, ...] = ()


def parse_kick_off(
    level: Level,
    group: str,
    pairs: Iterable[tuple[str, str]],
    circumstances: Circumstances,
    *,
    lenient: bool = False,
    posted: Iterable[tuple[str, str]] = (),
    separate: bool = False,
) -> KickOff:
    """The request that the (name, value) pairs of the parameters make.

    Args:
        circumstances: of the searches in ``_typeFilter``.
        lenient: what cannot be done is left out instead of refused.
        posted: the parameters in the body of a POST, which alone may say ``patient``.
        separate: see :class:`KickOff`.

    Raises:
        BadRequest: a parameter is not supported, or a value is malformed.
        Forbidden: a filter asks about a type that the caller may not search.
    """
    leniency = Leniency(lenient=lenient)
    given = _given(pairs, posted, level, leniency)

    def values(name: str) -> Sequence[str]:
        return given.get(name, ())

    for value in values("_outputFormat"):
        _check_format(value)
    return KickOff(
        level,
        group,
        types=_types(values("_type"), leniency),
        since=_instant("_since", values("_since")),
        until=_instant("_until", values("_until")),
        filters=parse_filters(values("_typeFilter"), circumstances, leniency),
        elements=parse_elements(values("_elements"), leniency),
        patients=_patients(values("patient"), circumstances),
        associated=_associated(values("includeAssociatedData"), leniency),
        partial=_flag("allowPartialManifests", values("allowPartialManifests")),
        separate=separate,
        lenient=lenient,
        ignored=tuple(leniency.left_out),
    )


def _given(
    pairs: Iterable[tuple[str, str]], posted: Iterable[tuple[str, str]], level: Level, leniency: Leniency
) -> dict[str, list[str]]:
    """The values of each parameter that is supported here."""
    in_query, in_body = _by_name(pairs), _by_name(posted)
    if "patient" in in_query:
        leniency.refuse("patient is taken in the body of a POST alone", "patient")
        del in_query["patient"]
    given = {name: in_query.get(name, []) + in_body.get(name, []) for name in dict.fromkeys((*in_query, *in_body))}
    if "patient" in given and level == "system":
        leniency.refuse("patient says nothing on system level; use Patient/$export or that of a Group", "patient")
        del given["patient"]
    for name in [name for name in given if name not in SUPPORTED]:
        leniency.refuse(_unsupported(name), name)
        del given[name]
    return given


def _by_name(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _unsupported(name: str) -> str:
    if name == "organizeOutputBy":
        return "organizeOutputBy is not supported here: each file has resources of one type"
    return (
        f"parameter {shortened(name)} is not supported here; an export takes {', '.join(SUPPORTED)}, and with "
        "'Prefer: handling=lenient' others are left out and named in the manifest's error files"
    )


def _check_format(value: str) -> None:
    if value not in _FORMATS:
        message = f"_outputFormat={shortened(value)}: expected application/fhir+ndjson, application/ndjson or ndjson"
        raise BadRequest(message, expression=["_outputFormat"])


def listed(values: Iterable[str]) -> tuple[str, ...]:
    """What is listed by commas, by repetition or by both; each once."""
    return tuple(dict.fromkeys(name.strip() for value in values for name in value.split(",")))


def _types(values: Sequence[str], leniency: Leniency) -> tuple[str, ...]:
    names = listed(values)
    known = tuple(name for name in names if name in RESOURCE_TYPES)
    if len(known) < len(names):
        came = ", ".join(shortened(name, 40) or "an empty name" for name in names if name not in known)
        message = f"_type: no such resource type here: {came}; there are {', '.join(RESOURCE_TYPES)}"
        if not known:  # or nothing would become everything
            raise BadRequest(message, expression=["_type"])
        leniency.refuse(message, "_type")
    return known


def _instant(name: str, values: Sequence[str]) -> int | None:
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
        f"{name}={shortened(' and '.join(values))}: {problem}; expected one instant with seconds and offset, such as "
        "2024-01-15T10:00:00Z or 2024-01-15T10:00:00%2B01:00 (in a URL '+' is written %2B)"
    )
    raise BadRequest(message, expression=[name])


def _patients(values: Sequence[str], circumstances: Circumstances) -> tuple[str, ...]:
    found = []
    for value in values:
        literal = parse_reference(value)
        if literal is None or literal.type != "Patient" or (literal.base and not circumstances.is_ours(literal.base)):
            message = f"patient: {shortened(value) or 'no reference'}; expected a valueReference to Patient/{{id}} here"
            raise BadRequest(message, expression=["patient"])
        found.append(circumstances.known_id(literal.id))
    return tuple(dict.fromkeys(found))


def _associated(values: Sequence[str], leniency: Leniency) -> str:
    asked = listed(values)
    known = [_ASSOCIATED[value] for value in asked if value in _ASSOCIATED]
    for value in asked:
        if value not in _ASSOCIATED:
            message = f"includeAssociatedData={shortened(value)} is not supported; expected {' or '.join(_ASSOCIATED)}"
            leniency.refuse(message, "includeAssociatedData")
    return max(known, default="")  # "relevant" is more than "latest"


def _flag(name: str, values: Sequence[str]) -> bool:
    if any(value not in ("true", "false") for value in values) or len(values) > 1:
        message = f"{name}={shortened(' and '.join(values))}: expected true or false, once"
        raise BadRequest(message, expression=[name])
    return "true" in values
