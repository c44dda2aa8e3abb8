"""What a token is and what it may do, in words for whoever develops against it.

Said of any text that is sent as a token: an access token or an ID token of ours, good or not; a refresh token; the id
of a launch; a client assertion, and what is wrong with it; or none of these, and what it looks like. The text itself is
in nothing that is said.
"""

from typing import Any

from mock_athena.auth.caller import Caller
from mock_athena.auth.granular import problem_of
from mock_athena.auth.launch import LIFETIME_S
from mock_athena.auth.scopes import Scope, in_letters, parse_scope
from mock_athena.auth.server import AuthorizationServer
from mock_athena.auth.tokens import ACCESS_TOKEN_TYPE
from mock_athena.auth.wording import in_words
from mock_athena.clock import NANOSECONDS, Clock
from mock_athena.errors import OAuthError, Unauthorized
from mock_athena.fhir.instants import instant
from mock_athena.store.confinement import Part

Told = dict[str, Any]

_ALLOWS = {
    "c": ("POST {type}",),
    "r": ("GET {type}/{{id}}", "GET {type}/{{id}}/_history"),
    "u": ("PUT {type}/{{id}}", "PATCH {type}/{{id}}"),
    "d": ("DELETE {type}/{{id}}",),
    "s": ("GET {type}?…", "POST {type}/_search"),
}
_NOBODY = {
    "patient": "of nobody, since no patient is in context",
    "user": "of nobody, since nobody signed in",
}


