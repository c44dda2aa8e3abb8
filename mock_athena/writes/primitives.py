"""Whether a JSON value is one of FHIR's primitive types: https://hl7.org/fhir/R4/datatypes.html#primitive."""

import json
import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from mock_athena.errors import shortened
from mock_athena.fhir.instants import parse

_LARGEST_INTEGER = 2**31 - 1
_LONGEST_STRING = 1024 * 1024
_DATE = r"\d{4}(-\d\d(-\d\d)?)?"
_TIME = r"\d\d:\d\d:\d\d(\.\d+)?"
_ZONE = r"(Z|[+-]\d\d:\d\d)"


def _texts(expected: str, pattern: str) -> Callable[[Any], str]:
    compiled = re.compile(pattern, re.ASCII)

    def problem(value: Any) -> str:
        return "" if isinstance(value, str) and compiled.fullmatch(value) else expected

    return problem


def _dates(expected: str, pattern: str) -> Callable[[Any], str]:
    looks_wrong = _texts(expected, pattern)

    def problem(value: Any) -> str:
        if looks_wrong(value):
            return expected
        try:
            parse(value)
        except ValueError as error:
            return f"{expected} ({error})"
        return ""

    return problem


def _text(value: Any) -> str:
    if isinstance(value, str) and value.strip() and len(value) <= _LONGEST_STRING:
        return ""
    return "a text that is not empty"


def _whole(least: int) -> Callable[[Any], str]:
    def problem(value: Any) -> str:
        whole = isinstance(value, int) and not isinstance(value, bool) and least <= value <= _LARGEST_INTEGER
        return "" if whole else f"a whole number from {least} to {_LARGEST_INTEGER}, without quotes"

    return problem


def _decimal(value: Any) -> str:
    number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    return "" if number else "a number, without quotes"


def _boolean(value: Any) -> str:
    return "" if isinstance(value, bool) else "true or false, without quotes"


def _base64(value: Any) -> str:
    expected = "base64"
    if not isinstance(value, str):
        return expected
    try:
        b64decode("".join(value.split()), validate=True)
    except ValueError:
        return expected
    return "" if value.strip() else expected


_uri = _texts("a URI without spaces", r"\S+")

_CHECKS: Mapping[str, Callable[[Any], str]] = MappingProxyType(
    {
        "boolean": _boolean,
        "integer": _whole(-_LARGEST_INTEGER - 1),
        "unsignedInt": _whole(0),
        "positiveInt": _whole(1),
        "decimal": _decimal,
        "string": _text,
        "markdown": _text,
        "xhtml": _texts('XHTML in a div: <div xmlns="http://www.w3.org/1999/xhtml">…</div>', r"(?s)\s*<div[\s>/].*"),
        "code": _texts("a code: no spaces at its ends, none twice", r"[^\s]+(\s[^\s]+)*"),
        "id": _texts("an id: 1 to 64 letters, digits, '-' and '.'", r"[A-Za-z0-9\-.]{1,64}"),
        "uri": _uri,
        "url": _uri,
        "canonical": _uri,
        "oid": _texts("an OID such as urn:oid:1.2.3", r"urn:oid:[0-2](\.(0|[1-9][0-9]*))+"),
        "uuid": _texts("a UUID such as urn:uuid:c757873d-ec9a-4326-a141-556f43239520", r"urn:uuid:[0-9a-fA-F-]{36}"),
        "base64Binary": _base64,
        "date": _dates("a date: YYYY, YYYY-MM or YYYY-MM-DD", _DATE),
        "dateTime": _dates(
            "a date, or a time with seconds and an offset, such as 2026-01-31T10:00:00Z",
            f"{_DATE}|\\d{{4}}-\\d\\d-\\d\\dT{_TIME}{_ZONE}",
        ),
        "instant": _dates("an instant such as 2026-01-31T10:00:00.000Z", f"\\d{{4}}-\\d\\d-\\d\\dT{_TIME}{_ZONE}"),
        "time": _texts("a time of day: hh:mm:ss", r"([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?"),
    }
)

PRIMITIVES = frozenset(_CHECKS)


def problem_of(type: str, value: Any) -> str:
    """What is wrong with a value of a primitive type, and what was expected; empty if it is one."""
    expected = _CHECKS[type](value)
    return f"{_shown(value)} is no {type}: expected {expected}" if expected else ""


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    return shortened(json.dumps(value, ensure_ascii=False, default=str), 60)
