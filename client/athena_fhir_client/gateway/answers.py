"""Answers, each held to its schema before it is sent."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from athena_fhir_client.gateway.schemas import check_answer
from athena_fhir_client.texts import json_text


def success(schema: str, data: Any, status: int = 200) -> Response:
    """``{"success": true, "data": …}``."""
    return answer(schema, {"success": True, "data": data}, status)


def answer(schema: str, body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer.

    Raises:
        BadAnswer: it does not fit; it must not be sent.
    """
    check_answer(schema, body)
    text = json_text(body)
    told = {"Cache-Control": "no-store", **(headers or {})}
    return Response(text, status, told, content_type="application/json")
