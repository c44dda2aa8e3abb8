"""Introspection: what a token is good for, told to the client that it was issued to.

https://www.rfc-editor.org/rfc/rfc7662, https://hl7.org/fhir/smart-app-launch/STU2.2/token-introspection.html. Whoever
may not know of a token is told what is told of any text that is none: that it is not active, and nothing else.
"""

from typing import Any

from mock_athena.auth.discovery import issuer_at
from mock_athena.auth.grant import Grant
from mock_athena.auth.refresh_tokens import RefreshTokens
from mock_athena.auth.token_context import context_of, fhir_user_of
from mock_athena.auth.tokens import AccessTokens
from mock_athena.errors import OAuthError

INACTIVE = {"active": False}
# Claims of an access token that are told as they are.
_AS_THEY_ARE = (
    "scope",
    "client_id",
    "exp",
    "iat",
    "sub",
    "jti",
    "patient",
    "encounter",
    "need_patient_banner",
    "fhirContext",
    "tenant",
    "intent",
    "ah_practice",
)


def introspected(
    token: str, client_id: str, access: AccessTokens, refresh: RefreshTokens, origin: str
) -> dict[str, Any]:
    """What is told of a token, for JSON.

    Args:
        origin: scheme, host and port under which the client reaches us.
    """
    claims = access.claims(token)
    if claims is not None:
        return _of_access_token(claims, origin) if claims["client_id"] == client_id else INACTIVE
    try:
        grant = refresh.grant_of(token, client_id, looking=True)
    except OAuthError:
        return INACTIVE
    return _of_refresh_token(grant, origin)


def _of_access_token(claims: dict[str, Any], origin: str) -> dict[str, Any]:
    told = {"active": True, "token_type": "Bearer"}
    told |= {name: claims[name] for name in _AS_THEY_ARE if name in claims}
    return told | _identity(claims["scope"].split(), claims.get("fhirUser"), claims.get("environment"), origin)


def _of_refresh_token(grant: Grant, origin: str) -> dict[str, Any]:
    told = {
        "active": True,
        "token_type": "refresh_token",
        "client_id": grant.client_id,
        "scope": " ".join(grant.scopes),
    }
    if grant.user is not None:
        told["sub"] = grant.user
    told |= context_of(grant, origin)
    return told | _identity(grant.scopes, grant.user, grant.environment, origin)


def _identity(scopes: Any, user: str | None, environment: str | None, origin: str) -> dict[str, Any]:
    """``iss`` and ``fhirUser``, where an id_token told them as well."""
    if user is None or "openid" not in scopes:
        return {}
    told = {"iss": issuer_at(origin)}
    if environment and ("fhirUser" in scopes or "profile" in scopes):
        told["fhirUser"] = fhir_user_of(user, environment, origin)
    return told
