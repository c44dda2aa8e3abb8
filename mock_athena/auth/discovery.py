"""What ``/.well-known/smart-configuration`` and ``openid-configuration`` say: only what works.

https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html,
https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata. The issuer is where the client found us,
since the second document must lie below it. Access tokens have an issuer of their own (:mod:`mock_athena.auth.tokens`).
"""

from collections.abc import Sequence
from typing import Any

from mock_athena.auth.assertions import ALGORITHMS, SECRET_ALGORITHMS
from mock_athena.auth.registration import AUTH_METHODS, GRANT_TYPES
from mock_athena.auth.supported import scopes_supported
from mock_athena.profiles import Profile

ISSUER_PATH = "/oauth2/v1"
AUTHORIZE_PATH = f"{ISSUER_PATH}/authorize"
TOKEN_PATH = f"{ISSUER_PATH}/token"
KEYS_PATH = f"{ISSUER_PATH}/keys"
INTROSPECT_PATH = f"{ISSUER_PATH}/introspect"
REVOKE_PATH = f"{ISSUER_PATH}/revoke"
REGISTER_PATH = f"{ISSUER_PATH}/register"
STYLE_PATH = f"{ISSUER_PATH}/smart-style.json"
MANAGE_PATH = "/portal"  # where people see what they allowed, and take it back
OPENID_PATH = f"{ISSUER_PATH}/.well-known/openid-configuration"

_NOT_SEEN = (
    "management_endpoint",
    "scopes_supported",
    "token_endpoint_auth_signing_alg_values_supported",
    "authorization_response_iss_parameter_supported",
)
CAPABILITIES = (
    "launch-ehr",
    "launch-standalone",
    "authorize-post",
    "client-public",
    "client-confidential-symmetric",
    "client-confidential-asymmetric",
    "sso-openid-connect",
    "context-banner",
    "context-style",
    "context-ehr-patient",
    "context-ehr-encounter",
    "context-standalone-patient",
    "context-standalone-encounter",
    "permission-patient",
    "permission-user",
    "permission-offline",
    "permission-online",
    "permission-v1",
    "permission-v2",
)
# What the real document does not list, though it works here.
_CAPABILITIES_NOT_SEEN = ("context-standalone-encounter", "permission-online")
# Names of https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html#styling
STYLE = {
    "color_background": "#f4f6f8",
    "color_error": "#b3261e",
    "color_highlight": "#5c2d91",
    "color_modal_backdrop": "rgba(20, 24, 33, 0.55)",
    "color_success": "#1b7f4b",
    "color_text": "#1f2430",
    "dim_border_radius": "6px",
    "dim_font_size": "15px",
    "dim_spacing_size": "16px",
    "font_family_body": "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
    "font_family_heading": "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
}


def issuer_at(origin: str) -> str:
    """The issuer of id_tokens for whoever reaches us under ``origin``."""
    return origin + ISSUER_PATH


def smart_configuration(origin: str, profile: Profile, types: Sequence[str], *, registers: bool) -> dict[str, Any]:
    """The document, for JSON.

    Args:
        origin: scheme, host and port under which the caller reaches us.
        types: resource types, listed one by one where wildcards are not granted.
        registers: applications may register themselves.
    """
    document = {
        **_endpoints(origin, registers=registers),
        "grant_types_supported": list(GRANT_TYPES),
        "scopes_supported": scopes_supported(profile, types),
        "capabilities": list(CAPABILITIES),
    }
    return document if profile.scopes_listed else _as_seen(document)


def openid_configuration(origin: str, profile: Profile, types: Sequence[str], *, registers: bool) -> dict[str, Any]:
    """OpenID Connect's document, likewise."""
    document = {
        **_endpoints(origin, registers=registers),
        "grant_types_supported": list(GRANT_TYPES),
        "scopes_supported": scopes_supported(profile, types),
        "response_modes_supported": ["query"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": [
            *("iss", "sub", "aud", "iat", "exp", "auth_time", "nonce", "fhirUser", "name", "preferred_username")
        ],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }
    return document if profile.scopes_listed else _without_unseen(document)


def _endpoints(origin: str, *, registers: bool) -> dict[str, Any]:
    registration = {"registration_endpoint": origin + REGISTER_PATH} if registers else {}
    return {
        "issuer": issuer_at(origin),
        "authorization_endpoint": origin + AUTHORIZE_PATH,
        "token_endpoint": origin + TOKEN_PATH,
        "jwks_uri": origin + KEYS_PATH,
        "introspection_endpoint": origin + INTROSPECT_PATH,
        "revocation_endpoint": origin + REVOKE_PATH,
        "management_endpoint": origin + MANAGE_PATH,
        **registration,
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": list(AUTH_METHODS),
        "token_endpoint_auth_signing_alg_values_supported": [*ALGORITHMS, *SECRET_ALGORITHMS],
        "authorization_response_iss_parameter_supported": True,
    }


def _as_seen(document: dict[str, Any]) -> dict[str, Any]:
    """The document with what the real one leaves out left out, and a list under a name that nobody defined."""
    kept = _without_unseen(document)
    kept["grant_types_supported"] = [each for each in document["grant_types_supported"] if each != "refresh_token"]
    kept["capabilities"] = [each for each in document["capabilities"] if each not in _CAPABILITIES_NOT_SEEN]
    return kept | {"token_endpoint_auth_methods": document["token_endpoint_auth_methods_supported"]}


def _without_unseen(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in _NOT_SEEN}
