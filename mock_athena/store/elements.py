"""From one element of a resource to what it is matched by: tokens, texts, a range of time, the target of a reference.

How each element type is matched: https://hl7.org/fhir/R4/search.html#table.
"""

import json
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from mock_athena.fhir.instants import EARLIEST, LATEST, Range, parse
from mock_athena.fhir.references import OUR_BASES, parse_reference
from mock_athena.store.keys import hashed

Json = Any
T = TypeVar("T")

_JSON_TYPES: dict[type, str] = {str: "a text", dict: "an object", list: "a list"}

# Elements of HumanName and Address that say how it is used and not what it is.
_NO_TEXT = frozenset({"use", "type", "period", "extension", "id"})

remembered = lru_cache(maxsize=1 << 16)(parse)
"""The range of a date; most come again and again."""


def tokens_of(value: Json) -> Sequence[tuple[str, str]]:
    """(system, code) of a CodeableConcept, Coding, Identifier, ContactPoint, code, string, uri or boolean.

    Raises:
        ValueError: it is none of them.
    """
    if type(value) is str:
        return (("", value),)
    if isinstance(value, bool):
        return (("", "true" if value else "false"),)
    concept = value if type(value) is dict else _of(dict, value)
    if "coding" in concept:
        found: list[tuple[str, str]] = []
        codings = concept["coding"]
        for coding in codings if type(codings) is list else _of(list, codings):
            if type(coding) is dict and type(code := coding.get("code")) is str:
                system = coding.get("system", "")
                found.append((system if type(system) is str else _of(str, system), code))
            else:
                found += _coding(coding)
        return found
    return () if "text" in concept else _coding(concept)


def _coding(value: Json) -> Sequence[tuple[str, str]]:
    coding = value if type(value) is dict else _of(dict, value)
    code = coding.get("code")
    if code is None:
        code = coding.get("value")
        if code is None:
            return ()
    system = coding.get("system", "")
    return ((system if type(system) is str else _of(str, system), code if type(code) is str else _of(str, code)),)


@lru_cache(maxsize=1 << 14)
def fold(text: str) -> str:
    """Text as strings are compared: without case, accents or surplus space."""
    plain = text if text.isascii() else unicodedata.normalize("NFKD", text)
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).casefold().split())


def texts_of(value: Json) -> Iterator[str]:
    """The strings of a string, or every string inside a HumanName or Address."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from texts_of(part)
    elif value is not None:
        for name, part in _of(dict, value).items():
            if name not in _NO_TEXT:
                yield from texts_of(part)


def range_of(value: Json) -> Range:
    """The range of a date, dateTime, instant or Period; an open end of a Period is open.

    Raises:
        ValueError: it is none of them.
    """
    if isinstance(value, str):
        return remembered(value)
    period = _of(dict, value)
    start, end = period.get("start"), period.get("end")
    low = remembered(_of(str, start)).low if start else EARLIEST + 1
    return Range(low, remembered(_of(str, end)).high if end else LATEST)


def reference_text(value: Json) -> str | None:
    """The text of a Reference; None if it has none, such as one by identifier alone.

    Raises:
        ValueError: it is no Reference.
    """
    if value is None:
        return None
    reference = value if type(value) is dict else _of(dict, value)
    if "reference" not in reference:
        return None
    text = reference["reference"]
    return text if type(text) is str else _of(str, text)


@lru_cache(maxsize=1 << 16)
def reference_of(text: str) -> tuple[str, str, str, int]:
    """What a reference points to: (target, type, id, the target as keys have it).

    The target is as it is kept: ``Type/id`` of what we hold ourselves, else the text. There is no type if the
    reference is no literal, and an id only of what we hold ourselves.
    """
    literal = parse_reference(text)
    if literal is None:
        return text, "", "", hashed(text)
    type, id, base = literal
    if base not in OUR_BASES:
        return text, type, "", hashed(text)
    target = f"{type}/{id}"
    return target, type, id, hashed(target)


def _of(kind: type[T], value: Json) -> T:
    """``value``, if it is of the JSON type that its element has in R4."""
    if isinstance(value, kind):
        return value
    message = f"expected {_JSON_TYPES[kind]}, not {json.dumps(value, default=str)[:60]}"
    raise ValueError(message)
