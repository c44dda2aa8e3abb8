"""From a resource to its index rows, by the paths of the registry.

Hand-written getters: walking the paths takes microseconds, where a FHIRPath engine takes a hundred.
How each element type is matched: https://hl7.org/fhir/R4/search.html#table.
"""

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from mock_athena.fhir.instants import EARLIEST, LATEST, Range, parse
from mock_athena.fhir.references import Literal, own_reference, parse_reference
from mock_athena.fhir.registry import COMMON, ResourceType, SearchParameter
from mock_athena.store.schema import NO_DATE

Json = Any
T = TypeVar("T")

_JSON_TYPES: dict[type, str] = {str: "a text", dict: "an object", list: "a list"}

# Anything under another base URL is somebody else's, of whatever type and id.

# Found by their own columns of the version table, not by index rows.
_OWN_COLUMNS = frozenset({"_id", "_lastUpdated"})


@dataclass(slots=True)
class IndexRows:
    """What the index keeps of one resource.

    Attributes:
        patients: ids of the Patients in whose compartments it is.
        targets: for a type that follows its targets into their compartments (Provenance), those targets.
        date: the range by which the type is ordered; ``NO_DATE`` twice where it has none.
        tokens: (param, system, code). strings: (param, folded, value). dates: (param, low, high).
        references: (param, target), the target as ``Type/id`` or an absolute URL.
    """

    patients: set[str] = field(default_factory=set)
    targets: set[str] = field(default_factory=set)
    date: Range = field(default_factory=lambda: Range(NO_DATE, NO_DATE))
    tokens: set[tuple[str, str, str]] = field(default_factory=set)
    strings: set[tuple[str, str, str]] = field(default_factory=set)
    dates: set[tuple[str, int, int]] = field(default_factory=set)
    references: set[tuple[str, str]] = field(default_factory=set)


def index_rows(kind: ResourceType, resource: Json) -> IndexRows:
    """Every index row of a resource of type ``kind``.

    Raises:
        ValueError: a date in it is not a date.
    """
    rows = IndexRows()
    _join_compartments(rows, kind, resource)
    for parameters in (kind.parameters, COMMON):
        for parameter in parameters.values():
            if parameter.code not in _OWN_COLUMNS:
                _add(rows, parameter, resource)
    of_date = [Range(low, high) for param, low, high in rows.dates if param == kind.date]
    if of_date:
        rows.date = min(of_date)
    return rows


def fold(text: str) -> str:
    """Text as strings are compared: without case, accents or surplus space."""
    plain = unicodedata.normalize("NFKD", text) if not text.isascii() else text
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).casefold().split())


def elements(resource: Json, path: str) -> list[Json]:
    """Every value at ``path``, such as ``name.family``; lists on the way are walked through."""
    found = [resource]
    for name in path.split("."):
        inside: list[Json] = []
        for each in found:
            part = each.get(name) if isinstance(each, dict) else None
            if isinstance(part, list):
                # A null holds the place of a primitive that has extensions only (R4 json.html#primitive).
                inside += [item for item in part if item is not None]
            elif part is not None:
                inside.append(part)
        if not inside:
            return inside
        found = inside
    return found


def _join_compartments(rows: IndexRows, kind: ResourceType, resource: Json) -> None:
    if kind.patient == "id":
        rows.patients.add(resource["id"])
    elif kind.patient:
        literals = map(own_reference, _reference_texts(elements(resource, kind.patient)))
        ours = [literal for literal in literals if literal]
        rows.patients.update(literal.id for literal in ours if literal.type == "Patient")
        if kind.follows_targets:
            rows.targets.update(_relative(literal) for literal in ours)


def _add(rows: IndexRows, parameter: SearchParameter, resource: Json) -> None:
    values: list[Json] = [value for path in parameter.paths for value in elements(resource, path)]
    if parameter.presence:
        values = [any(value is not False for value in values)]
    if not values:
        return
    try:
        _add_values(rows, parameter, values)
    except ValueError as error:
        message = f"{' or '.join(parameter.paths)}: {error}"
        raise ValueError(message) from None


def _add_values(rows: IndexRows, parameter: SearchParameter, values: list[Json]) -> None:
    code = parameter.code
    match parameter.type:
        case "token":
            rows.tokens.update((code, *pair) for value in values for pair in _tokens(value))
        case "uri":
            rows.tokens.update((code, "", _of(str, value)) for value in values)
        case "string":
            rows.strings.update((code, fold(text), text) for value in values for text in _texts(value))
        case "date":
            ranges = (_range(value) for value in values)
            rows.dates.update((code, low, high) for low, high in ranges)
        case "reference":
            rows.references.update((code, target) for target in _targets(parameter, values))


def _of(kind: type[T], value: Json) -> T:
    """``value``, if it is of the JSON type that its element has in R4."""
    if isinstance(value, kind):
        return value
    message = f"expected {_JSON_TYPES[kind]}, not {json.dumps(value, default=str)[:60]}"
    raise ValueError(message)


def _tokens(value: Json) -> Iterator[tuple[str, str]]:
    """(system, code) of a CodeableConcept, Coding, Identifier, ContactPoint, code, string, uri or boolean."""
    if isinstance(value, bool):
        yield "", "true" if value else "false"
    elif isinstance(value, str):
        yield "", value
    elif "coding" in _of(dict, value) or "text" in value:
        for coding in _of(list, value.get("coding", [])):
            yield from _tokens(_of(dict, coding))
    else:
        code = value.get("code", value.get("value"))
        if code is not None:
            yield _of(str, value.get("system", "")), _of(str, code)


def _texts(value: Json) -> Iterator[str]:
    """The strings of a string, or every string inside a HumanName or Address."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for part in value:
            if part is not None:
                yield from _texts(part)
    else:
        for name, part in _of(dict, value).items():
            if name not in ("use", "type", "period", "extension", "id"):
                yield from _texts(part)


def _range(value: Json) -> Range:
    """The range of a date, dateTime, instant or Period; an open end of a Period is open."""
    if isinstance(value, dict):
        start, end = value.get("start"), value.get("end")
        low = parse(_of(str, start)).low if start else EARLIEST + 1
        return Range(low, parse(_of(str, end)).high if end else LATEST)
    return parse(_of(str, value))


def _reference_texts(values: list[Json]) -> Iterator[str]:
    return (_of(str, value["reference"]) for value in values if "reference" in _of(dict, value))


def _targets(parameter: SearchParameter, values: list[Json]) -> Iterator[str]:
    for text in _reference_texts(values):
        literal = parse_reference(text)
        if literal is None:
            yield text
        elif not parameter.targets or literal.type in parameter.targets:
            yield _relative(literal) if own_reference(text) else text


def _relative(literal: Literal) -> str:
    return f"{literal.type}/{literal.id}"
