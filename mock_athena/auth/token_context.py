"""What is told beside an access token: the context of the launch, and who signed in.

https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html,
https://openid.net/specs/openid-connect-core-1_0.html#IDToken. Beside SMART's names stands athena's ``ah_practice``.
"""

from typing import TYPE_CHECKING, Any

from mock_athena.auth.discovery import STYLE_PATH, issuer_at
from mock_athena.auth.grant import Grant
from mock_athena.clock import NANOSECONDS
from mock_athena.environments import ENVIRONMENTS

if TYPE_CHECKING:
    from mock_athena.auth.keys import SigningKey

# Without profile there is no name; fhirUser alone says who it is.
_IDENTITY = frozenset(("fhirUser", "profile"))


def context_of(grant: Grant, origin: str) -> dict[str, Any]:
    """The parameters of a token response, for JSON; none where nobody signed in.

    Args:
        origin: scheme, host and port under which the client reaches us.
    """
    if grant.user is None and grant.patient is None:
        return {}
    launch = grant.launch
    style = launch.smart_style_url or STYLE_PATH
    told = {
        "patient": grant.patient,
        "encounter": launch.encounter,
        "need_patient_banner": _needs_banner(grant),
        "smart_style_url": origin + style if style.startswith("/") else style,
        "fhirContext": list(launch.fhir_context) or None,
        "tenant": launch.tenant,
        "intent": launch.intent,
        "ah_practice": grant.practice,
    }
    return {name: value for name, value in told.items() if value is not None}


def fhir_user_of(reference: str, environment: str, origin: str) -> str:
    """The absolute URL of the one who signed in."""
    return f"{origin}{ENVIRONMENTS[environment].fhir_path}/{reference}"


def id_token(grant: Grant, origin: str, key: "SigningKey", now: int, lifetime_s: int) -> str | None:
    """Who signed in, signed with RS256; None where the application did not ask, or nobody did.

    Args:
        now: nanoseconds since 1970 UTC by our clock.
    """
    if grant.user is None or "openid" not in grant.scopes:
        return None
    from joserfc import jwt

    seconds = now // NANOSECONDS
    claims = {
        "iss": issuer_at(origin),
        "sub": grant.user,
        "aud": grant.client_id,
        "iat": seconds,
        "exp": seconds + lifetime_s,
        "auth_time": None if grant.signed_in is None else grant.signed_in // NANOSECONDS,
        "nonce": grant.nonce,
    }
    if _IDENTITY & set(grant.scopes) and grant.environment:
        claims["fhirUser"] = fhir_user_of(grant.user, grant.environment, origin)
    if "profile" in grant.scopes:
        claims |= {"name": grant.name or None, "preferred_username": grant.username or None}
    told = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": "RS256", "kid": key.kid, "typ": "JWT"}, told, key.private, ["RS256"])


def _needs_banner(grant: Grant) -> bool | None:
    """An application that is shown by itself must say whose records these are, unless the launch says otherwise."""
    if grant.patient is None:
        return None
    return True if grant.launch.need_patient_banner is None else grant.launch.need_patient_banner
