"""Writes ``elements.json``, what R4 says of the elements of each type; run it only for another release of FHIR.

``python -m mock_athena.fhir.freeze_elements hl7.fhir.r4.core.tgz``, the package of
https://hl7.org/fhir/R4/downloads.html (4.0.1; HL7 dedicates it to the public domain, CC0 1.0).
"""

import json
import sys
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

TARGET = Path(__file__).with_name("elements.json")

_PREFIX = "package/StructureDefinition-"
_CHOICE = "[x]"
# Every type has them, and what they say of the resource is said by the code that reads the table.
_PARTS_OF_ALL = ("id", "extension")
# Of these, R4 marks nothing, and half of one would be of no use.
_WHOLE = ("Extension", "Narrative")

Element = Mapping[str, Any]


def frozen(definitions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The table, from StructureDefinitions.

    Answers by resource type: ``elements``, the names of all; ``choices``, what ``value`` stands for, by name;
    ``required``, those that are mandatory; ``modifiers``, those that change the meaning; ``summary``, what a summary
    keeps: a name with what it keeps of the parts, or null where that is everything.
    """
    basic = [each for each in definitions if each["derivation"] == "specialization" and not each["abstract"]]
    data_types = {each["type"]: _parts(each["type"], each) for each in basic if each["kind"] == "complex-type"}
    resources = sorted((each for each in basic if each["kind"] == "resource"), key=lambda each: each["type"])
    return {each["type"]: _row(each, data_types) for each in resources}


def _row(definition: Mapping[str, Any], data_types: Mapping[str, list[Element]]) -> dict[str, Any]:
    top = _parts(definition["type"], definition)
    choices = {_name(each).removesuffix(_CHOICE): _names(each) for each in top if _name(each).endswith(_CHOICE)}
    return {
        "elements": [name for each in top for name in _names(each)],
        "choices": choices,
        "required": [name for each in top if each["min"] for name in _names(each)],
        "modifiers": [name for each in top if each.get("isModifier") for name in _names(each)],
        "summary": _summary(definition["type"], definition, data_types),
    }


def _summary(
    path: str, definition: Mapping[str, Any], data_types: Mapping[str, list[Element]], above: tuple[str, ...] = ()
) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for part in _parts(path, definition):
        if part.get("isSummary") or part["min"]:
            for name, type in _typed(part):
                kept[name] = _within(part, type, definition, data_types, (*above, path))
    return kept


def _within(
    part: Element,
    type: str,
    definition: Mapping[str, Any],
    data_types: Mapping[str, list[Element]],
    above: tuple[str, ...],
) -> Any:
    """What is kept of an element's own parts; None for everything, as of what contains its own kind."""
    path = part.get("contentReference", "").removeprefix("#") or part["path"]
    if path in above:
        return None
    if _parts(path, definition):
        return _summary(path, definition, data_types, above)
    parts = data_types.get(type, [])
    kept = [name for each in parts if each.get("isSummary") or each["min"] for name in _names(each)]
    # The only ones of which a part is left out: the content of an attachment, the data of a signature or a curve.
    dropped = [name for each in parts for name in _names(each) if name not in (*kept, *_PARTS_OF_ALL)]
    return dict.fromkeys(kept) if dropped and type not in _WHOLE else None


def _parts(path: str, definition: Mapping[str, Any]) -> list[Element]:
    """The elements directly below a path."""
    below, depth = f"{path}.", path.count(".") + 1
    elements = definition["snapshot"]["element"]
    return [each for each in elements if each["path"].startswith(below) and each["path"].count(".") == depth]


def _name(element: Element) -> str:
    name: str = element["path"].rpartition(".")[2]
    return name


def _names(element: Element) -> list[str]:
    return [name for name, _ in _typed(element)]


def _typed(element: Element) -> list[tuple[str, str]]:
    """As JSON has them, with their types: ``deceased[x]`` is ``deceasedBoolean`` or ``deceasedDateTime``."""
    name, types = _name(element), [each["code"] for each in element.get("type", ())]
    if not name.endswith(_CHOICE):
        return [(name, types[0] if types else "")]
    return [(name.removesuffix(_CHOICE) + code[0].upper() + code[1:], code) for code in dict.fromkeys(types)]


def _definitions(package: Path) -> list[Mapping[str, Any]]:
    with tarfile.open(package) as files:
        found = [files.extractfile(name) for name in files.getnames() if name.startswith(_PREFIX)]
        read = [json.load(file) for file in found if file is not None]
    return [each for each in read if each.get("derivation") and each["kind"] != "logical"]


def main(package: str) -> None:
    """Write the table beside this module."""
    lines = (f"{json.dumps(type)}: {json.dumps(row)}" for type, row in frozen(_definitions(Path(package))).items())
    TARGET.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
