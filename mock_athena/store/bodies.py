"""Resources to and from JSON, each decimal with the digits that it was written with.

``1.10`` and ``1.1`` are different measurements: https://hl7.org/fhir/R4/datatypes.html#decimal. Python's encoder knows
no decimals, so they pass it as marked texts, and the marks are taken off the result.
"""

import json
import re
import secrets
from decimal import Decimal
from typing import Any

# Not to be guessed, so that no text of a resource is ever taken for a decimal.
_MARK = f"decimal-{secrets.token_hex(16)}:"
_MARKED = re.compile(f'"{_MARK}([^"]*)"')


def decoded(text: bytes) -> Any:
    """A JSON value whose numbers with a fraction or an exponent are decimals.

    Raises:
        ValueError: it is not JSON; ``NaN`` and ``Infinity`` are not either.
    """
    return json.loads(text, parse_float=Decimal, parse_constant=_no_number)


def encoded(resource: dict[str, Any]) -> bytes:
    """A resource on one line, as it is stored and served.

    Raises:
        ValueError: a number that JSON does not have, or a text that is no Unicode.
    """
    text = json.dumps(resource, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_marked)
    return (_MARKED.sub(r"\1", text) if _MARK in text else text).encode()


def _no_number(word: str) -> Any:
    message = f"{word} is no JSON number"
    raise ValueError(message)


def _marked(value: object) -> str:
    if isinstance(value, Decimal) and value.is_finite():
        return _MARK + str(value)
    message = f"{value!r} is no JSON value"
    raise ValueError(message)
