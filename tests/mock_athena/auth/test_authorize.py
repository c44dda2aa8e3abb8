"""Authorization requests: whose fault is told to whom."""

import pytest

from mock_athena.auth.authorize import AuthorizationRequest
from mock_athena.auth.form import parameters
from mock_athena.auth.server import AuthorizationServer
from tests.mock_athena.auth.conftest import CALLBACK, CHALLENGE, ORIGIN, asked, refused


def checked(server: AuthorizationServer, /, origin: str | None = ORIGIN, **changes: str | None) -> AuthorizationRequest:
    sent = parameters(asked(**changes).items())
    return server.authorization_request(sent, server.return_address(sent, ORIGIN), origin or ORIGIN)


def test_a_good_request_is_understood(server: AuthorizationServer) -> None:
    request = checked(server, login_hint="a-1.E-2", unknown="ignored")
    assert request.scopes == ("patient/*.read", "launch/patient", "offline_access")
    assert (request.environment, request.challenge, request.login_hint) == ("production", CHALLENGE, "a-1.E-2")
    assert (request.address.redirect_uri, request.address.state) == (CALLBACK, "opaque state/1")


@pytest.mark.parametrize(
    ("changes", "error", "told"),
    [
        ({"client_id": None}, "invalid_request", "client_id is missing"),
        ({"client_id": "nobody"}, "invalid_client", "POST /_mock/clients"),
        ({"redirect_uri": None}, "invalid_request", "redirect_uri is missing"),
        ({"redirect_uri": CALLBACK + "/"}, "invalid_request", CALLBACK),
        ({"redirect_uri": CALLBACK, "client_id": "mock-readonly"}, "invalid_request", "one of: none"),
    ],
)
def test_without_a_safe_address_nobody_is_redirected(
    server: AuthorizationServer, changes: dict[str, str | None], error: str, told: str
) -> None:
    sent = parameters(asked(**changes).items())
    assert told in refused(lambda: server.return_address(sent, ORIGIN), error).message


@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "state"])
def test_a_repeated_address_is_not_trusted(server: AuthorizationServer, name: str) -> None:
    sent = parameters([*asked().items(), (name, asked()[name])])
    refused(lambda: server.return_address(sent, ORIGIN), "invalid_request")


@pytest.mark.requirement("SMA-021")
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "nonsense"}, "invalid_scope"),
        ({"scope": "system/*.rs"}, "invalid_scope"),
        ({"launch": "xyz"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": CHALLENGE + "="}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"aud": None}, "invalid_request"),
        ({"aud": "https://other.example/fhir/r4"}, "invalid_request"),
        ({"aud": f"{ORIGIN}/fhir"}, "invalid_request"),
        ({"aud": "http://127.0.0.1:9/fhir/r4"}, "invalid_request"),
        ({"aud": "http://["}, "invalid_request"),
    ],
)
def test_other_faults_are_told_to_the_client(
    server: AuthorizationServer, changes: dict[str, str | None], error: str
) -> None:
    refused(lambda: checked(server, **changes), error)


def test_a_repeated_parameter_is_told_to_the_client(server: AuthorizationServer) -> None:
    sent = parameters([*asked().items(), ("scope", "openid")])
    address = server.return_address(sent, ORIGIN)
    refused(lambda: server.authorization_request(sent, address, ORIGIN), "invalid_request")


def test_a_client_without_this_grant_type_is_unauthorized(server: AuthorizationServer) -> None:
    server.clients.register({"client_id": "b", "grant_types": ["client_credentials"], "redirect_uris": [CALLBACK]})
    refused(lambda: checked(server, client_id="b"), "unauthorized_client")


@pytest.mark.requirement("SMA-025")
@pytest.mark.parametrize(
    ("aud", "origin", "environment"),
    [
        (f"{ORIGIN}/fhir/r4", ORIGIN, "production"),
        (f"{ORIGIN}/fhir/r4/", ORIGIN, "production"),
        (f"{ORIGIN}/fhir/r4/sandbox", ORIGIN, "sandbox"),
        ("http://localhost:8080/fhir/r4/sandbox", ORIGIN, "sandbox"),
        ("http://[::1]:8080/fhir/r4", "http://localhost:8080", "production"),
        ("https://api.platform.athenahealth.com/fhir/r4", ORIGIN, "production"),
        ("https://api.platform.athenahealth.com/fhir/r4/sandbox", "http://ehr.test", "sandbox"),
        ("https://ehr.test/fhir/r4", "https://ehr.test:443", "production"),
    ],
)
def test_the_environment_follows_from_aud(server: AuthorizationServer, aud: str, origin: str, environment: str) -> None:
    assert checked(server, origin, aud=aud).environment == environment
    assert checked(server, origin, aud=None, resource=aud).environment == environment
