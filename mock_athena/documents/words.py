"""The datatypes of FHIR in words: https://hl7.org/fhir/R4/datatypes.html.

What has another shape than the specification's is read as if it were absent, and is an empty text.
"""

import json
from collections.abc import Iterable
from typing import Any

from mock_athena.fhir.instants import parse
from mock_athena.fhir.resource import Resource, as_list, as_object, as_text, objects

# https://ucum.org/ucum
_UNITS = {
    "mm[Hg]": "mmHg",
    "[degF]": "°F",
    "Cel": "°C",
    "[lb_av]": "lb",
    "[in_i]": "in",
    "m[IU]/L": "mIU/L",
    "[pH]": "pH",
    "/[HPF]": "/HPF",
    "1": "",
}


def loaded(body: bytes) -> Resource:
    """A stored resource; numbers keep the digits that were written, as precision is part of a result."""
    resource: Resource = json.loads(body, parse_float=str)
    return resource


def joined(texts: Iterable[str], by: str = ", ") -> str:
    """The texts that are not empty, each once."""
    return by.join(dict.fromkeys(filter(None, texts)))


def concept(value: Any) -> str:
    """The text of a CodeableConcept, else the display or code of its first coding."""
    found = as_object(value)
    coding = next(iter(objects(found.get("coding"))), {})
    return as_text(found.get("text")) or as_text(coding.get("display")) or as_text(coding.get("code"))


def concepts(value: Any) -> str:
    """Several CodeableConcepts."""
    return joined(map(concept, objects(value)))


def codes(value: Any, system: str = "") -> tuple[str, ...]:
    """The codes of a CodeableConcept whose system contains ``system``."""
    codings = objects(as_object(value).get("coding"))
    return tuple(as_text(each.get("code")) for each in codings if system in as_text(each.get("system")))


def all_codes(value: Any) -> frozenset[str]:
    """The codes of several CodeableConcepts."""
    return frozenset(code for each in objects(value) for code in codes(each))


def said(code: Any) -> str:
    """A code of the specification as a word: ``entered-in-error`` → ``Entered in error``."""
    text = as_text(code).replace("-", " ").strip()
    return text[:1].upper() + text[1:]


def name(resource: Resource) -> str:
    """The name of a person or organization, else the display of a Reference."""
    found = resource.get("name")
    if isinstance(found, str):
        return found
    for human in objects(found):
        return as_text(human.get("text")) or _parts(human)
    return as_text(resource.get("display"))


def _parts(human: Resource) -> str:
    """A HumanName put together from its parts."""
    parts = (part for element in ("prefix", "given", "family", "suffix") for part in as_list(human.get(element)))
    return " ".join(filter(None, map(as_text, parts)))


def amount(value: Any) -> tuple[str, str]:
    """A Quantity: its value with comparator, and its unit."""
    quantity = as_object(value)
    return as_text(quantity.get("comparator")) + as_text(quantity.get("value")), unit(quantity)


def quantity(value: Any) -> str:
    """A Quantity in one text, such as ``7.0 %``; nothing for one without value."""
    number, of = amount(value)
    return f"{number} {of}".strip() if as_text(as_object(value).get("value")) else ""


def unit(quantity: Resource) -> str:
    """The unit of a Quantity; UCUM's codes are said as people write them, and its ``{annotations}`` not at all."""
    found = as_text(quantity.get("unit")) or as_text(quantity.get("code"))
    return "" if found.startswith("{") and found.endswith("}") else _UNITS.get(found, found)


def moment(resource: Resource, element: str) -> str:
    """``{element}DateTime``, else the start of ``{element}Period``."""
    period = as_object(resource.get(f"{element}Period"))
    return readable(as_text(resource.get(f"{element}DateTime")) or as_text(period.get("start")))


def readable(value: Any) -> str:
    """``2024-01-15T10:30:00-05:00`` → ``2024-01-15 10:30 -05:00``; a date stays as it is."""
    date, _, time = as_text(value).partition("T")
    offset = "UTC" if time.endswith("Z") else time[-6:] if time[-6:-5] in ("+", "-") else ""
    return f"{date} {time[:5]} {offset}".rstrip() if time else date


def span(value: Any) -> str:
    """A Period: ``2024-01-01 to 2024-12-31``; the day of its end is not said again where it is that of its start."""
    period = as_object(value)
    start, end = readable(period.get("start")), readable(period.get("end"))
    if not (start and end):
        return start or (f"until {end}" if end else "")
    day, _, rest = end.partition(" ")
    same_day = rest and start.startswith(day) and start[16:] == end[16:]
    return f"{start[:16]} to {rest}" if same_day else f"{start} to {end}"


def address(resource: Resource) -> str:
    """The first address, on one line."""
    for found in (each for each in objects(resource.get("address"))):
        lines = (as_text(line) for line in as_list(found.get("line")))
        region = " ".join(filter(None, (as_text(found.get("state")), as_text(found.get("postalCode")))))
        return joined((*lines, as_text(found.get("city")), region)) or as_text(found.get("text"))
    return ""


def phone(resource: Resource) -> str:
    """The first telephone number."""
    numbers = (each for each in objects(resource.get("telecom")) if each.get("system") == "phone")
    return next((as_text(each.get("value")) for each in numbers), "")


def micros(value: Any) -> int:
    """The beginning of a date or instant in microseconds since 1970 UTC; 0 for what is none."""
    try:
        return parse(as_text(value)).low
    except ValueError:
        return 0


def updated(resource: Resource) -> int:
    """When a resource was last changed, likewise."""
    return micros(as_object(resource.get("meta")).get("lastUpdated"))
