"""``/_mock/tokens``: whose access tokens there are, and their end. No token is ever told, only its ``jti``."""

from typing import Any

from flask import Blueprint, Response

from mock_athena.auth.revocations import How
from mock_athena.auth.server import AuthorizationServer
from mock_athena.auth.tokens import ListedToken
from mock_athena.errors import ControlError
from mock_athena.fhir.instants import instant
from mock_athena.web.answers import json_answer
from mock_athena.web.control.body import json_object
from mock_athena.web.world import World

_NAMES = ("token_id", "token", "client_id", "session")


def add_tokens(views: Blueprint, world: World) -> None:
    """List tokens; let some of them expire, or revoke them."""

    @views.get("/tokens")
    def tokens() -> Response:
        """The latest access tokens that have not expired, without the tokens themselves.

        Each has ``token_id``, ``client_id``, ``user``, ``patient``, ``scope``, ``session``, ``issued``, ``expires``.
        """
        listed = world.authorization.tokens.listed()
        return json_answer({"tokens": [_described(id, told) for id, told in listed.items()]}, pretty=True)

    @views.post("/tokens/expire")
    def expire() -> Response:
        """Let access tokens expire now.

        Body, one of: ``{"token_id": …}``, ``{"token": …}``, ``{"client_id": …}``, ``{"session": …}``. Answers how many
        ``ended``.
        """
        return json_answer({"ended": _end(world.authorization, "expired", json_object())})

    @views.post("/tokens/revoke")
    def revoke() -> Response:
        """Revoke access tokens, and with those of a client or a session what would refresh them.

        Body and answer as for ``expire``.
        """
        return json_answer({"ended": _end(world.authorization, "revoked", json_object())})


def _described(id: str, told: ListedToken) -> dict[str, Any]:
    return {
        "token_id": id,
        "client_id": told["client_id"],
        "user": told["fhirUser"],
        "patient": told["patient"],
        "scope": told["scope"],
        "session": told["sid"],
        "issued": instant(told["issued"] * 10**6),
        "expires": instant(told["expires"] * 10**6),
    }


def _end(authorization: AuthorizationServer, how: How, sent: dict[str, Any]) -> int:
    """How many access tokens ended."""
    name, value = _wish(sent)
    if name in ("client_id", "session"):
        return authorization.end_tokens(how, **{name: value})
    token_id = value if name == "token_id" else (authorization.tokens.claims(value) or {}).get("jti")
    if token_id is None:
        message = "token is none that is good at this moment"
        raise ControlError(message, status=404)
    authorization.end_token(token_id, how)
    return 1


def _wish(sent: dict[str, Any]) -> tuple[str, str]:
    given = [(name, value) for name, value in sent.items() if name in _NAMES and isinstance(value, str)]
    if len(given) != 1 or len(sent) != 1:
        expected = f'one of {", ".join(_NAMES)} with a text, such as {{"client_id": "mock-client"}}'
        message = f"which tokens is not clear from {', '.join(sent) or 'nothing'}: expected {expected}"
        raise ControlError(message)
    return given[0]
