"""What a token says, whether that is to be believed, and what would become of a request with it."""

import json
from typing import Any, NamedTuple

from flask import request

from mock_athena.auth.discovery import TOKEN_PATH
from mock_athena.auth.explained import explained
from mock_athena.auth.unverified import unverified
from mock_athena.auth.wording import in_words
from mock_athena.clock import NANOSECONDS
from mock_athena.web.console.console import Console
from mock_athena.web.console.words import at_and_from_now
from mock_athena.web.explanation import checked_method, checked_url, explained_request
from mock_athena.web.rehearsal import Request

_TIMES = ("iat", "exp", "nbf", "auth_time")
_LATEST = 253_402_300_800  # 10000-01-01T00:00:00Z, in seconds since 1970
_SHOWN = (
    ("client_id", "Client"),
    ("context", "Who"),
    ("user", "User"),
    ("patient", "Patient"),
    ("may_see", "May see"),
    ("practice", "Practice"),
    ("encounter", "Encounter"),
    ("session", "Session"),
)


class Claim(NamedTuple):
    """One member of a JWT: its value as JSON, and what it means, where that is not plain."""

    name: str
    value: str
    means: str


class Inspection(NamedTuple):
    """What is shown of a token.

    Attributes:
        kind, good, why: what it is, whether it is accepted now, and why (not). facts: what else is known of it.
        scopes: text, words, and the requests that are allowed, of each. request: see
            :func:`mock_athena.web.explanation.explained_request`; None where none was asked about.
    """

    kind: str
    good: bool
    why: str
    facts: list[tuple[str, str]]
    header: list[Claim]
    claims: list[Claim]
    scopes: list[tuple[str, str, list[str]]]
    request: dict[str, Any] | None

    @property
    def article(self) -> str:
        """What stands before the kind."""
        if self.kind.startswith(("a ", "no ")):
            return ""
        return "an " if self.kind[0] in "aI" else "a "


def inspected(console: Console, token: str, method: str, path: str) -> Inspection:
    """Everything that can be said of it.

    Raises:
        ControlError: the request is none that can be talked about.
    """
    world, said = console.world, unverified(token)
    told = explained(token, world.authorization, world.clock, console.origin + TOKEN_PATH)
    about = None
    if path:
        asked = Request(checked_method(method), checked_url(path), {})
        about = explained_request(world, token, asked, request.host)
    now = world.clock.now()
    return Inspection(
        kind=told["kind"],
        good=told["good"],
        why=told["why"],
        facts=[(name, str(told[key])) for key, name in _SHOWN if told.get(key)],
        header=[_claim(name, value, now) for name, value in (said.header if said else {}).items()],
        claims=[_claim(name, value, now) for name, value in (said.claims if said else {}).items()],
        scopes=[(each["scope"], each["means"], each["allows"]) for each in told.get("scopes", ())]
        or _scopes(said.claims if said else {}),
        request=about,
    )


def _claim(name: str, value: Any, now: int) -> Claim:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if name in _TIMES and isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _LATEST:
        return Claim(name, text, at_and_from_now(value * NANOSECONDS, now))
    return Claim(name, text, "")


def _scopes(claims: dict[str, Any]) -> list[tuple[str, str, list[str]]]:
    """Of a token that is none of ours: what it would mean."""
    scope = claims.get("scope")
    texts = scope.split()[:100] if isinstance(scope, str) else []
    return [(text, in_words(text, "the patient’s"), []) for text in texts]
