"""The body of a request that writes: FHIR's JSON, and nothing else."""

from typing import Any

from flask import request

from mock_athena.errors import UnsupportedMediaType, shortened
from mock_athena.fhir.resource import Resource
from mock_athena.writes.decoding import decoded, decoded_resource

_FHIR = ("application/fhir+json", "application/json", "application/json+fhir", "text/json")
_PATCH = ("application/json-patch+json",)
_CHARSETS = ("utf-8", "utf8", "us-ascii")


def resource_body() -> Resource:
    """The resource in the body.

    Raises:
        UnsupportedMediaType: it is declared as anything but JSON in UTF-8. BadRequest: it is no JSON resource.
    """
    _require_type(_FHIR, "a resource")
    return decoded_resource(request.get_data(cache=False))


def patch_body() -> Any:
    """The JSON Patch in the body; the same."""
    _require_type(_PATCH, "a JSON Patch")
    return decoded(request.get_data(cache=False))


def _require_type(expected: tuple[str, ...], what: str) -> None:
    sent = request.content_type or ""
    if request.mimetype not in expected:
        hint = "; XML is not supported" if "xml" in request.mimetype else ""
        message = f"Content-Type: {shortened(sent, 100) or 'missing'}; {what} is sent as {expected[0]}{hint}"
        raise UnsupportedMediaType(message)
    charset = request.mimetype_params.get("charset", "utf-8")
    if charset.lower() not in _CHARSETS:
        message = f"Content-Type: charset {shortened(charset, 40)} is not supported; FHIR's JSON is UTF-8"
        raise UnsupportedMediaType(message)
