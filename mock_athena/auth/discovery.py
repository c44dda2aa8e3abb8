"""What ``/.well-known/smart-configuration`` says: only what works.

https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html. Without ``sso-openid-connect`` there must be no
``issuer``; ``jwks_uri`` may be told, so that a resource server can verify our tokens.
"""

from collections.abc import Sequence
from typing import Any

from mock_athena.auth.assertions import ALGORITHMS
from mock_athena.auth.registration import AUTH_METHODS, GRANT_TYPES
from mock_athena.auth.supported import scopes_supported
from mock_athena.profiles import Profile

AUTHORIZE_PATH = "/oauth2/v1/authorize"
TOKEN_PATH = "/oauth2/v1/token"  # noqa: S105 - a path
KEYS_PATH = "/oauth2/v1/keys"
_NOT_SEEN = ("scopes_supported", "token_endpoint_auth_signing_alg_values_supported")
CAPABILITIES = (
    "launch-standalone",
    "authorize-post",
    "client-public",
    "client-confidential-symmetric",
    "client-confidential-asymmetric",
    "context-standalone-patient",
    "permission-patient",
    "permission-user",
    "permission-offline",
    "permission-v1",
    "permission-v2",
)


def smart_configuration(origin: str, profile: Profile, types: Sequence[str]) -> dict[str, Any]:
    """The document, for JSON.

    Args:
        origin: scheme, host and port under which the caller reaches us.
        types: resource types, listed one by one where wildcards are not granted.
    """
    document = {
        "authorization_endpoint": origin + AUTHORIZE_PATH,
        "token_endpoint": origin + TOKEN_PATH,
        "jwks_uri": origin + KEYS_PATH,
        "grant_types_supported": list(GRANT_TYPES),
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": list(AUTH_METHODS),
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "scopes_supported": scopes_supported(profile, types),
        "capabilities": list(CAPABILITIES),
    }
    return document if profile.scopes_listed else _as_seen(document)


def _as_seen(document: dict[str, Any]) -> dict[str, Any]:
    """The document with what the real one leaves out left out, and a list under a name that nobody defined."""
    kept = {name: value for name, value in document.items() if name not in _NOT_SEEN}
    kept["grant_types_supported"] = [each for each in document["grant_types_supported"] if each != "refresh_token"]
    return kept | {"token_endpoint_auth_methods": document["token_endpoint_auth_methods_supported"]}
