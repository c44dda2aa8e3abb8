"""Redeeming an authorization code: once, in time, by its owner, with the right verifier."""

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from mock_athena.auth.assertions import JWT_BEARER
from mock_athena.auth.server import AuthorizationServer
from mock_athena.clock import NANOSECONDS, ManualClock
from mock_athena.errors import OAuthError, Unauthorized
from mock_athena.state.memory import MemoryState
from tests.mock_athena.auth.conftest import (
    BESIDE,
    CALLBACK,
    CHALLENGE,
    MOCK_CLIENT,
    ORIGIN,
    TOKEN_URL,
    Sign,
    code_for,
    form,
    redemption,
    refused,
)


def test_a_code_becomes_tokens_with_the_patient_in_context(server: AuthorizationServer) -> None:
    response = server.token(redemption(code_for(server, "a-1.E-2")), None, TOKEN_URL)
    caller = server.identify("Bearer " + response.pop("access_token"))
    assert response.pop("refresh_token")
    assert response == {
        "token_type": "Bearer", "expires_in": 3600, "patient": "a-1.E-2", "ah_practice": "a-1.Practice-500001",
        "scope": "patient/*.read launch/patient offline_access", **BESIDE,
    }  # fmt: skip
    assert (caller.client_id, caller.patient) == ("mock-public", "a-1.E-2")


@pytest.mark.parametrize(("base", "practice"), [("/fhir/r4", 500001), ("/fhir/r4/sandbox", 195900)])
def test_a_token_names_the_practice_of_its_environment(server: AuthorizationServer, base: str, practice: int) -> None:
    code = code_for(server, "whatever-id", aud=ORIGIN + base)
    token = server.token(redemption(code), None, TOKEN_URL)["access_token"]
    claims = jwt.decode(token, KeySet.import_key_set(server.jwks()), ["RS256"]).claims  # type: ignore[arg-type]
    assert claims["ah_practice"] == f"a-1.Practice-{practice}"


def test_user_scopes_are_confined_to_the_patient_too(server: AuthorizationServer) -> None:
    response = server.token(redemption(code_for(server, scope="user/*.rs Patient.read system/*.rs")), None, TOKEN_URL)
    assert response["scope"] == "user/*.rs"
    assert server.identify("Bearer " + response["access_token"]).patient == "a-1.E-1"
    assert "refresh_token" not in response


def test_a_code_is_good_for_a_minute(server: AuthorizationServer, clock: ManualClock) -> None:
    in_time, late = code_for(server), code_for(server)
    clock.advance(60 * NANOSECONDS - 1)
    assert server.token(redemption(in_time), None, TOKEN_URL)
    clock.advance(1)
    assert "expired" in refused(lambda: server.token(redemption(late), None, TOKEN_URL), "invalid_grant").message


def test_a_code_is_good_once_and_its_replay_revokes_the_tokens(server: AuthorizationServer) -> None:
    code, other = code_for(server), code_for(server)
    response = server.token(redemption(code), None, TOKEN_URL)
    unrelated = server.token(redemption(other), None, TOKEN_URL)
    assert "already used" in refused(lambda: server.token(redemption(code), None, TOKEN_URL), "invalid_grant").message
    with pytest.raises(Unauthorized, match="revoked"):
        server.identify("Bearer " + response["access_token"])
    refresh = form(grant_type="refresh_token", client_id="mock-public", refresh_token=response["refresh_token"])
    refused(lambda: server.token(refresh, None, TOKEN_URL), "invalid_grant")
    assert server.identify("Bearer " + unrelated["access_token"])


def test_an_unknown_code_is_an_invalid_grant(server: AuthorizationServer) -> None:
    refused(lambda: server.token(redemption("BAD_CODE"), None, TOKEN_URL), "invalid_grant")


def test_a_code_belongs_to_one_client(server: AuthorizationServer) -> None:
    code = code_for(server)
    stolen = redemption(code, client_id=None)
    error = refused(lambda: server.token(stolen, MOCK_CLIENT, TOKEN_URL), "invalid_grant")
    assert "another client" in error.reason
    assert "another client" not in error.message
    assert server.token(redemption(code), None, TOKEN_URL)


@pytest.mark.parametrize("uri", [CALLBACK + "/", CALLBACK + "?x", "http://localhost:8765/callback"])
def test_a_code_belongs_to_one_redirect_uri(server: AuthorizationServer, uri: str) -> None:
    code = code_for(server)
    refused(lambda: server.token(redemption(code, redirect_uri=uri), None, TOKEN_URL), "invalid_grant")


@pytest.mark.parametrize("verifier", [None, "", "x" * 43, CHALLENGE, "short", "ü" * 43, "x" * 129])
def test_a_wrong_verifier_is_an_invalid_grant(server: AuthorizationServer, verifier: str | None) -> None:
    code = code_for(server)
    refused(lambda: server.token(redemption(code, code_verifier=verifier), None, TOKEN_URL), "invalid_grant")


def test_a_confidential_client_may_do_without_pkce_but_not_by_halves(server: AuthorizationServer) -> None:
    without = {"client_id": "mock-client", "code_challenge": None, "code_challenge_method": None}
    halved = redemption(code_for(server, **without), client_id=None)
    refused(lambda: server.token(halved, MOCK_CLIENT, TOKEN_URL), "invalid_grant")
    whole = redemption(code_for(server, **without), client_id=None, code_verifier=None)
    assert server.token(whole, MOCK_CLIENT, TOKEN_URL)["patient"] == "a-1.E-1"


def test_reset_forgets_codes(server: AuthorizationServer) -> None:
    code = code_for(server)
    server.reset()
    refused(lambda: server.token(redemption(code), None, TOKEN_URL), "invalid_grant")


def test_used_codes_are_forgotten_in_the_end(
    server: AuthorizationServer, state: MemoryState, clock: ManualClock
) -> None:
    code_for(server)
    clock.advance(2 * 3600 * NANOSECONDS)
    code_for(server)
    assert len(state.all("code")) == 1


def test_the_state_holds_no_code_that_could_be_used(server: AuthorizationServer, state: MemoryState) -> None:
    code = code_for(server)
    assert code not in json.dumps([state.all(kind) for kind in ("code", "used-code")])


def test_of_many_simultaneous_redemptions_one_succeeds(server: AuthorizationServer) -> None:
    code = code_for(server)

    def attempt(_: int) -> str:
        try:
            server.token(redemption(code), None, TOKEN_URL)
        except OAuthError as error:
            return error.error
        return "token"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(attempt, range(8)))
    assert sorted(outcomes) == ["invalid_grant"] * 7 + ["token"]


@pytest.mark.requirement("SMA-043")
def test_a_client_that_signs_redeems_its_code_by_an_assertion(
    server: AuthorizationServer, sign: Sign, backend_keys: Mapping[str, Any]
) -> None:
    public = {**backend_keys["ES384"].as_dict(private=False), "kid": "mock-backend-es384"}
    server.clients.register({"client_id": "signs", "redirect_uris": [CALLBACK], "jwks": {"keys": [public]}})
    assertion = sign("ES384", iss="signs", sub="signs")
    sent = redemption(
        code_for(server, client_id="signs", scope="patient/*.read"),
        client_id=None,
        client_assertion_type=JWT_BEARER,
        client_assertion=assertion,
    )
    assert server.token(sent, None, TOKEN_URL)["patient"] == "a-1.E-1"
