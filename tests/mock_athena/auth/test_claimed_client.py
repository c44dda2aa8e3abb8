"""Whom a token request says it is from, whatever else is wrong with it."""

from collections.abc import Callable

import pytest

from mock_athena.auth.server import AuthorizationServer
from tests.mock_athena.auth.conftest import TOKEN_URL, basic, form


@pytest.mark.parametrize(
    ("fields", "authorization", "expected"),
    [
        ({"client_id": "mock-client"}, None, "mock-client"),
        ({"client_id": "another"}, basic("mock-client", "x"), "mock-client"),
        ({}, basic("a%3Ab", "x"), "a:b"),
        ({"client_id": "mock-client"}, "Basic !", None),
        ({}, basic("", "x"), None),
        ({"client_assertion": "a.b.c", "client_id": "mock-client"}, None, None),
        ({}, None, None),
    ],
)
def test_the_claim_is_read_where_authentication_looks_first(
    server: AuthorizationServer, fields: dict[str, str], authorization: str | None, expected: str | None
) -> None:
    assert server.claimed_client(form(**fields), authorization) == expected


def test_an_assertion_claims_its_issuer_and_is_not_used_up(
    server: AuthorizationServer, sign: Callable[..., str]
) -> None:
    sent = form(
        grant_type="client_credentials",
        client_assertion=sign(),
        client_assertion_type="urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    )
    assert server.claimed_client(sent) == "mock-backend"
    assert server.token(sent, None, TOKEN_URL)


def test_only_the_id_of_a_registered_client_is_shown_at_any_length(server: AuthorizationServer) -> None:
    long = "c" * 500
    assert len(server.claimed_client(form(client_id=long)) or "") == 101
    server.clients.register({"client_id": long})
    assert server.claimed_client(form(client_id=long)) == long
