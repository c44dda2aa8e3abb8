"""Refreshing: the same patient, the same scopes or fewer, for the same client."""

import pytest

from mock_athena.auth.form import Parameters
from mock_athena.auth.grant import Grant
from mock_athena.auth.server import AuthorizationServer
from mock_athena.clock import NANOSECONDS, ManualClock
from tests.mock_athena.auth.conftest import BESIDE, MOCK_CLIENT, TOKEN_URL, code_for, form, redemption, refused


@pytest.fixture
def refresh_token(server: AuthorizationServer) -> str:
    response = server.token(redemption(code_for(server)), None, TOKEN_URL)
    token: str = response["refresh_token"]
    return token


def refresh(token: str, **more: str) -> Parameters:
    return form(grant_type="refresh_token", client_id="mock-public", refresh_token=token, **more)


def test_a_refresh_keeps_scopes_and_patient(
    server: AuthorizationServer, clock: ManualClock, refresh_token: str
) -> None:
    clock.advance(7200 * NANOSECONDS)
    response = server.token(refresh(refresh_token), None, TOKEN_URL)
    caller = server.identify("Bearer " + response.pop("access_token"))
    assert caller.patient == "a-1.E-1"
    assert response.pop("refresh_token") != refresh_token
    assert response == {
        "token_type": "Bearer", "expires_in": 3600, "patient": "a-1.E-1", "ah_practice": "a-1.Practice-500001",
        "scope": "patient/*.read launch/patient offline_access", **BESIDE,
    }  # fmt: skip


def test_fewer_scopes_may_be_asked_for_and_the_rest_comes_back(server: AuthorizationServer, refresh_token: str) -> None:
    narrowed = server.token(refresh(refresh_token, scope="patient/Observation.rs"), None, TOKEN_URL)
    assert narrowed["scope"] == "patient/Observation.rs"
    again = server.token(refresh(narrowed["refresh_token"]), None, TOKEN_URL)
    assert again["scope"] == "patient/*.read launch/patient offline_access"


@pytest.mark.parametrize("scope", ["user/*.rs", "patient/*.cruds", "patient/*.read openid", "nonsense"])
def test_more_scopes_are_refused(server: AuthorizationServer, refresh_token: str, scope: str) -> None:
    refused(lambda: server.token(refresh(refresh_token, scope=scope), None, TOKEN_URL), "invalid_scope")


def test_an_unknown_token_is_an_invalid_grant(server: AuthorizationServer) -> None:
    refused(lambda: server.token(refresh("unknown"), None, TOKEN_URL), "invalid_grant")


def test_a_token_belongs_to_one_client(server: AuthorizationServer, refresh_token: str) -> None:
    stolen = form(grant_type="refresh_token", refresh_token=refresh_token)
    error = refused(lambda: server.token(stolen, MOCK_CLIENT, TOKEN_URL), "invalid_grant")
    assert "mock-public" in error.reason
    assert "mock-public" not in error.message


def test_a_token_lasts_ninety_days(server: AuthorizationServer, clock: ManualClock, refresh_token: str) -> None:
    clock.advance(90 * 86_400 * NANOSECONDS - 1)
    assert server.token(refresh(refresh_token), None, TOKEN_URL)
    clock.advance(1)
    refused(lambda: server.token(refresh(refresh_token), None, TOKEN_URL), "invalid_grant")


def test_reset_forgets_refresh_tokens(server: AuthorizationServer, refresh_token: str) -> None:
    server.reset()
    refused(lambda: server.token(refresh(refresh_token), None, TOKEN_URL), "invalid_grant")


def test_a_client_that_may_not_refresh_is_not_promised_it(server: AuthorizationServer) -> None:
    server.clients.register(
        {
            "client_id": "once",
            "token_endpoint_auth_method": "none",
            "redirect_uris": ["http://127.0.0.1:8765/callback"],
            "scope": "patient/*.read offline_access",
        }
    )
    response = server.token(redemption(code_for(server, client_id="once"), client_id="once"), None, TOKEN_URL)
    assert response["scope"] == "patient/*.read"
    assert "refresh_token" not in response


def test_a_token_that_is_issued_while_its_sign_in_is_revoked_does_not_work(
    server: AuthorizationServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    redeemed = redemption(code_for(server))
    issue = server.tokens.issue

    def replayed_meanwhile(grant: Grant) -> str:
        token = issue(grant)
        monkeypatch.undo()
        refused(lambda: server.token(redeemed, None, TOKEN_URL), "invalid_grant")
        return token

    monkeypatch.setattr(server.tokens, "issue", replayed_meanwhile)
    leaked = server.token(redeemed, None, TOKEN_URL)["refresh_token"]
    error = refused(lambda: server.token(refresh(leaked), None, TOKEN_URL), "invalid_grant")
    assert "revoked" in error.reason


def test_a_type_that_there_is_not_is_beyond_every_sign_in(server: AuthorizationServer, refresh_token: str) -> None:
    sent = refresh(refresh_token, scope="patient/Foo.rs")
    error = refused(lambda: server.token(sent, None, TOKEN_URL), "invalid_scope")
    assert "Foo" in error.message