def explained(token: str, authorization: AuthorizationServer, clock: Clock, token_url: str) -> Told:
    """Everything that can be said of a token.

    Args:
        token_url: the token endpoint, for which an assertion must be made.
    """
    try:
        caller, claims = authorization.tokens.described(token)
    except Unauthorized as refusal:
        told = None if _is_access_token(token) else _other(token, authorization, clock, token_url)
        return told or {"kind": _looks(token), "good": False, "why": refusal.reason}
    now = clock.now()
    return {
        "kind": "access token",
        "token_id": caller.token_id,
        **_verdict(token, authorization),
        "client_id": caller.client_id,
        "client_registered": authorization.clients.get(caller.client_id) is not None,
        "context": _context(caller),
        "patient": caller.patient,
        "user": caller.user,
        "may_see": None if caller.user is None else _people(caller),
        "practice": caller.practice,
        "issued": instant(claims["iat"] * 10**6) if isinstance(claims.get("iat"), int) else None,
        "expires": instant(caller.expires // 1000),
        "now": instant(now // 1000),
        "expires_in": (caller.expires - now) / NANOSECONDS,
        "clock": "the emulator's (GET /_mock/clock)",
        "scopes": [scope_told(text, caller) for text in claims["scope"].split()],
    }


def scope_told(text: str, caller: Caller) -> Told:
    """One scope in words, and the requests that it allows."""
    scope, problem = parse_scope(text), problem_of(text)
    if scope is None or problem:
        return {"scope": text, "means": f"nothing: {problem}", "allows": []}
    if not scope.context:
        return {"scope": text, "means": in_words(text), "allows": []}
    part = next((part for part in caller.reach.parts if part.scope == text), None)
    kind = "every type" if scope.type == "*" else scope.type
    only = f" with {scope.condition}" if scope.condition else ""
    whose = _whose(scope, part, caller)
    allows = [each.format(type=scope.type) for letter in scope.letters for each in _ALLOWS[letter]] if part else []
    if part and {"r", "s"} <= set(scope.letters):
        allows.append(f"$export of {kind}")
    return {"scope": text, "means": f"{in_letters(scope.letters)} on {kind}{only}, {whose}", "allows": allows}


def _whose(scope: Scope, part: Part | None, caller: Caller) -> str:
    if part is None:
        return _NOBODY[scope.context]
    if part.patients is not None:
        return f"of {_named(part.patients)}"
    return "of everybody" if scope.context == "system" else f"of everybody whom {caller.user} may see"


def _context(caller: Caller) -> str:
    if caller.context == "system":
        return "an application by itself: nobody signed in"
    who = caller.user or f"Patient/{caller.patient}"
    chosen = f", with Patient/{caller.patient} in context" if caller.patient else ", with no patient in context"
    return f"{who} signed in{chosen}"


def _people(caller: Caller) -> str:
    return "all patients of the practice" if caller.patients is None else _named(caller.patients) or "nobody"


def _named(patients: tuple[str, ...]) -> str:
    return ", ".join(f"Patient/{id}" for id in patients)


def _verdict(token: str, authorization: AuthorizationServer) -> Told:
    """Whether it is accepted at this moment, asked in the way of every request."""
    try:
        authorization.identify(f"Bearer {token}")
    except Unauthorized as refusal:
        return {"good": False, "why": f"{refusal.message} ({refusal.reason})"}
    return {"good": True, "why": "signed by this emulator, not expired, not revoked"}


def _other(token: str, authorization: AuthorizationServer, clock: Clock, token_url: str) -> Told | None:
    """What is said of a text that is no access token; None where nothing is known of it."""
    if token.count(".") != 2:
        return _opaque(token, authorization)
    return _id_token(token, authorization, clock) or _assertion(token, authorization, token_url)


def _opaque(token: str, authorization: AuthorizationServer) -> Told | None:
    """A refresh token, or the id of a launch."""
    refreshing = authorization.refresh_token_told(token)
    if refreshing:
        return {"kind": "refresh token", **refreshing}
    launch = authorization.launches.known(token)
    if launch is None:
        return None
    why = f"starts {launch.client_id} as {launch.user.username}, once, within {LIFETIME_S // 60} minutes of its making"
    context = {"patient": launch.context.patient, "encounter": launch.context.encounter}
    return {"kind": "launch", "good": True, "why": why, "client_id": launch.client_id, **context}


def _id_token(token: str, authorization: AuthorizationServer, clock: Clock) -> Told | None:
    claims = authorization.tokens.signed_here(token)
    if claims is None or not isinstance(claims.get("aud"), str) or not isinstance(claims.get("exp"), int):
        return None
    now, expires = clock.now(), claims["exp"] * NANOSECONDS
    good = now < expires
    why = "signed by this emulator; it says who signed in, and opens no records" if good else "it expired"
    return {
        "kind": "ID token",
        "good": good,
        "why": why,
        "client_id": claims["aud"],
        "user": claims.get("fhirUser") or claims.get("sub"),
        "expires": instant(expires // 1000),
        "now": instant(now // 1000),
        "expires_in": (expires - now) / NANOSECONDS,
    }


def _assertion(token: str, authorization: AuthorizationServer, token_url: str) -> Told | None:
    """What is wrong with a client assertion; None for what is none."""
    try:
        client = authorization.examine_assertion(token, token_url)
    except OAuthError as refusal:
        return None if refusal.message.startswith("client_assertion is not a JWT") else _refused(refusal)
    return {
        "kind": "client assertion",
        "good": True,
        "client_id": client,
        "why": f"proves to be {client} at {token_url}",
    }


def _refused(refusal: OAuthError) -> Told:
    because = "" if refusal.reason == refusal.message else f" ({refusal.reason})"
    return {"kind": "client assertion", "good": False, "why": f"{refusal.error}: {refusal.message}{because}"}


def _is_access_token(token: str) -> bool:
    """Whether it says so itself (RFC 9068), whoever signed it."""
    from joserfc import jws
    from joserfc.errors import JoseError

    try:
        header: object = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError, TypeError, RecursionError):
        return False
    return isinstance(header, dict) and header.get("typ") == ACCESS_TOKEN_TYPE


def _looks(token: str) -> str:
    return (
        "a JWT that is none of ours"
        if token.count(".") == 2
        else "no JWT: a code, a refresh token that ended, or not whole"
    )
