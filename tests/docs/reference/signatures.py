"""Signatures of functions and classes, as they are written."""

import re
import sys

import griffe

_STARS = {griffe.ParameterKind.var_positional: "*", griffe.ParameterKind.var_keyword: "**"}


def signature(found: griffe.Function, name: str) -> str:
    """How it is called, as a block of code."""
    written: list[str] = []
    for each in found.parameters:
        if each.name in ("self", "cls") or each.name.startswith("_"):
            continue
        if each.kind is griffe.ParameterKind.keyword_only and not any(part.startswith("*") for part in written):
            written.append("*")
        written.append(_parameter(each))
    returns = f" -> {annotation(found.returns)}" if found.returns and found.name != "__init__" else ""
    return _shown(name, written, returns)


def made_of_fields(found: griffe.Class, name: str) -> str:
    """How a dataclass or a named tuple is called; nothing of another class."""
    data = any("dataclass" in str(each.value) for each in found.decorators) or "NamedTuple" in map(str, found.bases)
    fields = [_field(each) for each in found.attributes.values() if data and _is_field(each)]
    return _shown(name, fields, "") if fields else ""


def annotation(written: object) -> str:
    """A type, without the quotes of a name that is not imported where it runs."""
    text = str(written)
    return text if "Literal" in text else re.sub(r"[\"']", "", text)


def _is_field(attribute: griffe.Attribute) -> bool:
    told = str(attribute.annotation or "ClassVar")
    return not attribute.name.startswith("_") and "property" not in attribute.labels and "ClassVar" not in told


def _field(attribute: griffe.Attribute) -> str:
    written = f"{attribute.name}: {annotation(attribute.annotation)}"
    if attribute.value is None:
        return written
    made = re.fullmatch(r"field\(.*?default(_factory)?=([^,)]+).*\)", str(attribute.value))
    return f"{written} = " + (f"{made[2]}()" if made and made[1] else made[2] if made else str(attribute.value))


def _shown(name: str, parameters: list[str], returns: str) -> str:
    told = f"{name}({', '.join(parameters)}){returns}"
    if len(told) > 110:
        told = "\n".join((f"{name}(", *(f"    {each}," for each in parameters), f"){returns}"))
    return f"```python\n{told}\n```"


def _parameter(parameter: griffe.Parameter) -> str:
    kind = parameter.kind or griffe.ParameterKind.positional_or_keyword
    written = _STARS.get(kind, "") + parameter.name
    if parameter.annotation:
        written += f": {annotation(parameter.annotation)}"
    if parameter.default is not None and kind not in _STARS:
        written += (" = " if parameter.annotation else "=") + _value(parameter.default, parameter.function)
    return written


def _value(default: object, owner: griffe.Object | None) -> str:
    """A default as it is written; of a constant of the module, what it is."""
    name = str(default)
    known = vars(sys.modules[owner.module.path]).get(name) if owner else None
    return repr(known) if isinstance(known, str | int | tuple) else name
