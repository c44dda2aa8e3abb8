"""Resources to and from JSON, each decimal with the digits that it was written with.

``1.10`` and ``1.1`` are different measurements: https://hl7.org/fhir/R4/datatypes.html#decimal. What is decoded here
has decimals as :class:`~decimal.Decimal`, and they are encoded digit by digit.
"""

import json
from decimal import Decimal
from typing import Any

import orjson

MOST_LEVELS = 100
"""Objects and lists within each other; R4's own need a dozen, and every reader of JSON gives up somewhere."""

# What orjson would write that JSON readers would not read back as the same.
_OPTIONS = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS


def decoded(text: bytes) -> Any:
    """A JSON value whose numbers with a fraction or an exponent are decimals.

    Raises:
        ValueError: it is not JSON; ``NaN`` and ``Infinity`` are not either.
    """
    return json.loads(text, parse_float=Decimal, parse_constant=_no_number)


def glanced(text: bytes) -> Any:
    """A JSON value to look into, read as fast as can be: its decimals may have lost digits.

    Raises:
        ValueError: it is not JSON.
    """
    try:
        return orjson.loads(text)
    except ValueError:  # numbers beyond any float
        return decoded(text)


def encoded(resource: dict[str, Any]) -> bytes:
    """A resource on one line, as it is stored and served.

    Raises:
        ValueError: a number that JSON does not have, a text that is no Unicode, or too many levels.
    """
    try:
        text = orjson.dumps(resource, default=_digits, option=_OPTIONS)
    except TypeError as error:
        # Whole numbers beyond 64 bits, and whatever is to be refused with better words.
        text = _encoded_slowly(resource, error)
    if b"null" in text:
        _require_numbers(resource)
    require_levels(text, resource)
    return text


def require_levels(text: bytes, value: Any) -> None:
    """Refuse what is nested deeper than :data:`MOST_LEVELS`.

    Args:
        text: the value as JSON; most have fewer brackets than that in all, which is seen at once.

    Raises:
        ValueError: it is.
    """
    if text.count(b"{") + text.count(b"[") > MOST_LEVELS and _is_deeper(value, MOST_LEVELS):
        message = f"it is nested more than {MOST_LEVELS} levels deep"
        raise ValueError(message)


def _is_deeper(value: Any, levels: int) -> bool:
    """Whether objects and lists are within each other more than ``levels`` times; goes no deeper to find out."""
    if not isinstance(value, dict | list):
        return False
    if not levels:
        return True
    parts = value.values() if isinstance(value, dict) else value
    return any(_is_deeper(part, levels - 1) for part in parts if isinstance(part, dict | list))


def _digits(value: object) -> Any:
    if isinstance(value, Decimal) and value.is_finite():
        return orjson.Fragment(str(value))
    raise _no_value(value)


def _no_value(value: object) -> ValueError:
    return ValueError(f"{value!r} is no JSON value")


def _no_number(word: str) -> Any:
    message = f"{word} is no JSON number"
    raise ValueError(message)


def _encoded_slowly(resource: dict[str, Any], error: TypeError) -> bytes:
    if isinstance(error.__cause__, ValueError):
        raise error.__cause__ from None
    if _is_deeper(resource, MOST_LEVELS):
        message = f"it is nested more than {MOST_LEVELS} levels deep"
        raise ValueError(message) from None
    try:
        return orjson.dumps(_fragmented(resource), default=_digits, option=_OPTIONS)
    except TypeError as refused:
        raise ValueError(str(refused)) from None


def _fragmented(value: Any) -> Any:
    """The value, with each whole number that orjson does not take as its digits."""
    if isinstance(value, dict):
        return {name: _fragmented(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_fragmented(part) for part in value]
    if type(value) is int and value.bit_length() > 63:
        return orjson.Fragment(str(value))
    return value


def _require_numbers(resource: dict[str, Any]) -> None:
    """Refuse NaN and the infinities, which orjson writes as null."""
    json.dumps(resource, allow_nan=False, default=str)
