"""A naive reading of R4's search, to judge answers by: https://hl7.org/fhir/R4/search.html and nothing else.

It knows no index and no registry. Instants are :class:`datetime.datetime`, numbers
:class:`fractions.Fraction`, and whatever is asked is asked of every resource in turn. Values come without escapes.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import cache
from typing import Any

Json = Any
Range = tuple[datetime, datetime]

FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def values(resource: Json, path: str) -> list[Json]:
    """What is at ``a.b[key=text].c``, lists walked through."""
    found = [resource]
    for name, key, text in _steps(path):
        below = [each[name] for each in found if isinstance(each, dict) and each.get(name) is not None]
        found = [item for each in below for item in (each if isinstance(each, list) else [each])]
        found = [item for item in found if not key or item.get(key) == text]
    return found


@cache
def _steps(path: str) -> tuple[tuple[str, str, str], ...]:
    return tuple(re.findall(r"([^.\[]+)(?:\[([^=]+)=([^\]]+)\])?", path))


@cache
def span(text: str) -> Range:
    """From the first instant that a date may mean to the first that it cannot."""
    if "T" in text:
        start = datetime.fromisoformat(text if re.search(r"(Z|[+-]\d\d:\d\d)$", text) else text + "Z")
        fraction = re.search(r"\.(\d+)", text)
        return start, start + (
            timedelta(microseconds=10 ** (6 - len(fraction[1]))) if fraction else timedelta(seconds=1)
        )
    parts = [int(part) for part in text.split("-")]
    year, month, day = [*parts, 1, 1][:3]
    start = datetime(year, month, day, tzinfo=UTC)
    if len(parts) == 3:
        return start, start + timedelta(days=1)
    months = start.month + (1 if len(parts) == 2 else 12)
    return start, start.replace(year=start.year + (months - 1) // 12, month=(months - 1) % 12 + 1)


def when(value: Json) -> Range:
    """The range of a date, a dateTime, an instant or a Period."""
    if isinstance(value, str):
        return span(value)
    start, end = value.get("start"), value.get("end")
    return span(start)[0] if start else FIRST, span(end)[1] if end else LAST


def is_in_time(value: Json, asked: str) -> bool:
    """``ge2024-01``: https://hl7.org/fhir/R4/search.html#prefix."""
    prefix, text = (asked[:2], asked[2:]) if asked[:2].isalpha() else ("eq", asked)
    (low, high), (from_, to) = when(value), span(text)
    inside = from_ <= low and high <= to
    return {
        "eq": inside, "ne": not inside, "gt": high > to, "lt": low < from_, "ge": high > to or inside,
        "le": low < from_ or inside, "sa": low >= to, "eb": high <= from_,
    }[prefix]  # fmt: skip


def tokens(value: Json) -> Iterator[tuple[str, str]]:
    """System and code of whatever a token can be about."""
    if isinstance(value, bool):
        yield "", str(value).lower()
    elif isinstance(value, str):
        yield "", value
    elif "coding" in value:
        for coding in value["coding"]:
            yield from tokens(coding)
    elif "code" in value or "value" in value:
        yield value.get("system", ""), value.get("code", value.get("value"))


def is_token(value: Json, asked: str) -> bool:
    """``code``, ``system|code``, ``|code``, ``system|``; the case of a code does not matter."""
    system, bar, code = asked.rpartition("|")
    return any((not bar or has == system) and (not code or text.lower() == code.lower()) for has, text in tokens(value))


def plain(text: str) -> str:
    """Without case and without the accents that the tests use."""
    return text.lower().translate(str.maketrans("äéöüñ", "aeoun"))


def strings(value: Json) -> Iterator[str]:
    """Every text inside a string, a HumanName or an Address."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            if name not in ("use", "type", "period", "extension"):
                yield from strings(each)


def is_text(value: Json, asked: str, modifier: str = "") -> bool:
    """A string that starts so, that contains it, or that is it."""
    ways: dict[str, Callable[[str], bool]] = {
        "": lambda has: plain(has).startswith(plain(asked)),
        "contains": lambda has: plain(asked) in plain(has),
        "exact": lambda has: has == asked,
    }
    return any(ways[modifier](text) for text in strings(value))


def points_to(value: Json, asked: str, base: str = "") -> bool:
    """A Reference to an id of any type, to ``Type/id``, or to a URL."""
    text = value if isinstance(value, str) else value.get("reference", "")
    text = text.removeprefix(f"{base}/") if base else text
    asked = asked.removeprefix(f"{base}/") if base else asked
    return text == asked or ("/" not in asked and text.rpartition("/")[2] == asked and text.count("/") == 1)


def is_quantity(value: Json, asked: str) -> bool:
    """``ge5.4|system|code``: https://hl7.org/fhir/R4/search.html#quantity."""
    number, system, unit = [*asked.split("|"), "", ""][:3]
    prefix, digits = (number[:2], number[2:]) if number[:2].isalpha() else ("eq", number)
    has, wanted = Fraction(str(value["value"])), Fraction(digits)
    half = Fraction(1, 2 * 10 ** len(digits.partition(".")[2]))
    near = wanted - half <= has < wanted + half
    compared = {
        "eq": near, "ne": not near, "gt": has > wanted, "lt": has < wanted, "ge": has >= wanted, "le": has <= wanted,
        "sa": has > wanted, "eb": has < wanted,
        "ap": wanted - abs(wanted) / 10 <= has < wanted + abs(wanted) / 10,
    }[prefix]  # fmt: skip
    if system:
        return compared and value.get("system") == system and (not unit or value.get("code") == unit)
    return compared and (not unit or unit in (value.get("code"), value.get("unit")))


MATCHES: dict[str, Callable[[Json, str], bool]] = {
    "token": is_token,
    "string": is_text,
    "date": is_in_time,
    "reference": points_to,
    "quantity": is_quantity,
}
"""By the type of the parameter: whether one value is what was asked for."""


def asked_for(value: Json, kind: str) -> str:
    """A search value that finds this value: a code with its system, a day, an id, part of a name; or nothing."""
    if kind == "token":
        system, code = next(tokens(value), ("", ""))
        return f"{escaped(system)}|{escaped(code)}" if system else escaped(code)
    if kind == "date":
        start = "" if isinstance(value, str) else str(value.get("start", ""))[:10]
        return value[:10] if isinstance(value, str) else f"ge{start}" if start else ""
    if kind == "reference" and isinstance(value, str):
        return value
    if kind == "reference":
        return str(value.get("reference", "")).rpartition("/")[2] if isinstance(value, dict) else ""
    return escaped(next((text for text in strings(value) if text), "")) if kind == "string" else ""


def escaped(text: str) -> str:
    """What has a meaning in a search value, without it: https://hl7.org/fhir/R4/search.html#escaping."""
    return re.sub(r"([\\,|$])", r"\\\1", text)
