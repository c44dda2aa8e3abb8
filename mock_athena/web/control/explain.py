"""``/_mock/explain``: what a token may do, and what would become of a request with it, which is not made."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, request

from mock_athena.auth.discovery import TOKEN_PATH
from mock_athena.clock import NANOSECONDS, Clock
from mock_athena.errors import ControlError, InsufficientScope, shortened
from mock_athena.fhir.instants import instant
from mock_athena.web.answers import json_answer
from mock_athena.web.control.body import json_object
from mock_athena.web.exchange import current_exchange
from mock_athena.web.world import World

if TYPE_CHECKING:
    from mock_athena.ratelimit import Decision
    from mock_athena.web.rehearsal import Rehearsed

_NAMES = ("token", "request")
_OF_REQUEST = ("method", "path", "headers", "body")
_A_URL = "a path such as /fhir/r4/Patient, or a URL"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


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
    from mock_athena.web.rehearsal import Request, rehearsed  # most runs never need it

    if not isinstance(sent, dict):
        message = f"request: expected an object with {', '.join(_OF_REQUEST)}"
        raise ControlError(message)
    _only(sent, _OF_REQUEST, "request")
    method = (_text(sent, "method", "one of " + ", ".join(METHODS)) if "method" in sent else "GET").upper()
    if method not in METHODS:
        message = f"request.method: expected one of {', '.join(METHODS)}, not {shortened(method, 20)!r}"
        raise ControlError(message)
    headers = sent.get("headers") or {}
    if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
        message = 'request.headers: expected an object of texts, such as {"Accept": "application/fhir+json"}'
        raise ControlError(message)
    asked = Request(method, _url(sent), headers, sent.get("body"))
    found = rehearsed(world, asked, token, request.host)
    return _told(found, asked.method, world.clock)


def _told(found: "Rehearsed", method: str, clock: Clock) -> dict[str, Any]:
    from mock_athena.web.rehearsal import rule_of

    exchange, refusal, standing = found.exchange, found.refusal, found.standing
    waits = standing is not None and not standing.allowed
    told: dict[str, Any] = {
        "method": method,
        "path": exchange.path,
        "environment": exchange.environment,
        "allowed": refusal is None and not waits,
        "status": 429 if waits and not exchange.unauthenticated else found.status,
        "rule": "rate limit" if waits else rule_of(refusal) if refusal else None,
        "why": _why(found, waits=waits),
    }
    if isinstance(refusal, InsufficientScope):
        told["missing"] = {"scope": refusal.scope, "letter": refusal.letter, "type": refusal.type}
    if exchange.cost:
        told["quota"] = _quota(standing, clock)
    return told


def _why(found: "Rehearsed", *, waits: bool) -> str:
    from mock_athena.web.rehearsal import RUN

    refusal, limited = found.refusal, "the quota is used up; see quota.next_admissible" if waits else ""
    if refusal is None:
        if limited:
            return limited
        if found.exchange.route not in RUN:
            return "this path takes no access token, and was not tried"
        return "it would be carried out" + ("" if found.whole else ", as far as can be told without its body")
    reason = "" if refusal.reason == refusal.message else f" (not told to the caller: {refusal.reason})"
    return f"{limited + '; and then: ' if limited else ''}{refusal.message}{reason}"


def _quota(standing: "Decision | None", clock: Clock) -> dict[str, Any]:
    """When one more request of this quota is admitted, and what is left of each limit."""
    if standing is None:
        return {"next_admissible": instant(clock.now() // 1000), "wait": 0.0, "remaining": {}}
    return {
        "next_admissible": instant(-(-(standing.instant + standing.wait) // 1000)),
        "wait": standing.wait / NANOSECONDS,
        "remaining": {allowance.name: allowance.remaining for allowance in standing.allowances},
    }


def _text(sent: dict[str, Any], name: str, expected: str) -> str:
    value = sent.get(name)
    if not isinstance(value, str) or not value.strip():
        message = f"{name}: expected {expected}"
        raise ControlError(message)
    return value.strip()


def _url(sent: dict[str, Any]) -> str:
    text = _text(sent, "path", _A_URL)
    try:
        urlsplit(text)
        understood = text.startswith(("/", "http://", "https://"))
    except ValueError:  # such as http://[::1
        understood = False
    if not understood:
        message = f"path: expected {_A_URL}, not {shortened(text)!r}"
        raise ControlError(message)
    return text


def _only(sent: dict[str, Any], names: tuple[str, ...], where: str) -> None:
    unknown = sorted(set(sent) - set(names))
    if unknown:
        message = f"{where} has no {', '.join(unknown)}; expected {', '.join(names)}"
        raise ControlError(message)
