"""The JSON body of a control request."""

import json
from decimal import Decimal
from typing import Any

from flask import request

from mock_athena.errors import ControlError


def json_object() -> dict[str, Any]:
    """The request's body.

    Raises:
        ControlError: it is not a JSON object. Numbers with a fraction come as exact decimals.
    """
    try:
        value = json.loads(request.get_data(cache=False) or b"null", parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError) as error:  # a decimal's exponent has an end as well
        message = f"the body is not JSON ({error})"
        raise ControlError(message) from None
    if not isinstance(value, dict):
        message = f"expected a JSON object in the body, not {'nothing' if value is None else type(value).__name__}"
        raise ControlError(message)
    return value
