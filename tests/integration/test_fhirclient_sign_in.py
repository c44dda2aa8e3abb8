"""fhirclient signs a patient in: discovery by /metadata, PKCE, the consent page, refresh."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.emulator import CALLBACK, PATIENT, Emulator, RegisteredClient
from tests.integration.browser import decide
from tests.integration.smart import smart_client


def test_it_discovers_the_endpoints_in_the_capability_statement(client: RegisteredClient) -> None:
    app = smart_client(client)
    assert app.prepare() is False  # discovered, not yet authorized
    assert app.server.auth.auth_type == "oauth2"
    asked = parse_qs(urlsplit(app.authorize_url).query)
    assert app.authorize_url.startswith(f"{client.emulator.origin}/oauth2/v1/authorize?")
    assert asked["code_challenge_method"] == ["S256"]


def test_a_confidential_client_reads_the_patient_who_signed_in(client: RegisteredClient) -> None:
    app = smart_client(client)
    app.prepare()
    app.handle_callback(decide(app.authorize_url, patient=PATIENT))
    assert app.ready
    assert app.patient_id == PATIENT
    assert app.patient.id == PATIENT
    assert app.human_name(app.patient.name[0])


def test_a_public_client_needs_no_secret(emulator: Emulator) -> None:
    public = emulator.register(
        token_endpoint_auth_method="none",
        grant_types=["authorization_code", "refresh_token"],
        scope="patient/*.read launch/patient offline_access",
    )
    app = smart_client(public)
    app.prepare()
    app.handle_callback(decide(app.authorize_url, patient=PATIENT))
    assert app.patient.birthDate.as_json()


def test_the_session_is_refreshed_without_asking_again(client: RegisteredClient) -> None:
    app = smart_client(client)
    app.prepare()
    app.handle_callback(decide(app.authorize_url, patient=PATIENT))
    before, spent = app.server.auth.access_token, app.server.auth.refresh_token
    assert spent
    assert app.reauthorize()
    assert app.server.auth.access_token not in (None, before)
    assert app.server.auth.refresh_token
    assert app.patient.id == PATIENT


def test_a_refusal_reaches_the_application_as_oauth_says(client: RegisteredClient) -> None:
    app = smart_client(client)
    app.prepare()
    callback = decide(app.authorize_url, decision="deny")
    assert callback.startswith(f"{CALLBACK}?")
    assert parse_qs(urlsplit(callback).query)["error"] == ["access_denied"]
    with pytest.raises(Exception, match="did not allow"):
        app.handle_callback(callback)
    assert not app.ready


def test_a_scope_that_the_patient_unticks_is_not_granted(client: RegisteredClient) -> None:
    app = smart_client(client, scope="patient/Patient.read patient/Observation.read")
    app.prepare()
    app.handle_callback(decide(app.authorize_url, patient=PATIENT, without="patient/Observation.read"))
    assert "patient/Observation.read" not in app.launch_context["scope"].split()
    assert app.patient.id == PATIENT
