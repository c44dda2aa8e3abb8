"""The SMART configuration: its shape, and that what it lists is true."""

from dataclasses import replace

import jsonschema
import pytest

from mock_athena.auth.discovery import OPENID_PATH
from mock_athena.auth.server import AuthorizationServer
from mock_athena.auth.supported import scopes_supported
from mock_athena.clock import ManualClock
from mock_athena.profiles import ATHENA, MISSION
from mock_athena.settings import Settings
from mock_athena.state.memory import MemoryState
from tests.mock_athena.auth.conftest import LAUNCH, MOCK_CLIENT, ORIGIN, TOKEN_URL, code_for, form, redemption

ISSUER = f"{ORIGIN}/oauth2/v1"
URL = {"type": "string", "pattern": "^http://127\\.0\\.0\\.1:8080/oauth2/v1/"}
NAMES = {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True}
SHAPE = {
    "type": "object",
    "required": [
        *("issuer", "jwks_uri", "token_endpoint", "authorization_endpoint", "grant_types_supported", "capabilities"),
        *("introspection_endpoint", "revocation_endpoint", "code_challenge_methods_supported", "scopes_supported"),
    ],
    "additionalProperties": False,
    "properties": {
        "issuer": {"const": ISSUER},
        "authorization_endpoint": URL,
        "introspection_endpoint": URL,
        "management_endpoint": {"const": f"{ORIGIN}/portal"},
        "revocation_endpoint": URL,
        "registration_endpoint": URL,
        "authorization_response_iss_parameter_supported": {"const": True},
        "token_endpoint": URL,
        "jwks_uri": URL,
        "grant_types_supported": NAMES | {"contains": {"const": "client_credentials"}},
        "response_types_supported": {"const": ["code"]},
        "code_challenge_methods_supported": {"const": ["S256"]},
        "token_endpoint_auth_methods_supported": NAMES,
        "token_endpoint_auth_signing_alg_values_supported": {"const": ["RS384", "ES384", "HS256", "HS384", "HS512"]},
        "scopes_supported": NAMES,
        "capabilities": NAMES | {"contains": {"const": "sso-openid-connect"}},
    },
}


def test_the_document_has_the_shape_of_the_specification(server: AuthorizationServer) -> None:
    jsonschema.validate(server.smart_configuration(ORIGIN), SHAPE)


@pytest.mark.requirement("SMA-012", "SMA-078")
@pytest.mark.parametrize("scope", scopes_supported(MISSION, ()))
def test_every_listed_scope_can_be_granted(server: AuthorizationServer, scope: str) -> None:
    if scope.startswith("system/"):
        response = server.token(form(grant_type="client_credentials", scope=scope), MOCK_CLIENT, TOKEN_URL)
    else:
        launch = server.launches.start(LAUNCH) if scope == "launch" else None
        response = server.token(redemption(code_for(server, scope=scope, launch=launch)), None, TOKEN_URL)
    assert response["scope"] == scope


def test_the_real_document_is_followed_where_the_profile_is_athenas(clock: ManualClock) -> None:
    server = AuthorizationServer(Settings(), ATHENA, clock, MemoryState())
    told = server.smart_configuration(ORIGIN)
    assert told["grant_types_supported"] == ["authorization_code", "client_credentials"]
    assert told["token_endpoint_auth_methods"] == told["token_endpoint_auth_methods_supported"]
    absent = {"scopes_supported", "registration_endpoint", "token_endpoint_auth_signing_alg_values_supported"}
    assert not absent & set(told)
    # health-cards is listed there and not served here.
    assert set(told["capabilities"]) == {
        "launch-ehr", "launch-standalone", "client-confidential-symmetric", "client-confidential-asymmetric",
        "client-public", "sso-openid-connect", "context-ehr-patient", "context-ehr-encounter", "authorize-post",
        "context-standalone-patient", "permission-offline", "permission-patient", "permission-user", "permission-v1",
        "permission-v2", "context-banner", "context-style",
    }  # fmt: skip


@pytest.mark.requirement("SMA-062")
def test_the_document_of_openid_connect_lies_below_the_issuer(server: AuthorizationServer) -> None:
    told = server.openid_configuration(ORIGIN)
    assert told["issuer"] == server.smart_configuration(ORIGIN)["issuer"] == ISSUER
    assert OPENID_PATH == "/oauth2/v1/.well-known/openid-configuration"
    assert told["id_token_signing_alg_values_supported"] == ["RS256"]
    assert told["subject_types_supported"] == ["public"]
    needed = {"authorization_endpoint", "token_endpoint", "jwks_uri", "response_types_supported"}
    assert needed <= set(told)


@pytest.mark.parametrize(("setting", "advertised"), [("local", True), ("open", True), ("off", False)])
def test_registration_is_advertised_where_there_is_one(clock: ManualClock, setting: str, advertised: bool) -> None:
    server = AuthorizationServer(Settings(registration=setting), MISSION, clock, MemoryState())
    assert ("registration_endpoint" in server.smart_configuration(ORIGIN)) is advertised
    assert ("registration_endpoint" in server.openid_configuration(ORIGIN)) is advertised


def test_without_wildcards_the_types_are_listed() -> None:
    listed = scopes_supported(replace(MISSION, wildcard_scopes=False), ("Patient", "Observation"))
    assert "system/Observation.rs" in listed
    assert not any("*" in scope for scope in listed)


def test_published_keys_hold_no_private_part(server: AuthorizationServer) -> None:
    (key,) = server.jwks()["keys"]
    assert set(key) == {"kty", "n", "e", "kid", "use", "alg"}
