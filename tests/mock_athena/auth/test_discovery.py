"""The SMART configuration: its shape, and that what it lists is true."""

from dataclasses import replace

import jsonschema
import pytest

from mock_athena.auth.server import AuthorizationServer
from mock_athena.auth.supported import scopes_supported
from mock_athena.profiles import MISSION
from tests.mock_athena.auth.conftest import MOCK_CLIENT, ORIGIN, TOKEN_URL, code_for, form, redemption

URL = {"type": "string", "pattern": "^http://127\\.0\\.0\\.1:8080/oauth2/v1/"}
NAMES = {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True}
SHAPE = {
    "type": "object",
    "required": ["token_endpoint", "authorization_endpoint", "grant_types_supported", "capabilities"],
    "additionalProperties": False,
    "properties": {
        "authorization_endpoint": URL,
        "token_endpoint": URL,
        "jwks_uri": URL,
        "grant_types_supported": NAMES | {"contains": {"const": "client_credentials"}},
        "response_types_supported": {"const": ["code"]},
        "code_challenge_methods_supported": {"const": ["S256"]},
        "token_endpoint_auth_methods_supported": NAMES,
        "token_endpoint_auth_signing_alg_values_supported": {"const": ["RS384", "ES384"]},
        "scopes_supported": NAMES,
        "capabilities": NAMES | {"not": {"contains": {"enum": ["sso-openid-connect", "launch-ehr"]}}},
    },
}


def test_the_document_has_the_shape_of_the_specification(server: AuthorizationServer) -> None:
    jsonschema.validate(server.smart_configuration(ORIGIN), SHAPE)


@pytest.mark.parametrize("scope", scopes_supported(MISSION, ()))
def test_every_listed_scope_can_be_granted(server: AuthorizationServer, scope: str) -> None:
    if scope.startswith("system/"):
        response = server.token(form(grant_type="client_credentials", scope=scope), MOCK_CLIENT, TOKEN_URL)
    else:
        response = server.token(redemption(code_for(server, scope=scope)), None, TOKEN_URL)
    assert response["scope"] == scope


def test_without_wildcards_the_types_are_listed() -> None:
    listed = scopes_supported(replace(MISSION, wildcard_scopes=False), ("Patient", "Observation"))
    assert "system/Observation.rs" in listed
    assert not any("*" in scope for scope in listed)


def test_published_keys_hold_no_private_part(server: AuthorizationServer) -> None:
    (key,) = server.jwks()["keys"]
    assert set(key) == {"kty", "n", "e", "kid", "use", "alg"}
