"""Which scopes a token gets: what was asked for, within what the client registered and what the grant can give.

RFC 6749 §3.3 lets a server grant less than was asked for; the ``scope`` of the response says what it was. Left
out of every grant are scopes on resource types that are not served. A scope that breaks SMART's grammar, or whose
search is none, is no part of anything: it refuses the request, which is told why.
"""

from collections.abc import Iterable

from mock_athena.auth.granular import problem_of
from mock_athena.auth.scope_queries import both
from mock_athena.auth.scopes import CONTEXTS, Scope, covers, parse_scope, parse_scopes, unknown_types
from mock_athena.errors import OAuthError, shortened
from mock_athena.profiles import Profile

# A patient signs in only with an authorization code, and system/ means that nobody did.
_CONTEXTS = {"authorization_code": ("patient", "user"), "client_credentials": ("system",)}
# What only somebody who signs in can grant, beside records.
SIGNED_IN = frozenset(("openid", "fhirUser", "profile", "launch", "launch/patient", "launch/encounter"))
# Either of these in a grant promises a refresh token.
REFRESHING = frozenset(("offline_access", "online_access"))


def grantable(registered: str, grant_type: str, grant_types: Iterable[str]) -> tuple[Scope, ...]:
    """The part of a client's registered scopes that ``grant_type`` can give it.

    Args:
        registered: the client's scopes, separated by spaces.
        grant_type: ``authorization_code`` or ``client_credentials``.
        grant_types: those that the client is registered for; a refresh token needs ``refresh_token``.
    """
    plain: frozenset[str] = frozenset()
    if grant_type == "authorization_code":
        plain = SIGNED_IN | (REFRESHING if "refresh_token" in grant_types else frozenset())
    return tuple(
        scope for scope in parse_scopes(registered) if scope.context in _CONTEXTS[grant_type] or scope.text in plain
    )


def granted(requested: str, registered: tuple[Scope, ...], profile: Profile) -> tuple[str, ...]:
    """The texts of the granted scopes, each once, in the order of the request.

    A scope that the client may have keeps the spelling it was requested in; of a wider one the client gets
    the part that it registered.

    Raises:
        OAuthError: ``invalid_scope``, when nothing is left, or a scope is malformed; or, where the profile does not
            narrow, when anything would be left out.
    """
    texts = tuple(dict.fromkeys(requested.split()))
    _refuse_malformed(texts, registered)
    if not profile.narrow_scopes or not profile.wildcard_scopes:
        _refuse_unless_whole(texts, registered, profile)
    found = tuple(dict.fromkeys(text for asked in texts for text in _granted_of(asked, registered)))
    if not found:
        raise invalid_scope(requested, registered)
    return found


def invalid_scope(requested: str, registered: Iterable[Scope], why: str = "") -> OAuthError:
    """The refusal of ``requested`` that says what may be asked for instead; ``why``, where that is not all."""
    may = " ".join(scope.text for scope in registered)
    asked = f"scope {shortened(requested)!r} cannot be granted" if requested.split() else "no scope was requested"
    asked += f": {why}" if why else unknown_types_told(requested)
    advice = f"this client may ask for: {may}" if may else "this client has registered no scope for this grant type"
    return OAuthError("invalid_scope", f"{asked}; {advice}")


def wrong_grant(message: str, profile: Profile) -> OAuthError:
    """The refusal of a grant type for which a client is not registered."""
    if profile.wrong_grant_status == 401:
        return OAuthError("access_denied", message, status=401)
    return OAuthError("unauthorized_client", message)


def unknown_types_told(requested: str) -> str:
    """What to add to the refusal of scopes on resource types that are not served; empty where there are none."""
    unknown = ", ".join(unknown_types(requested))
    return f": there is no resource type {shortened(unknown)} here" if unknown else ""


def _refuse_malformed(texts: tuple[str, ...], registered: tuple[Scope, ...]) -> None:
    """Refuse what is meant as a scope on resources and is none: whoever sent it would look for it in the answer."""
    for text in texts:
        if text.partition("/")[0] in CONTEXTS and not unknown_types(text):
            why = problem_of(text)
            if why:
                raise invalid_scope(text, registered, why)


def _refuse_unless_whole(texts: tuple[str, ...], registered: tuple[Scope, ...], profile: Profile) -> None:
    for text in texts:
        scope = parse_scope(text)
        wild = scope is not None and scope.type == "*" and not profile.wildcard_scopes
        outside = scope is None or unknown_types(text) or not any(covers(wide, scope) for wide in registered)
        if wild or (outside and not profile.narrow_scopes):
            why = "a wildcard is refused here, so name each type" if wild else ""
            raise invalid_scope(text, registered, why)


def _granted_of(text: str, registered: tuple[Scope, ...]) -> list[str]:
    asked = parse_scope(text)
    if asked is None or unknown_types(text):
        return []
    if any(covers(wide, asked) for wide in registered):
        return [text]
    parts: dict[tuple[str, str, str], str] = {}
    for allowed in registered:
        common = _intersection(asked, allowed)
        if common:
            parts.setdefault((common.type, common.letters, common.condition), common.text)
    return list(parts.values())


def _intersection(asked: Scope, allowed: Scope) -> Scope | None:
    """What both grant; None if that is nothing."""
    if not asked.context or asked.context != allowed.context:
        return None
    if asked.type != allowed.type and "*" not in (asked.type, allowed.type):
        return None
    letters = "".join(letter for letter in asked.letters if letter in allowed.letters)
    if not letters:
        return None
    if covers(asked, allowed):
        return allowed
    type = allowed.type if asked.type == "*" else asked.type
    condition = both(asked.condition, allowed.condition)
    text = f"{asked.context}/{type}.{letters}" + (f"?{condition}" if condition else "")
    # Of two searches that are known for different types, the narrower type may lack what the other asks for.
    return None if problem_of(text) else Scope(text, asked.context, type, letters, condition)
