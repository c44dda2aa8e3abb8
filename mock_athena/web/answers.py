"""Answers that views give when all went well."""

import json
from typing import Any

from flask import Response

from mock_athena.web.refuse import FHIR_JSON, JSON


def fhir_answer(body: bytes, headers: dict[str, str] | None = None, status: int = 200) -> Response:
    """A FHIR resource or Bundle as bytes."""
    # All headers at once: Werkzeug checks them anew with every later change.
    return Response(body, status, [("Content-Type", FHIR_JSON), *(headers or {}).items()])


def json_answer(value: Any, status: int = 200, *, pretty: bool = False) -> Response:
    """Any JSON value."""
    body = json.dumps(value, ensure_ascii=False, indent=2 if pretty else None) + "\n"
    return Response(body.encode(errors="replace"), status, content_type=JSON)
