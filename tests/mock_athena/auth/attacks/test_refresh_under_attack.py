"""Attacks on refresh tokens: stolen and used twice, by another client, for more than was allowed, after the end."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from mock_athena.auth.consent import Consent
from mock_athena.auth.form import Parameters
from mock_athena.auth.server import AuthorizationServer
from mock_athena.clock import NANOSECONDS, ManualClock
from mock_athena.errors import OAuthError, Unauthorized
from mock_athena.profiles import ATHENA, MISSION, Profile
from mock_athena.settings import Settings
from mock_athena.state.directory import DirectoryState
from mock_athena.state.memory import MemoryState
from tests.mock_athena.auth.conftest import (
    MOCK_CLIENT,
    TOKEN_URL,
    code_for,
    decided,
    form,
    patient_user,
    redemption,
    refused,
)

SCOPE = "patient/*.read launch/patient offline_access"


def signed_in(server: AuthorizationServer, **changes: str | None) -> dict[str, Any]:
    return server.token(redemption(code_for(server, **changes)), None, TOKEN_URL)


def refresh(token: str, **more: str) -> Parameters:
    return form(grant_type="refresh_token", client_id="mock-public", refresh_token=token, **more)


@pytest.mark.requirement("SMA-065", "SMA-069")
def test_a_spent_token_that_comes_again_ends_the_whole_family(server: AuthorizationServer) -> None:
    first = signed_in(server)
    second = server.token(refresh(first["refresh_token"]), None, TOKEN_URL)
    third = server.token(refresh(second["refresh_token"]), None, TOKEN_URL)
    stranger = signed_in(server)
    assert (
        "was used before"
        in refused(lambda: server.token(refresh(first["refresh_token"]), None, TOKEN_URL), "invalid_grant").message
    )
    for answer in (first, second, third):
        sent = refresh(answer["refresh_token"])
        refused(partial(server.token, sent, None, TOKEN_URL), "invalid_grant")
        with pytest.raises(Unauthorized, match="revoked"):
            server.identify("Bearer " + answer["access_token"])
    assert server.token(refresh(stranger["refresh_token"]), None, TOKEN_URL)


def test_of_many_that_refresh_at_once_one_succeeds_and_nobody_keeps_anything(server: AuthorizationServer) -> None:
    token = signed_in(server)["refresh_token"]

    def attempt(_: int) -> dict[str, Any] | None:
        try:
            return server.token(refresh(token), None, TOKEN_URL)
        except OAuthError:
            return None

    with ThreadPoolExecutor(8) as pool:
        (answer,) = [each for each in pool.map(attempt, range(8)) if each]
    refused(lambda: server.token(refresh(answer["refresh_token"]), None, TOKEN_URL), "invalid_grant")


def test_a_reuse_before_a_restart_is_known_after_it(tmp_path: Any, clock: ManualClock) -> None:
    state = DirectoryState(tmp_path / "state")
    server = AuthorizationServer(Settings(), MISSION, clock, state)
    first = signed_in(server)
    second = server.token(refresh(first["refresh_token"]), None, TOKEN_URL)
    state.close()
    state = DirectoryState(tmp_path / "state")
    server = AuthorizationServer(Settings(), MISSION, clock, state)
    refused(lambda: server.token(refresh(first["refresh_token"]), None, TOKEN_URL), "invalid_grant")
    refused(lambda: server.token(refresh(second["refresh_token"]), None, TOKEN_URL), "invalid_grant")
    state.close()


@pytest.mark.requirement("SMA-067")
def test_a_stolen_token_is_of_no_use_to_another_client_and_stays_its_owners(server: AuthorizationServer) -> None:
    token = signed_in(server)["refresh_token"]
    stolen = form(grant_type="refresh_token", refresh_token=token)
    refused(lambda: server.token(stolen, MOCK_CLIENT, TOKEN_URL), "invalid_grant")
    assert server.token(refresh(token), None, TOKEN_URL)


def test_only_a_public_client_may_leave_out_who_it_is(server: AuthorizationServer) -> None:
    bare = form(grant_type="refresh_token", refresh_token=signed_in(server)["refresh_token"])
    assert server.token(bare, None, TOKEN_URL)["patient"] == "a-1.E-1"
    code = redemption(code_for(server, client_id="mock-client"), client_id=None)
    token = server.token(code, MOCK_CLIENT, TOKEN_URL)["refresh_token"]
    bare = form(grant_type="refresh_token", refresh_token=token)
    refused(lambda: server.token(bare, None, TOKEN_URL), "invalid_client", 401)


@pytest.mark.requirement("SMA-066")
@pytest.mark.parametrize(
    "scope", ["patient/*.cruds", "patient/*.read user/*.rs", "system/*.rs", "openid", "launch", "patient/Patient.c"]
)
def test_more_than_was_allowed_is_refused_and_costs_nothing(server: AuthorizationServer, scope: str) -> None:
    token = signed_in(server)["refresh_token"]
    assert SCOPE in refused(lambda: server.token(refresh(token, scope=scope), None, TOKEN_URL), "invalid_scope").message
    assert server.token(refresh(token), None, TOKEN_URL)["scope"] == SCOPE


@pytest.mark.requirement("SMA-070")
def test_the_patient_cannot_be_exchanged(server: AuthorizationServer) -> None:
    sent = refresh(signed_in(server)["refresh_token"], patient="a-1.E-2", launch="x", fhirUser="Patient/a-1.E-2")
    answer = server.token(sent, None, TOKEN_URL)
    assert answer["patient"] == "a-1.E-1"
    assert server.identify("Bearer " + answer["access_token"]).patient == "a-1.E-1"


@pytest.mark.parametrize("other", ["access_token", "code", "id_token"])
def test_nothing_else_refreshes(server: AuthorizationServer, other: str) -> None:
    code = code_for(server, scope=f"openid {SCOPE}")
    answer = server.token(redemption(code), None, TOKEN_URL) | {"code": code}
    refused(lambda: server.token(refresh(answer[other]), None, TOKEN_URL), "invalid_grant")


def online(server: AuthorizationServer, sign_in: str, scope: str = "patient/*.read online_access") -> dict[str, Any]:
    consent = Consent(patient_user(), None, "a-1.E-1", sign_in=sign_in)
    return server.token(redemption(decided(server, consent, scope=scope)), None, TOKEN_URL)


@pytest.mark.requirement("SMA-064")
def test_online_access_ends_when_the_user_signs_out(server: AuthorizationServer) -> None:
    mine, others = online(server, "visit-1"), online(server, "visit-2")
    away = online(server, "visit-1", "patient/*.read online_access offline_access")
    mine = server.token(refresh(mine["refresh_token"]), None, TOKEN_URL)
    server.signed_out("visit-1")
    error = refused(lambda: server.token(refresh(mine["refresh_token"]), None, TOKEN_URL), "invalid_grant")
    assert "signed out" in error.reason
    for still in (others, away):
        assert server.token(refresh(still["refresh_token"]), None, TOKEN_URL)


def test_online_access_ends_after_half_a_day_in_any_case(server: AuthorizationServer, clock: ManualClock) -> None:
    token = online(server, "visit-1")["refresh_token"]
    clock.advance(12 * 3600 * NANOSECONDS)
    refused(lambda: server.token(refresh(token), None, TOKEN_URL), "invalid_grant")


@pytest.mark.requirement("SMA-063")
def test_without_such_a_scope_there_is_no_refresh_token(server: AuthorizationServer) -> None:
    assert "refresh_token" not in signed_in(server, scope="patient/*.read launch/patient")
    assert "refresh_token" in signed_in(server)


@pytest.mark.parametrize(
    ("profile", "setting", "kept"),
    [(MISSION, None, False), (ATHENA, None, True), (MISSION, False, True), (ATHENA, True, False)],
)
def test_the_profile_or_a_setting_says_whether_a_token_stays_as_it_is(
    clock: ManualClock, profile: Profile, setting: bool | None, kept: bool
) -> None:
    server = AuthorizationServer(Settings(refresh_rotation=setting), profile, clock, MemoryState())
    scope = "patient/Patient.read offline_access"
    token = signed_in(server, scope=scope)["refresh_token"]
    answer = server.token(refresh(token, scope=scope), None, TOKEN_URL)
    assert (answer["refresh_token"] == token) is kept
    if kept:
        assert server.token(refresh(token, scope=scope), None, TOKEN_URL)
