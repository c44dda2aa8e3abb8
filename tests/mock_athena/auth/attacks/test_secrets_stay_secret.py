"""Attacks on secrets: measured, mixed up, looked for in what the emulator tells and keeps."""

import hmac
import json
from typing import Any

import pytest

from mock_athena.auth.server import AuthorizationServer
from mock_athena.state.memory import MemoryState
from tests.mock_athena.auth.conftest import MOCK_CLIENT, TOKEN_URL, basic, code_for, form, redemption, refused

GRANT = {"grant_type": "client_credentials"}


@pytest.mark.parametrize("secret", ["x", "mock-secret-and-more", "mock-secreT", "", "mock-secre"])
def test_a_secret_is_compared_in_constant_time(
    server: AuthorizationServer, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    compared: list[tuple[bytes, bytes]] = []

    def watched(one: Any, other: Any) -> bool:
        compared.append((one, other))
        return bool(one == other)

    monkeypatch.setattr(hmac, "compare_digest", watched)
    refused(lambda: server.token(form(**GRANT), basic("mock-client", secret), TOKEN_URL), "invalid_client", 401)
    assert compared == [(b"mock-secret", secret.encode())]


@pytest.mark.requirement("SMA-039", "SMA-041")
def test_who_is_registered_is_not_told(server: AuthorizationServer) -> None:
    tries = [basic("mock-client", "guess"), basic("nobody", "guess"), basic("mock-backend", "guess")]
    errors = [
        refused(lambda sent=sent: server.token(form(**GRANT), sent, TOKEN_URL), "invalid_client", 401)  # type: ignore[misc]
        for sent in tries
    ]
    assert len({error.message for error in errors}) == 1
    assert len({error.reason for error in errors}) == 3
    assert all(dict(error.headers)["WWW-Authenticate"].startswith("Basic ") for error in errors)


@pytest.mark.parametrize(
    ("fields", "authorization"),
    [
        ({"client_id": "mock-client", "client_secret": "mock-secret"}, MOCK_CLIENT),
        ({"client_assertion": "a.b.c", "client_id": "mock-client", "client_secret": "mock-secret"}, None),
        ({"client_id": "mock-readonly"}, MOCK_CLIENT),
    ],
)
def test_two_proofs_are_one_too_many(
    server: AuthorizationServer, fields: dict[str, str], authorization: str | None
) -> None:
    refused(lambda: server.token(form(**GRANT, **fields), authorization, TOKEN_URL), "invalid_request")


@pytest.mark.requirement("SMA-042")
def test_a_public_client_has_no_secret_to_guess(server: AuthorizationServer) -> None:
    sent = redemption(code_for(server), client_secret="mock-secret")
    refused(lambda: server.token(sent, None, TOKEN_URL), "invalid_client", 401)


def test_the_state_holds_nothing_that_could_be_used(server: AuthorizationServer, state: MemoryState) -> None:
    code = code_for(server)
    answer = server.token(redemption(code), None, TOKEN_URL)
    launch = server.launches.start(_launch())
    kept = json.dumps([state.all(kind) for kind in state._kinds])
    assert answer["access_token"].split(".")[1][:20] not in kept
    for secret in (code, answer["access_token"], answer["refresh_token"], launch):
        assert secret not in kept


def _launch() -> Any:
    from tests.mock_athena.auth.conftest import LAUNCH

    return LAUNCH
