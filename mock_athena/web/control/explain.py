"""``/_mock/explain``: what a token may do, and what would become of a request with it, which is not made."""

from typing import Any

from flask import Blueprint, Response, request

from mock_athena.auth.discovery import TOKEN_PATH
from mock_athena.errors import ControlError
from mock_athena.web.answers import json_answer
from mock_athena.web.control.body import json_object
from mock_athena.web.exchange import current_exchange
from mock_athena.web.world import World

_NAMES = ("token", "request")
_OF_REQUEST = ("method", "path", "headers", "body")


def add_explain(views: Blueprint, world: World) -> None:
    """Explain a token, and a request."""

    @views.post("/explain")
    def explain() -> Response:
        """What a token is and may do, and what would become of a request with it. The request is not made.

        Body: ``token`` (an access token or a client assertion), and ``request`` if you like: ``method`` (``GET``),
        ``path`` (or a URL), ``headers``, ``body`` (without the body of a write, its right alone is asked for). Answers
        ``token`` (``kind``, ``good``, ``why``, ``client_id``, ``context``, ``patient``, ``user``, ``may_see``,
        ``issued``, ``expires``, ``expires_in``, ``scopes`` with ``means`` and ``allows``) and ``request`` (``allowed``,
        ``status``, ``rule``, ``why``; ``missing`` with ``scope``, ``letter`` and ``type``; ``quota`` with
        ``next_admissible``, ``wait`` and ``remaining``).
        """
        from mock_athena.auth.explained import explained  # most runs never need it

        sent = json_object()
        _only(sent, _NAMES, "the body")
        token = _text(sent, "token", "the access token, or a client assertion")
        origin = current_exchange().origin
        told: dict[str, Any] = {"token": explained(token, world.authorization, world.clock, origin + TOKEN_PATH)}
        if sent.get("request") is not None:
            told["request"] = _request(world, token, sent["request"])
        return json_answer(told, pretty=True)


def _request(world: World, token: str, sent: Any) -> dict[str, Any]:
    from mock_athena.web.explanation import (  # most runs never need it
        A_URL,
        METHODS,
        checked_method,
        checked_url,
        explained_request,
    )
    from mock_athena.web.rehearsal import Request

    if not isinstance(sent, dict):
        message = f"request: expected an object with {', '.join(_OF_REQUEST)}"
        raise ControlError(message)
    _only(sent, _OF_REQUEST, "request")
    method = checked_method(_text(sent, "method", "one of " + ", ".join(METHODS)) if "method" in sent else "GET")
    headers = sent.get("headers") or {}
    if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
        message = 'request.headers: expected an object of texts, such as {"Accept": "application/fhir+json"}'
        raise ControlError(message)
    asked = Request(method, checked_url(_text(sent, "path", A_URL)), headers, sent.get("body"))
    return explained_request(world, token, asked, request.host)


def _text(sent: dict[str, Any], name: str, expected: str) -> str:
    value = sent.get(name)
    if not isinstance(value, str) or not value.strip():
        message = f"{name}: expected {expected}"
        raise ControlError(message)
    return value.strip()


def _only(sent: dict[str, Any], names: tuple[str, ...], where: str) -> None:
    unknown = sorted(set(sent) - set(names))
    if unknown:
        message = f"{where} has no {', '.join(unknown)}; expected {', '.join(names)}"
        raise ControlError(message)
