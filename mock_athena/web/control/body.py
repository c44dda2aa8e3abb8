"""The JSON body of a control request."""

import json
from collections.abc import Mapping
from decimal import Decimal
from math import isfinite
from typing import Any

from flask import request

from mock_athena.errors import ControlError, shortened


def json_object(*, exact: bool = False) -> dict[str, Any]:
    """The request's body, whatever media type it came as.

    Args:
        exact: numbers with a fraction come as decimals, with every digit that was sent.

    Raises:
        ControlError: it is not a JSON object, or holds a number that cannot be told again.
    """
    try:
        sent = request.get_data(cache=False) or b"null"
        value = json.loads(sent, parse_float=_decimal if exact else _finite, parse_constant=_finite)
    except (ValueError, RecursionError) as error:
        message = f"the body is not JSON ({error})"
        raise ControlError(message) from None
    if not isinstance(value, dict):
        message = f"expected a JSON object in the body, not {'nothing' if value is None else type(value).__name__}"
        raise ControlError(message)
    return value


def require_only(sent: Mapping[str, Any], *known: str) -> None:
    """Refuse what is not known.

    Raises:
        ControlError: names it.
    """
    unknown = sorted(set(sent) - set(known))
    if unknown:
        message = f"unknown: {shortened(', '.join(unknown))}; expected {', '.join(known) or 'nothing'}"
        raise ControlError(message)


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except ArithmeticError:  # a decimal's exponent has an end as well
        message = f"{shortened(text, 30)} is beyond all numbers"
        raise ValueError(message) from None


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        message = f"{shortened(text, 30)} is no number of JSON, or too large"
        raise ValueError(message)
    return number
