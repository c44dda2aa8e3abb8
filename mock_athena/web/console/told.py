"""A resource as a person reads it: in one line, and element by element. For resources of whatever shape."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from mock_athena.documents import words
from mock_athena.fhir.references import own_reference
from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.fhir.resource import Resource, as_list, as_object, as_text, objects
from mock_athena.store.paths import values_at

LONGEST = 300
_MOST_ITEMS = 12
_DEEPEST = 3
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
# What says what a resource is about: the first that it has.
_CALLED = (
    "code", "medicationCodeableConcept", "vaccineCode", "title", "medicationReference", "description", "type",
    "serviceType", "appointmentType", "category", "specialty", "relationship", "activity", "class", "contentType",
    "questionnaire", "target", "actor",
)  # fmt: skip
_STATES = ("status", "clinicalStatus", "lifecycleStatus")
_UNTOLD = ("resourceType", "id", "meta", "text", "contained", "extension", "modifierExtension", "implicitRules", "data")
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_CHOICE = re.compile(r"(?<=[a-z])(DateTime|Period|CodeableConcept|Quantity|Reference|Boolean|String|Integer|Range)$")


class Line(NamedTuple):
    """One resource on one line; what it does not say is empty."""

    type: str
    id: str
    what: str
    when: str
    value: str
    status: str


class Text(NamedTuple):
    """Words, and the resource of ours that they name (``Type/id``); empty for none."""

    words: str
    to: str = ""


def line_of(resource: Resource) -> Line:
    """What it is, when it was, what came out and how it stands."""
    type = as_text(resource.get("resourceType"))
    called = (words.name(resource), *(words_of(_first(resource.get(name))) for name in _CALLED))
    return Line(
        type,
        as_text(resource.get("id")),
        _cut(next(filter(None, called), ""), 120),
        _when(resource, type),
        _cut(_value(resource), 120),
        _cut(_state(resource), 40),
    )


def facts_of(resource: Resource) -> list[tuple[str, list[Text]]]:
    """Its elements with their names in words, each with what it says."""
    told = [(_named(name), list(_texts(value))) for name, value in resource.items() if name not in _UNTOLD]
    return [(name, texts) for name, texts in told if texts]


def words_of(value: Any, depth: int = 0) -> str:
    """A value of any datatype of https://hl7.org/fhir/R4/datatypes.html in words; empty for what says nothing."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return words.joined((words_of(each, depth) for each in value[:_MOST_ITEMS]), "; ")
    if not isinstance(value, dict):
        text = as_text(value)
        return words.readable(text) if _INSTANT.match(text) else text
    return next(filter(None, (told(value) for told in _SHAPES)), "") or _parts(value, depth)


def _parts(value: Resource, depth: int) -> str:
    """Of what is none of the datatypes: its own elements."""
    if depth >= _DEEPEST:
        return ""
    told = ((name, words_of(each, depth + 1)) for name, each in value.items() if name not in _UNTOLD)
    return words.joined(f"{_named(name)}: {text}" for name, text in told if text)


def _coding(value: Resource) -> str:
    return (as_text(value.get("display")) or as_text(value.get("code"))) if set(value) & {"code"} else ""


def _reference(value: Resource) -> str:
    if not set(value) & {"reference", "display"}:
        return ""
    return as_text(value.get("display")) or as_text(value.get("reference"))


def _quantity(value: Resource) -> str:
    if "currency" in value:
        return f"{as_text(value.get('value'))} {as_text(value['currency'])}"
    return words.quantity(value) if ("value" in value and "system" not in value) or "unit" in value else ""


def _ratio(value: Resource) -> str:
    if not set(value) & {"numerator", "denominator", "low", "high"}:
        return ""
    parts = [words.quantity(value.get(name)) for name in ("numerator", "low", "denominator", "high")]
    return (" / " if "numerator" in value else " to ").join(filter(None, parts))


def _value_in_system(value: Resource) -> str:
    if "value" not in value or not isinstance(value["value"], str):
        return ""
    kind = words.concept(value.get("type")) or as_text(value.get("system")).rpartition("/")[2]
    return f"{value['value']} ({kind})" if kind else value["value"]


def _file(value: Resource) -> str:
    kind = as_text(value.get("contentType"))
    return words.joined((as_text(value.get("title")), kind)) if kind else ""


# What a datatype is known by, the more telling first.
_SHAPES = (
    lambda value: words.concept(value) if set(value) & {"coding"} else "",
    lambda value: as_text(value.get("text")) if isinstance(value.get("text"), str) else "",
    lambda value: words.span(value) if set(value) & {"start", "end"} else "",
    lambda value: words.name({"name": [value]}) if set(value) & {"family", "given"} else "",
    lambda value: words.address({"address": value}) if set(value) & {"line", "city", "postalCode"} else "",
    _file,
    _quantity,
    _ratio,
    _value_in_system,
    _reference,
    _coding,
)


def _first(value: Any) -> Any:
    """One of several is enough to tell what something is about."""
    return next(iter(value), None) if isinstance(value, list) else value


def _state(resource: Resource) -> str:
    if isinstance(resource.get("active"), bool):
        return "active" if resource["active"] else "inactive"
    return next(filter(None, (words_of(resource.get(name)) for name in _STATES)), "")


def _when(resource: Resource, type: str) -> str:
    kind = RESOURCE_TYPES.get(type)
    parameter = kind.parameter(kind.date) if kind and kind.date else None
    found = [value for path in parameter.paths for value in values_at(resource, path)] if parameter else []
    return next(filter(None, map(words_of, found)), as_text(resource.get("birthDate")))


def _value(resource: Resource) -> str:
    own = next((words_of(value) for name, value in resource.items() if name.startswith("value")), "")
    parts = [_component(each) for each in objects(resource.get("component"))]
    dosage = next((as_text(each.get("text")) for each in objects(resource.get("dosageInstruction"))), "")
    return own or words.joined(parts) or dosage or as_text(resource.get("conclusion")) or _reason(resource)


def _component(part: Resource) -> str:
    value = next((words_of(value) for name, value in part.items() if name.startswith("value")), "")
    return f"{words.concept(part.get('code'))} {value}" if value else ""


def _reason(resource: Resource) -> str:
    return words.concepts(resource.get("reasonCode")) or words_of(resource.get("address"))


def _texts(value: Any) -> Iterator[Text]:
    items = as_list(value)
    for item in items[:_MOST_ITEMS]:
        text = _cut(words_of(item), LONGEST)
        literal = own_reference(as_text(as_object(item).get("reference")))
        if text:
            yield Text(text, f"{literal.type}/{literal.id}" if literal else "")
    if len(items) > _MOST_ITEMS:
        yield Text(f"and {len(items) - _MOST_ITEMS:,} more")


def _named(element: str) -> str:
    """``effectiveDateTime`` → ``Effective``; ``onsetAge`` → ``Onset age``."""
    text = _WORDS.sub(" ", _CHOICE.sub("", element)).lower()
    return text[:1].upper() + text[1:]


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
