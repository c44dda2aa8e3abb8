"""What would become of a request with a token, in words and figures: for the control API and for the console."""

from typing import Any
from urllib.parse import urlsplit

from mock_athena.clock import NANOSECONDS, Clock
from mock_athena.errors import ControlError, InsufficientScope, shortened
from mock_athena.fhir.instants import instant
from mock_athena.ratelimit import Decision
from mock_athena.web.rehearsal import RUN, Rehearsed, Request, rehearsed, rule_of
from mock_athena.web.world import World

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
A_URL = "a path such as /fhir/r4/Patient, or a URL"


def explained_request(world: World, token: str, asked: Request, host: str) -> dict[str, Any]:
    """Whether it would be carried out, and why not; it is not made.

    Args:
        host: the ``Host`` that it would be sent to.
    """
    return _told(rehearsed(world, asked, token, host), asked.method, world.clock)


def checked_method(text: str) -> str:
    """A method that can be explained.

    Raises:
        ControlError: it is another.
    """
    method = text.upper()
    if method not in METHODS:
        message = f"request.method: expected one of {', '.join(METHODS)}, not {shortened(method, 20)!r}"
        raise ControlError(message)
    return method


def checked_url(text: str) -> str:
    """A path or URL that can be explained.

    Raises:
        ControlError: it is none.
    """
    try:
        urlsplit(text)
        understood = text.startswith(("/", "http://", "https://"))
    except ValueError:  # such as http://[::1
        understood = False
    if not understood:
        message = f"path: expected {A_URL}, not {shortened(text)!r}"
        raise ControlError(message)
    return text


def _told(found: Rehearsed, method: str, clock: Clock) -> dict[str, Any]:
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


def _why(found: Rehearsed, *, waits: bool) -> str:
    refusal, limited = found.refusal, "the quota is used up; see quota.next_admissible" if waits else ""
    if refusal is None:
        if limited:
            return limited
        if found.exchange.route not in RUN:
            return "this path takes no access token, and was not tried"
        return "it would be carried out" + ("" if found.whole else ", as far as can be told without its body")
    reason = "" if refusal.reason == refusal.message else f" (not told to the caller: {refusal.reason})"
    return f"{limited + '; and then: ' if limited else ''}{refusal.message}{reason}"


def _quota(standing: Decision | None, clock: Clock) -> dict[str, Any]:
    """When one more request of this quota is admitted, and what is left of each limit."""
    if standing is None:
        return {"next_admissible": instant(clock.now() // 1000), "wait": 0.0, "remaining": {}}
    return {
        "next_admissible": instant(-(-(standing.instant + standing.wait) // 1000)),
        "wait": standing.wait / NANOSECONDS,
        "remaining": {allowance.name: allowance.remaining for allowance in standing.allowances},
    }
