"""Holds every request and every answer to its JSON Schema, ``schemas/*.json``.

https://json-schema.org/draft/2020-12. A request that does not fit is refused in words; an answer that does not fit is
our mistake, and is not sent.
"""

import json
import re
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError, best_match

from athena_fhir_client.service.errors import InvalidRequest

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")

FORMATS = FormatChecker(formats=())


@FORMATS.checks("date-time")
def _is_instant(value: object) -> bool:
    if not isinstance(value, str):
        return True
    try:
        return bool(_RFC3339.fullmatch(value)) and bool(datetime.fromisoformat(value))
    except ValueError:
        return False


@FORMATS.checks("uri")
def _is_url(value: object) -> bool:
    return not isinstance(value, str) or bool(urlsplit(value).scheme and urlsplit(value).netloc)


class BadAnswer(Exception):
    """Our own answer does not fit its schema."""


@cache
def validator(name: str) -> Draft202012Validator:
    """Of ``schemas/{name}.json``."""
    text = files("athena_fhir_client.gateway").joinpath("schemas", f"{name}.json").read_text(encoding="utf-8")
    schema = json.loads(text)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=FORMATS)


def check_request(name: str, body: Any) -> dict[str, Any]:
    """The body, if it fits.

    Raises:
        InvalidRequest: which value, what came and what was expected.
    """
    error = best_match(validator(name).iter_errors(body))
    if error is not None:
        raise InvalidRequest(_in_words(error))
    told: dict[str, Any] = body
    return told


def check_answer(name: str, body: Any) -> None:
    """Raises :class:`BadAnswer` if it does not fit."""
    error = best_match(validator(name).iter_errors(body))
    if error is not None:
        raise BadAnswer(f"{name}: {_in_words(error)}")


def _in_words(error: ValidationError) -> str:
    place = ".".join(map(str, error.absolute_path)) or "the body"
    if error.validator == "format" and error.validator_value == "date-time":
        return f"{place}: {error.instance!r} is no instant; expected such as 2024-01-01T00:00:00Z"
    if error.validator == "additionalProperties":
        known = ", ".join(error.schema["properties"])  # type: ignore[index]
        return f"{place}: {error.message}; expected some of {known}"
    return f"{place}: {error.message}"
