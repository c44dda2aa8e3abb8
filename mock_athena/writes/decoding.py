"""From the bytes of a body to JSON values, strictly: what could be read in two ways is refused.

https://hl7.org/fhir/R4/json.html; duplicate names: RFC 8259 §4.
"""

import json
from decimal import Decimal, InvalidOperation
from typing import Any

from mock_athena.errors import BadRequest, shortened
from mock_athena.fhir.resource import Resource
from mock_athena.store.bodies import MOST_LEVELS, encoded, require_levels


def decoded(body: bytes) -> Any:
    """The JSON value of a body; numbers with a fraction are decimals, digit by digit.

    Raises:
        BadRequest: it is not UTF-8 or not JSON, an object has a name twice, or it is nested too deep.
    """
    if not body:
        message = "the body is empty; expected a FHIR resource as JSON"
        raise BadRequest(message)
    try:
        text = body.decode()
        value = json.loads(text, parse_float=_decimal, parse_constant=_no_number, object_pairs_hook=_object)
        require_levels(body, value)
    except UnicodeDecodeError as error:
        message = f"the body is not UTF-8 at byte {error.start}; FHIR's JSON is UTF-8"
        raise BadRequest(message) from None
    except RecursionError:
        message = f"the body is nested more than {MOST_LEVELS} levels deep"
        raise BadRequest(message) from None
    except ValueError as error:
        message = f"the body is not JSON that can be read: {shortened(str(error))}"
        raise BadRequest(message) from None
    return value


def decoded_resource(body: bytes) -> Resource:
    """The same, for a body that must be a resource of whatever type.

    Raises:
        BadRequest: also if it is no object with a ``resourceType``, or holds half of a character.
    """
    value = decoded(body)
    if not isinstance(value, dict) or not isinstance(value.get("resourceType"), str):
        kind = "an object without resourceType" if isinstance(value, dict) else f"a JSON {type(value).__name__}"
        message = f'the body is {kind}; expected a FHIR resource, such as {{"resourceType": "Patient", …}}'
        raise BadRequest(message)
    try:
        encoded(value)
    except ValueError as error:
        message = f"the body cannot be kept as JSON: {shortened(str(error))}"
        raise BadRequest(message) from None
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        message = f"an object has the name {shortened(twice, 60)!r} more than once"
        raise ValueError(message)
    return made


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        message = f"{shortened(text, 30)} is beyond all numbers"
        raise ValueError(message) from None


def _no_number(word: str) -> Any:
    message = f"{word} is no JSON number"
    raise ValueError(message)
