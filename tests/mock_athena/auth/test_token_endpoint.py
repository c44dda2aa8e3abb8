"""The token endpoint, row by row of RFC 6749 §5.2, and the answers of client_credentials."""

import pytest

from mock_athena.auth.form import FORM, Parameters, parameters, parse_form
from mock_athena.auth.server import AuthorizationServer
from tests.mock_athena.auth.conftest import MOCK_CLIENT, TOKEN_URL, basic, form, redemption, refused

READONLY = basic("mock-readonly", "mock-readonly-secret")


@pytest.mark.requirement("SMA-045", "SMA-046", "SMA-048")
def test_client_credentials_answers_a_token(server: AuthorizationServer) -> None:
    request = form(grant_type="client_credentials", scope="system/*.read")
    response = server.token(request, MOCK_CLIENT, TOKEN_URL)
    token = response.pop("access_token")
    assert response == {"token_type": "Bearer", "expires_in": 3600, "scope": "system/*.read"}
    caller = server.identify(f"Bearer {token}")
    assert (caller.client_id, caller.patient) == ("mock-client", None)
    assert [scope.text for scope in caller.scopes] == ["system/*.read"]


@pytest.mark.requirement("BKS-037")
@pytest.mark.parametrize(
    ("authorization", "expected"),
    [(MOCK_CLIENT, "system/*.read system/*.rs system/*.cruds"), (READONLY, "system/Patient.rs system/Observation.rs")],
)
def test_without_scope_all_registered_system_scopes_are_granted(
    server: AuthorizationServer, authorization: str, expected: str
) -> None:
    assert server.token(form(grant_type="client_credentials"), authorization, TOKEN_URL)["scope"] == expected


@pytest.mark.requirement("BKS-036", "BKS-038")
def test_a_narrow_client_gets_its_part_of_a_wildcard(server: AuthorizationServer) -> None:
    request = form(grant_type="client_credentials", scope="system/*.read")
    assert server.token(request, READONLY, TOKEN_URL)["scope"] == "system/Patient.rs system/Observation.rs"


@pytest.mark.parametrize("scope", ["patient/*.read", "openid", "user/*.write", "launch/patient", "all"])
def test_a_scope_that_cannot_be_granted_is_refused(server: AuthorizationServer, scope: str) -> None:
    request = form(grant_type="client_credentials", scope=scope)
    error = refused(lambda: server.token(request, MOCK_CLIENT, TOKEN_URL), "invalid_scope")
    assert "system/*.read system/*.rs" in error.message


@pytest.mark.requirement("BKS-002")
@pytest.mark.parametrize("grant_type", ["password", "not_a_grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"])
def test_an_unknown_grant_type_is_unsupported(server: AuthorizationServer, grant_type: str) -> None:
    request = form(grant_type=grant_type)
    refused(lambda: server.token(request, MOCK_CLIENT, TOKEN_URL), "unsupported_grant_type")


@pytest.mark.requirement("BKS-003")
@pytest.mark.parametrize(
    "request_form", [form(), form(grant_type=""), redemption(""), redemption("x", redirect_uri=None)]
)
def test_a_missing_parameter_is_an_invalid_request(server: AuthorizationServer, request_form: Parameters) -> None:
    assert "is missing" in refused(lambda: server.token(request_form, None, TOKEN_URL), "invalid_request").message


def test_a_repeated_parameter_is_an_invalid_request(server: AuthorizationServer) -> None:
    twice = parameters([("grant_type", "client_credentials"), ("scope", "system/*.rs"), ("scope", "system/*.rs")])
    assert "scope" in refused(lambda: server.token(twice, MOCK_CLIENT, TOKEN_URL), "invalid_request").message


def test_a_grant_type_that_was_not_registered_is_unauthorized(server: AuthorizationServer) -> None:
    request = form(grant_type="authorization_code", code="x", redirect_uri="x")
    refused(lambda: server.token(request, READONLY, TOKEN_URL), "unauthorized_client")


def test_a_public_client_cannot_be_a_backend(server: AuthorizationServer) -> None:
    request = form(grant_type="client_credentials", client_id="mock-public")
    refused(lambda: server.token(request, None, TOKEN_URL), "unauthorized_client")


def test_a_client_without_system_scopes_gets_none(server: AuthorizationServer) -> None:
    server.clients.register(
        {"client_id": "c", "client_secret": "s", "grant_types": ["client_credentials"], "scope": "patient/*.rs"}
    )
    request = form(grant_type="client_credentials")
    error = refused(lambda: server.token(request, basic("c", "s"), TOKEN_URL), "invalid_scope")
    assert "registered no scope" in error.message


@pytest.mark.requirement("SMA-044")
@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", "", None, "multipart/form-data; boundary=x"]
)
def test_only_forms_are_read(content_type: str | None) -> None:
    error = refused(lambda: parse_form(content_type, b'{"grant_type": "client_credentials"}'), "invalid_request")
    assert FORM in error.message


@pytest.mark.parametrize("body", [b"a=\xff", b"a=%ff", b"&".join(b"a=b" for _ in range(600))])
def test_a_form_that_cannot_be_decoded_is_refused(body: bytes) -> None:
    refused(lambda: parse_form(FORM, body), "invalid_request")


def test_a_form_is_decoded_and_empty_values_count_as_not_sent() -> None:
    read = parse_form(f"{FORM.upper()}; charset=UTF-8", b"scope=system%2F*.rs+openid&code=&state=%C3%BC")
    assert read.values == {"scope": "system/*.rs openid", "state": "ü"}
