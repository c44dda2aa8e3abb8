"""Writes ``structure.json``, what R4 says of every element of the types served here; for another release.

``python -m mock_athena.writes.freeze_structure hl7.fhir.r4.core.tgz``, the package of
https://hl7.org/fhir/R4/downloads.html (4.0.1; HL7 dedicates it to the public domain, CC0 1.0). What the file holds is
told in :mod:`mock_athena.writes.structure`.
"""

import json
import sys
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mock_athena.fhir.registry import RESOURCE_TYPES

TARGET = Path(__file__).with_name("structure.json")

_PREFIX = "package/"
_KINDS = ("StructureDefinition", "ValueSet", "CodeSystem")
_DEFINITIONS = "http://hl7.org/fhir/StructureDefinition/"
_SYSTEM_TYPES = "http://hl7.org/fhirpath/System."
_CHOICE = "[x]"
# Types of everything in their place: nothing about them can be told from the type alone.
_OPEN = ("Resource", "BackboneElement", "Element")

Definition = Mapping[str, Any]
Codes = dict[str, list[str]]


class _Package:
    """The definitions of a package, by canonical URL."""

    def __init__(self, path: Path) -> None:
        self._found: dict[str, dict[str, Definition]] = {kind: {} for kind in _KINDS}
        with tarfile.open(path) as files:
            for name in files.getnames():
                kind = name.removeprefix(_PREFIX).partition("-")[0]
                content = files.extractfile(name) if kind in self._found else None
                if content is not None:
                    definition = json.load(content)
                    self._found[kind][definition["url"]] = definition

    def structure(self, type: str) -> Definition:
        """The StructureDefinition of a type."""
        return self._found["StructureDefinition"][_DEFINITIONS + type]

    def codes(self, canonical: str) -> Codes | None:
        """The codes of a ValueSet by system; None where it cannot be listed, as that of all languages cannot."""
        definition = self._found["ValueSet"].get(canonical.partition("|")[0])
        if definition is None:
            return None
        included = [self._included(part) for part in definition["compose"]["include"]]
        if None in included or "exclude" in definition["compose"]:
            return None
        together: Codes = {}
        for codes in included:
            for system, found in (codes or {}).items():
                together[system] = sorted({*together.get(system, ()), *found})
        return together

    def _included(self, part: Definition) -> Codes | None:
        if "filter" in part:
            return None
        if "valueSet" in part:
            (only,) = part["valueSet"]
            return self.codes(only)
        if "concept" in part:
            return {part["system"]: [concept["code"] for concept in part["concept"]]}
        system = self._found["CodeSystem"].get(part["system"])
        if system is None or system["content"] != "complete":
            return None
        return {part["system"]: list(_all_codes(system["concept"]))}


def _all_codes(concepts: list[Definition]) -> Iterator[str]:
    for concept in concepts:
        yield concept["code"]
        yield from _all_codes(concept.get("concept", []))


class _Freezer:
    """Goes from the types served here to every type and every list of codes that they are made of."""

    def __init__(self, package: _Package) -> None:
        self._package = package
        self.types: dict[str, dict[str, Any]] = {}
        self.codes: dict[str, Codes] = {}

    def take(self, type: str) -> None:
        """Take in a type, and whatever it is made of."""
        definition = self._package.structure(type)
        if type in self.types or definition["kind"] == "primitive-type" or type in _OPEN:
            return
        elements = definition["snapshot"]["element"]
        # Placed before its parts are looked at: an extension is made of extensions.
        for element in elements:
            if element["path"] == type or _types(element)[0] in _OPEN[1:]:
                self.types[element["path"]] = {}
        for element in elements:
            if element["path"] != type:
                self._place(element)

    def _place(self, element: Definition) -> None:
        above, _, name = element["path"].rpartition(".")
        for json_name, type in _named(name, element):
            row = self._row(element, type)
            if name.endswith(_CHOICE):
                row["choice"] = name.removesuffix(_CHOICE)
            self.types[above][json_name] = row
            if "#" not in type and "." not in type:
                self.take(type)

    def _row(self, element: Definition, type: str) -> dict[str, Any]:
        row: dict[str, Any] = {"type": type}
        if element["min"]:
            row["required"] = True
        if element["max"] != "1":
            row["many"] = True
        targets = sorted(
            profile.removeprefix(_DEFINITIONS)
            for each in element.get("type", ())
            if each["code"] == "Reference" == type
            for profile in each.get("targetProfile", ())
        )
        if targets and "Resource" not in targets:
            row["targets"] = targets
        binding = element.get("binding", {})
        if binding.get("strength") == "required" and type in ("code", "Coding", "CodeableConcept"):
            canonical = binding["valueSet"].partition("|")[0]
            codes = self._package.codes(canonical)
            if codes is not None:
                self.codes[canonical] = codes
                row["codes"] = canonical
        return row


def _types(element: Definition) -> list[str]:
    """The types of an element; its own path for a part of a resource, the path of another for one that repeats it."""
    if "contentReference" in element:
        return [element["contentReference"].removeprefix("#")]
    found = []
    for each in element.get("type", ()):
        code: str = each["code"]
        if code.startswith(_SYSTEM_TYPES):
            extended = (ext.get("valueUrl") for ext in each.get("extension", ()))
            code = next((url for url in extended if url), "string")
        found.append(code)
    return found or [""]


def _named(name: str, element: Definition) -> Iterator[tuple[str, str]]:
    """The names of an element in JSON with its type under each."""
    for type in dict.fromkeys(_types(element)):
        inner = element["path"] if type in _OPEN[1:] else type
        if name.endswith(_CHOICE):
            yield name.removesuffix(_CHOICE) + type[0].upper() + type[1:], inner
        else:
            yield name, inner


def frozen(package: Path) -> dict[str, Any]:
    """The table, from the package."""
    freezer = _Freezer(_Package(package))
    for type in RESOURCE_TYPES:
        freezer.take(type)
    return {"types": freezer.types, "codes": freezer.codes}


def main(package: str) -> None:
    """Write the table beside this module, a line for each type."""
    table = frozen(Path(package))
    parts = []
    for part, rows in table.items():
        lines = (f"{json.dumps(name)}: {json.dumps(row)}" for name, row in sorted(rows.items()))
        parts.append(f"{json.dumps(part)}: {{\n" + ",\n".join(lines) + "\n}")
    TARGET.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
