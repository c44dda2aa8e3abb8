"""Whether a resource is made as R4 says, element by element; everything that is wrong is told, each by its path.

``structure.json`` is made from HL7's package by :mod:`mock_athena.writes.freeze_structure`. Its ``types`` are rows of
elements: ``type`` (of the same table, or a primitive one), ``required``, ``many``, ``choice`` (``value`` for
``valueString``), ``targets`` of a reference, and ``codes``, a list under the table's ``codes`` by system, where the
binding is required. https://hl7.org/fhir/R4/json.html
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from mock_athena.errors import Issue, shortened
from mock_athena.fhir.resource import Resource, as_object, as_text, objects
from mock_athena.writes import primitives
from mock_athena.writes.rules import broken_rules

_TABLE = Path(__file__).with_name("structure.json")
_OF_A_PRIMITIVE: Mapping[str, Any] = {"id": {"type": "string"}, "extension": {"type": "Extension", "many": True}}
_RESOURCE_ID: Mapping[str, Any] = {"type": "id"}

Row = Mapping[str, Any]


class Pointer(NamedTuple):
    """A reference in a resource.

    Attributes:
        path: of the Reference. reference: it. targets: types that it may point to; empty for any.
    """

    path: str
    reference: Resource
    targets: tuple[str, ...]


class Structure(NamedTuple):
    """What was found in a resource: what is wrong with it, and where it points to."""

    problems: list[Issue]
    pointers: list[Pointer]


def structure_of(resource: Resource, path: str = "") -> Structure:
    """The problems and references of a resource of a type that is in the table.

    Args:
        path: where it stands; its type where that is left out.
    """
    found = Structure([], [])
    type = resource["resourceType"]
    _Walk(found).resource(resource, path or type)
    return found


@cache
def _table() -> Mapping[str, Any]:
    table: Mapping[str, Any] = json.loads(_TABLE.read_text(encoding="utf-8"))
    return table


def is_known(type: str) -> bool:
    """Whether the table tells of a type."""
    return type in _table()["types"]


class _Walk:
    """Goes through one resource, and notes what it finds."""

    def __init__(self, found: Structure) -> None:
        self._found = found
        self._types: Mapping[str, Mapping[str, Row]] = _table()["types"]

    def resource(self, value: Resource, path: str) -> None:
        """A resource, or one that is contained in another."""
        rest = {name: part for name, part in value.items() if name != "resourceType"}
        rows = {**self._types[value["resourceType"]], "id": _RESOURCE_ID}
        self._object(value["resourceType"], rest, path, rows)

    def _note(self, code: str, path: str, text: str) -> None:
        self._found.problems.append(Issue("error", code, f"{path}: {text}", (path,)))

    def _object(self, type: str, value: Resource, path: str, rows: Mapping[str, Row]) -> None:
        for name, part in value.items():
            row = rows.get(name)
            if row is not None:
                self._element(row, part, f"{path}.{name}")
            elif name[:1] == "_" and rows.get(name[1:], {}).get("type") in primitives.PRIMITIVES:
                self._beside(rows[name[1:]], part, f"{path}.{name}")
            else:
                self._note("structure", f"{path}.{name}", f"{type} has no element of this name{_advice(name, rows)}")
        self._count(value, path, rows)
        for text in broken_rules(type, value):
            self._note("invariant", path, text)

    def _count(self, value: Resource, path: str, rows: Mapping[str, Row]) -> None:
        """What is missing, and what is there more than once under several names."""
        choices: dict[str, list[str]] = {}
        for name, row in rows.items():
            there = name in value or f"_{name}" in value
            if "choice" in row:
                choices.setdefault(row["choice"], [])
                if there:
                    choices[row["choice"]].append(name)
            elif row.get("required") and not there:
                self._note("required", f"{path}.{name}", "is required and missing")
        for choice, names in choices.items():
            if len(names) > 1:
                self._note("structure", path, f"has {' and '.join(names)}; expected one of them at most")
            elif not names and _is_required(rows, choice):
                several = ", ".join(name for name, row in rows.items() if row.get("choice") == choice)
                self._note("required", f"{path}.{choice}", f"is required and missing; expected one of {several}")

    def _element(self, row: Row, value: Any, path: str) -> None:
        if row.get("many"):
            if not isinstance(value, list):
                self._note("structure", path, "repeats, so it must be a list")
                return
            if not value:
                self._note("structure", path, "is an empty list; leave it out")
            for index, item in enumerate(value):
                # A null keeps the place of what has an extension only.
                if item is not None or row["type"] not in primitives.PRIMITIVES:
                    self._value(row, item, f"{path}[{index}]")
        elif isinstance(value, list):
            self._note("structure", path, "is a list, and there can be one only")
        else:
            self._value(row, value, path)

    def _value(self, row: Row, value: Any, path: str) -> None:
        type = row["type"]
        if type in primitives.PRIMITIVES:
            problem = primitives.problem_of(type, value)
            if problem:
                self._note("value", path, problem)
                return
        elif not isinstance(value, dict) or not value:
            self._note("structure", path, f"expected an object that is not empty, a {type}")
            return
        elif type == "Resource":
            self._contained(value, path)
        else:
            self._object(type, value, path, self._types[type])
        if type == "Reference":
            self._found.pointers.append(Pointer(path, value, tuple(row.get("targets", ()))))
        if "codes" in row:
            self._bound(row, value, path)

    def _beside(self, row: Row, value: Any, path: str) -> None:
        """The ``_name`` of a primitive element: its id and extensions."""
        several: Sequence[Any] = value if isinstance(value, list) else (value,)
        for index, item in enumerate(several):
            where = f"{path}[{index}]" if isinstance(value, list) else path
            if isinstance(item, dict) and item:
                self._object(row["type"], item, where, _OF_A_PRIMITIVE)
            elif item is not None or not isinstance(value, list):
                self._note("structure", where, "expected an object with id or extension")

    def _contained(self, value: Resource, path: str) -> None:
        type = value.get("resourceType")
        if not isinstance(type, str):
            self._note("structure", path, "a resource without resourceType")
            return
        if "contained" in value:
            self._note("structure", f"{path}.contained", "what is contained contains nothing itself")
        if "id" not in value:
            self._note("required", f"{path}.id", "is required and missing: what is contained is pointed to by it")
        if is_known(type):
            self.resource({name: part for name, part in value.items() if name != "contained"}, path)

    def _bound(self, row: Row, value: Any, path: str) -> None:
        codes: Mapping[str, Sequence[str]] = _table()["codes"][row["codes"]]
        if row["type"] == "code":
            if not any(value in listed for listed in codes.values()):
                self._note("code-invalid", path, f"{shortened(value, 60)!r} is no code of {_listed(row, codes)}")
            return
        codings = [value] if row["type"] == "Coding" else objects(value.get("coding"))
        has_one = any(as_text(each.get("code")) in codes.get(as_text(each.get("system")), ()) for each in codings)
        if not has_one and (codings or not _is_extended(value)):
            shown = ", ".join(f"{as_text(each.get('system'))}|{as_text(each.get('code'))}" for each in codings)
            self._note(
                "code-invalid", path, f"{shortened(shown) or 'no coding'}; expected one of {_listed(row, codes)}"
            )


def _is_extended(value: Resource) -> bool:
    return bool(as_object(value).get("extension"))


def _is_required(rows: Mapping[str, Row], choice: str) -> bool:
    return any(row.get("choice") == choice and row.get("required") for row in rows.values())


def _advice(name: str, rows: Mapping[str, Row]) -> str:
    if any(row.get("choice") == name for row in rows.values()):
        return f"; expected {' or '.join(each for each, row in rows.items() if row.get('choice') == name)}"
    same = next((each for each in rows if each.lower() == name.lower()), None)
    return f"; names are case sensitive, expected {same}" if same else ""


def _listed(row: Row, codes: Mapping[str, Sequence[str]]) -> str:
    return f"{row['codes']}: {', '.join(_each(row['type'], codes))}"


def _each(type: str, codes: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for system, listed in codes.items():
        for code in listed[:30]:
            yield code if type == "code" else f"{system}|{code}"
        if len(listed) > 30:
            yield "…"
