"""The body of an operation by POST, a Parameters resource, as the (name, value) pairs that a query would have.

https://hl7.org/fhir/R4/operations.html#request: parameters of simple types mean the same in both.
"""

import json
from typing import Any

from mock_athena.errors import BadRequest, UnsupportedMediaType

_MEDIA = ("application/fhir+json", "application/json")
_TEXTS = (
    "valueString",
    "valueInstant",
    "valueCode",
    "valueUri",
    "valueCanonical",
    "valueDate",
    "valueDateTime",
    "valueId",
)

_PARTS = (("valueReference", "reference"), ("valueCoding", "code"))

_LITERALS = ("valueBoolean", "valueInteger")

Pair = tuple[str, str]


def parameter_pairs(body: bytes, content_type: str) -> list[Pair]:
    """The parameters of the body, in order; one that carries no text, no reference and no code has an empty value.

    Raises:
        UnsupportedMediaType: the body is not FHIR JSON.
        BadRequest: it is not a Parameters resource.
    """
    if content_type.partition(";")[0].strip().lower() not in _MEDIA:
        message = f"Content-Type {content_type or 'is missing'}: expected {' or '.join(_MEDIA)} with a Parameters"
        raise UnsupportedMediaType(message, expression=["Content-Type"])
    try:
        resource = json.loads(body)
    except (ValueError, RecursionError) as error:  # the latter by brackets in brackets
        message = f"the body is not JSON that can be read ({error}); expected a Parameters resource"
        raise BadRequest(message) from None
    if not isinstance(resource, dict) or resource.get("resourceType") != "Parameters":
        came = resource.get("resourceType", "no resourceType") if isinstance(resource, dict) else "no JSON object"
        message = f"expected a Parameters resource, and there came {came}"
        raise BadRequest(message)
    return _pairs(resource.get("parameter", []))


def _pairs(parameters: Any) -> list[Pair]:
    if not isinstance(parameters, list):
        message = "Parameters.parameter must be a list"
        raise BadRequest(message, expression=["Parameters.parameter"])
    return [_pair(parameter, f"Parameters.parameter[{place}]") for place, parameter in enumerate(parameters)]


def _within(parameter: dict[str, Any]) -> Any:
    """What a Reference or a Coding says, where there is one."""
    for value, part in _PARTS:
        if isinstance(parameter.get(value), dict):
            return parameter[value].get(part, "")
    return ""


def _pair(parameter: Any, place: str) -> Pair:
    if not isinstance(parameter, dict) or not isinstance(parameter.get("name"), str):
        message = f"{place} must be an object with a name"
        raise BadRequest(message, expression=[place])
    literal = next((parameter[name] for name in _LITERALS if name in parameter), None)
    if isinstance(literal, bool | int):
        return parameter["name"], json.dumps(literal)
    text = next((parameter[name] for name in _TEXTS if name in parameter), _within(parameter))
    if not isinstance(text, str):
        message = f"{place} ({parameter['name']}): the value must be a text"
        raise BadRequest(message, expression=[place])
    return parameter["name"], text
