"""Who sends a token request: secrets in a header or a form, public clients, and the refusals."""

import base64

import pytest

from mock_athena.auth.server import AuthorizationServer
from tests.mock_athena.auth.conftest import MOCK_CLIENT, TOKEN_URL, basic, code_for, form, redemption, refused

ODD = {"client_id": "id:with colon/ü", "client_secret": "p%:s+ä &=", "grant_types": ["client_credentials"]}


@pytest.mark.requirement("SMA-040")
def test_basic_and_form_are_both_accepted(server: AuthorizationServer) -> None:
    wanted = {"grant_type": "client_credentials"}
    in_header = server.token(form(**wanted), MOCK_CLIENT, TOKEN_URL)
    in_form = server.token(form(**wanted, client_id="mock-client", client_secret="mock-secret"), None, TOKEN_URL)
    assert in_header["scope"] == in_form["scope"]


def test_basic_credentials_are_percent_decoded(server: AuthorizationServer) -> None:
    server.clients.register(ODD)
    header = basic("id%3Awith+colon%2F%C3%BC", "p%25%3As%2B%C3%A4%20%26%3D")
    assert server.token(form(grant_type="client_credentials"), header, TOKEN_URL)["access_token"]
    refused(
        lambda: server.token(form(grant_type="client_credentials"), basic("x", "%ff%fe"), TOKEN_URL),
        "invalid_client", 401,
    )  # fmt: skip


@pytest.mark.parametrize(
    "header",
    [
        basic("mock-client", "wrong"), basic("nobody", "mock-secret"), basic("mock-public", "x"),
        basic("mock-backend", "x"), "Basic", "Basic !!!", "Basic " + base64.b64encode(b"no colon").decode(),
        "Basic " + base64.b64encode(b"\xff:\xff").decode(), "Bearer abc", basic("", ""),
    ],
)  # fmt: skip
def test_bad_basic_credentials_are_challenged(server: AuthorizationServer, header: str) -> None:
    error = refused(
        lambda: server.token(form(grant_type="client_credentials"), header, TOKEN_URL), "invalid_client", 401
    )
    assert dict(error.headers)["WWW-Authenticate"].startswith("Basic ")


def test_an_unknown_client_and_a_wrong_secret_look_alike_outside_the_journal(server: AuthorizationServer) -> None:
    def failing(client_id: str, secret: str) -> tuple[str, str]:
        request = form(grant_type="client_credentials", client_id=client_id, client_secret=secret)
        error = refused(lambda: server.token(request, None, TOKEN_URL), "invalid_client", 401)
        return error.message, error.reason

    unknown, wrong = failing("nobody", "mock-secret"), failing("mock-client", "mock-secre")
    assert unknown[0] == wrong[0]
    assert "unknown client 'nobody'" in unknown[1]
    assert wrong[1] == "wrong secret for mock-client"


@pytest.mark.parametrize("client_id", ["mock-client", "mock-backend", "nobody", ""])
def test_a_bare_client_id_is_no_proof(server: AuthorizationServer, client_id: str) -> None:
    code = code_for(server)
    refused(lambda: server.token(redemption(code, client_id=client_id), None, TOKEN_URL), "invalid_client", 401)


def test_a_public_client_needs_no_proof(server: AuthorizationServer) -> None:
    assert server.token(redemption(code_for(server)), None, TOKEN_URL)["patient"] == "a-1.E-1"


def test_an_empty_secret_counts_as_not_sent(server: AuthorizationServer) -> None:
    request = redemption(code_for(server), client_secret="")
    assert server.token(request, None, TOKEN_URL)["access_token"]


def test_two_ways_at_once_are_refused(server: AuthorizationServer) -> None:
    both = form(grant_type="client_credentials", client_id="mock-client", client_secret="mock-secret")
    error = refused(lambda: server.token(both, MOCK_CLIENT, TOKEN_URL), "invalid_request")
    assert "Authorization header, client_secret" in error.message


def test_a_client_id_beside_basic_must_agree(server: AuthorizationServer) -> None:
    agreeing = form(grant_type="client_credentials", client_id="mock-client")
    assert server.token(agreeing, MOCK_CLIENT, TOKEN_URL)["access_token"]
    other = form(grant_type="client_credentials", client_id="mock-readonly")
    refused(lambda: server.token(other, MOCK_CLIENT, TOKEN_URL), "invalid_request")
