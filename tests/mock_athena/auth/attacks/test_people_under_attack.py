"""Attacks on who it is about: another patient, another user, another environment, another one's launch."""

from dataclasses import replace
from typing import Any

import pytest

from mock_athena.auth.consent import Consent
from mock_athena.auth.server import AuthorizationServer
from mock_athena.auth.users import User
from tests.mock_athena.auth.conftest import (
    LAUNCH,
    TOKEN_URL,
    claims_of,
    code_for,
    decided,
    form,
    patient_user,
    redemption,
    refused,
)

PRACTICE = "a-1.Practice-500001"
DOCTOR = User("doc", "provider", "Dr Who", "Practitioner/a-1.Provider-1", None, PRACTICE, "production")
MOTHER = User("mum", "proxy", "Ann One", "RelatedPerson/p-1", ("a-1.E-1",), PRACTICE, "production")


def token(server: AuthorizationServer, code: str, **more: str) -> dict[str, Any]:
    return server.token(redemption(code, **more), None, TOKEN_URL)


@pytest.mark.parametrize("user", [patient_user(), MOTHER], ids=["patient", "proxy"])
def test_a_patient_who_is_not_theirs_cannot_be_chosen(server: AuthorizationServer, user: User) -> None:
    refused(lambda: decided(server, Consent(user, None, "a-1.E-2")), "access_denied")


def test_a_user_without_any_patient_is_not_a_user_for_all(server: AuthorizationServer) -> None:
    nobody = replace(MOTHER, patients=())
    refused(lambda: decided(server, Consent(nobody, None, "a-1.E-1")), "access_denied")
    answer = token(server, decided(server, Consent(nobody), scope="user/*.rs offline_access"))
    refresh = form(grant_type="refresh_token", client_id="mock-public", refresh_token=answer["refresh_token"])
    for each in (answer, server.token(refresh, None, TOKEN_URL)):
        caller = server.identify("Bearer " + each["access_token"])
        assert caller.patients == ()
        assert not caller.reach.parts


def test_a_scope_on_a_patient_needs_one(server: AuthorizationServer) -> None:
    refused(lambda: decided(server, Consent(DOCTOR), scope="patient/*.rs"), "access_denied")


def test_the_patient_of_a_token_request_is_not_listened_to(server: AuthorizationServer) -> None:
    answer = token(server, code_for(server), patient="a-1.E-2", scope="system/*.rs", launch="x")
    assert (answer["patient"], answer["scope"]) == ("a-1.E-1", "patient/*.read launch/patient offline_access")


def test_scopes_beyond_the_request_cannot_be_consented_to(server: AuthorizationServer) -> None:
    consent = Consent(patient_user(), ["patient/Patient.rs", "system/*.cruds", "user/*.rs"], "a-1.E-1")
    code = decided(server, consent, scope="patient/Patient.rs patient/Observation.rs")
    assert token(server, code)["scope"] == "patient/Patient.rs"


def test_nothing_allowed_is_denied(server: AuthorizationServer) -> None:
    refused(lambda: decided(server, Consent(patient_user(), [], "a-1.E-1")), "access_denied")


@pytest.mark.parametrize("aud", ["/fhir/r4", "/fhir/r4/sandbox"])
def test_a_user_signs_in_where_aud_says(server: AuthorizationServer, aud: str) -> None:
    other = "sandbox" if aud == "/fhir/r4" else "production"
    consent = Consent(patient_user("a-1.E-1", other), None, "a-1.E-1")
    message = refused(lambda: decided(server, consent, aud=f"http://127.0.0.1:8080{aud}"), "access_denied").message
    assert "which aud names" in message


LAUNCHED = {"scope": "launch patient/*.rs"}


def test_a_launch_of_another_client(server: AuthorizationServer) -> None:
    id = server.launches.start(replace(LAUNCH, client_id="mock-client"))
    refused(lambda: code_for(server, launch=id, **LAUNCHED), "invalid_request")


def test_a_launch_of_another_user(server: AuthorizationServer) -> None:
    id = server.launches.start(replace(LAUNCH, user=DOCTOR))
    message = refused(lambda: code_for(server, launch=id, **LAUNCHED), "access_denied").message
    assert "started by doc" in message


def test_a_launch_that_was_used(server: AuthorizationServer) -> None:
    id = server.launches.start(LAUNCH)
    assert code_for(server, launch=id, **LAUNCHED)
    refused(lambda: code_for(server, launch=id, **LAUNCHED), "invalid_request")


def test_a_launch_at_another_environment(server: AuthorizationServer) -> None:
    id = server.launches.start(replace(LAUNCH, environment="sandbox"))
    assert "sandbox" in refused(lambda: code_for(server, launch=id, **LAUNCHED), "invalid_request").message


def test_a_launch_without_its_scope(server: AuthorizationServer) -> None:
    id = server.launches.start(LAUNCH)
    refused(lambda: code_for(server, launch=id, scope="patient/*.rs"), "invalid_request")


@pytest.mark.parametrize("guess", ["guess", "", "../launch", "\ud800"])
def test_a_guessed_launch(server: AuthorizationServer, guess: str) -> None:
    if guess:
        error = refused(lambda: code_for(server, launch=guess, **LAUNCHED), "invalid_request")
        assert guess not in error.message
    else:  # as good as not sent
        assert token(server, code_for(server, launch=guess, **LAUNCHED))["scope"] == "patient/*.rs"


def test_an_id_token_is_for_one_client_and_one_request(server: AuthorizationServer) -> None:
    code = code_for(server, scope="openid fhirUser patient/*.rs", nonce="n-1")
    claims = claims_of(server, token(server, code)["id_token"])
    assert (claims["aud"], claims["nonce"], claims["sub"]) == ("mock-public", "n-1", "Patient/a-1.E-1")


def test_a_client_cannot_get_what_it_did_not_register(server: AuthorizationServer) -> None:
    server.clients.register(
        {"client_id": "narrow", "redirect_uris": ["http://127.0.0.1:8765/callback"], "scope": "patient/Patient.r",
         "token_endpoint_auth_method": "none"}
    )  # fmt: skip
    wide = "patient/*.cruds user/*.rs openid offline_access system/*.rs launch/patient"
    answer = token(server, code_for(server, client_id="narrow", scope=wide), client_id="narrow")
    assert answer["scope"] == "patient/Patient.r"
    assert not {"id_token", "refresh_token"} & set(answer)
