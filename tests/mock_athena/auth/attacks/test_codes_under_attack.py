"""Attacks on authorization codes: stolen, replayed, injected, redeemed with another verifier or none."""

import base64
import hashlib
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from mock_athena.auth.server import AuthorizationServer
from mock_athena.clock import NANOSECONDS, ManualClock
from mock_athena.errors import OAuthError, Unauthorized
from mock_athena.profiles import MISSION
from mock_athena.settings import Settings
from mock_athena.state.directory import DirectoryState
from tests.mock_athena.auth.conftest import (
    CHALLENGE,
    MOCK_CLIENT,
    ORIGIN,
    TOKEN_URL,
    VERIFIER,
    asked,
    code_for,
    form,
    redemption,
    refused,
)


def redeem(server: AuthorizationServer, code: str, **changes: str | None) -> dict[str, Any]:
    return server.token(redemption(code, **changes), None, TOKEN_URL)


@pytest.mark.requirement("SMA-034", "SMA-035")
def test_a_replayed_code_ends_everything_that_came_of_it(server: AuthorizationServer) -> None:
    code = code_for(server)
    first = redeem(server, code)
    refreshed = server.token(
        form(grant_type="refresh_token", client_id="mock-public", refresh_token=first["refresh_token"]), None, TOKEN_URL
    )
    refused(lambda: redeem(server, code), "invalid_grant")
    for answer in (first, refreshed):
        with pytest.raises(Unauthorized, match="revoked"):
            server.identify("Bearer " + answer["access_token"])
        again = form(grant_type="refresh_token", client_id="mock-public", refresh_token=answer["refresh_token"])
        refused(partial(server.token, again, None, TOKEN_URL), "invalid_grant")


def test_a_replay_by_another_worker_is_seen(tmp_path: Any, clock: ManualClock) -> None:
    states = [DirectoryState(tmp_path / "state") for _ in range(2)]
    one, other = (AuthorizationServer(Settings(), MISSION, clock, state) for state in states)
    code = code_for(one)
    bearer = "Bearer " + redeem(other, code)["access_token"]
    assert one.identify(bearer).patient == "a-1.E-1"  # and remembered there
    refused(lambda: redeem(other, code), "invalid_grant")
    with pytest.raises(Unauthorized, match="revoked"):
        one.identify(bearer)
    for state in states:
        state.close()


def test_of_many_workers_that_redeem_at_once_one_succeeds(tmp_path: Any, clock: ManualClock) -> None:
    states = [DirectoryState(tmp_path / "state") for _ in range(4)]
    servers = [AuthorizationServer(Settings(), MISSION, clock, state) for state in states]
    code = code_for(servers[0])

    def attempt(server: AuthorizationServer) -> str:
        try:
            redeem(server, code)
        except OAuthError as error:
            return error.error
        return "token"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(attempt, servers * 2))
    assert sorted(outcomes) == ["invalid_grant"] * 7 + ["token"]
    for state in states:
        state.close()


@pytest.mark.requirement("SMA-037")
def test_a_stolen_code_is_of_no_use_to_another_client_and_stays_its_owners(server: AuthorizationServer) -> None:
    code = code_for(server)
    refused(lambda: server.token(redemption(code, client_id=None), MOCK_CLIENT, TOKEN_URL), "invalid_grant")
    assert redeem(server, code)["patient"] == "a-1.E-1"


def test_a_code_of_a_confidential_client_needs_its_secret(server: AuthorizationServer) -> None:
    code = code_for(server, client_id="mock-client")
    refused(lambda: redeem(server, code, client_id="mock-client"), "invalid_client", 401)


@pytest.mark.requirement("SMA-030", "SMA-031", "SMA-032", "SMA-033")
@pytest.mark.parametrize(
    "verifier",
    [None, "", CHALLENGE, VERIFIER[:-1], VERIFIER + "x", VERIFIER.upper(), "x" * 42, VERIFIER + "\n", " " + VERIFIER],
)
def test_another_verifier(server: AuthorizationServer, verifier: str | None) -> None:
    code = code_for(server)
    refused(lambda: redeem(server, code, code_verifier=verifier), "invalid_grant")
    assert redeem(server, code)  # a failed attempt leaves the code to its owner


@pytest.mark.requirement("SMA-027", "SMA-028", "SMA-029")
@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge": None},
        {"code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": "s256"},
        {"code_challenge_method": "plain", "code_challenge": VERIFIER},
        {"code_challenge": CHALLENGE[:-1]},
        {"code_challenge": ""},
    ],
)
def test_a_public_client_cannot_be_talked_out_of_pkce(
    server: AuthorizationServer, changes: dict[str, str | None]
) -> None:
    refused(lambda: code_for(server, **changes), "invalid_request")


def test_a_code_without_a_challenge_takes_no_verifier(server: AuthorizationServer) -> None:
    """Else a code could be injected that the attacker got with PKCE stripped off (RFC 9700 §4.8.2)."""
    code = code_for(server, client_id="mock-client", code_challenge=None, code_challenge_method=None)
    sent = redemption(code, client_id=None)
    assert "code_challenge" in refused(lambda: server.token(sent, MOCK_CLIENT, TOKEN_URL), "invalid_grant").message


def test_a_code_that_was_injected_into_another_session_lacks_its_verifier(server: AuthorizationServer) -> None:
    other = "the-verifier-of-the-victims-own-authorization-request"
    digest = hashlib.sha256(other.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    code_for(server, code_challenge=challenge)
    refused(lambda: redeem(server, code_for(server), code_verifier=other), "invalid_grant")


@pytest.mark.requirement("SMA-036")
def test_a_code_is_too_old_after_a_minute_and_says_by_how_much(server: AuthorizationServer, clock: ManualClock) -> None:
    code = code_for(server)
    clock.advance(75 * NANOSECONDS)
    assert "expired 15 s ago" in refused(lambda: redeem(server, code), "invalid_grant").message


@pytest.mark.requirement("SMA-038")
@pytest.mark.parametrize("code", ["guess", "x" * 5000, "\ud800", "' OR 1=1 --", "%00"])
def test_a_guess(server: AuthorizationServer, code: str) -> None:
    error = refused(lambda: redeem(server, code), "invalid_grant")
    assert code not in error.message + error.reason


@pytest.mark.parametrize("token", ["access_token", "refresh_token"])
def test_a_token_is_no_code(server: AuthorizationServer, token: str) -> None:
    answer = redeem(server, code_for(server))
    refused(lambda: redeem(server, answer[token]), "invalid_grant")


@pytest.mark.parametrize("code", ["code", "access_token"])
def test_codes_do_not_follow_one_another(server: AuthorizationServer, code: str) -> None:
    made = [code_for(server) if code == "code" else redeem(server, code_for(server))[code] for _ in range(4)]
    assert len({each[-16:] for each in made}) == 4


@pytest.mark.requirement("SMA-024")
@pytest.mark.parametrize(
    "aud",
    [
        None, "https://evil.example/fhir/r4", f"{ORIGIN}/fhir/r4/Patient", f"{ORIGIN}@evil.example/fhir/r4",
        "http://127.0.0.1:8081/fhir/r4", f"{ORIGIN}/FHIR/r4", f"{ORIGIN}/oauth2/v1/token",
    ],
)  # fmt: skip
def test_a_token_for_another_server(server: AuthorizationServer, aud: str | None) -> None:
    """A server of the attacker's could have told the application to ask here and bring the token there."""
    assert ORIGIN in refused(lambda: code_for(server, aud=aud), "invalid_request").message
    assert asked(aud=aud).get("aud") == aud
