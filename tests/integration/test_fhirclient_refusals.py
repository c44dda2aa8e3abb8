"""What fhirclient makes of our refusals: its own exceptions, with our OperationOutcome inside."""

from collections.abc import Callable

import pytest
import requests
from fhirclient.models.bundle import Bundle
from fhirclient.models.operationoutcome import OperationOutcome
from fhirclient.models.patient import Patient
from fhirclient.server import FHIRNotFoundException, FHIRPermissionDeniedException, FHIRUnauthorizedException

from tests.emulator import PATIENT, RegisteredClient
from tests.integration.browser import decide
from tests.integration.smart import backend_client, smart_client


def outcome(response: requests.Response) -> OperationOutcome:
    """The body, which must be an OperationOutcome even for a strict parser."""
    return OperationOutcome(response.json())


def test_an_unknown_id_is_not_found(client: RegisteredClient) -> None:
    server = backend_client(client).server
    with pytest.raises(FHIRNotFoundException) as caught:
        Patient.read("nobody", server)
    assert outcome(caught.value.response).issue[0].code == "not-found"


def test_an_unknown_type_is_not_found(client: RegisteredClient) -> None:
    server = backend_client(client).server
    with pytest.raises(FHIRNotFoundException) as caught:
        Bundle.read_from("Potion", server)
    assert "Potion" in outcome(caught.value.response).issue[0].diagnostics


def test_a_missing_scope_is_denied_and_named(client: RegisteredClient) -> None:
    app = smart_client(client, scope="patient/Observation.read")
    app.prepare()
    app.handle_callback(decide(app.authorize_url, patient=PATIENT))
    with pytest.raises(FHIRPermissionDeniedException) as caught:
        Patient.read(PATIENT, app.server)
    assert "patient/Patient" in outcome(caught.value.response).issue[0].diagnostics


def exhausted(client: RegisteredClient, request: Callable[[], object]) -> requests.HTTPError:
    """The refusal of the seventeenth request at one instant."""
    for _ in range(16):
        request()
    with pytest.raises(requests.HTTPError) as caught:
        request()
    return caught.value


def test_a_request_too_many_is_a_429_that_says_when_to_come_back(manual_client: RegisteredClient) -> None:
    server = backend_client(manual_client).server
    error = exhausted(manual_client, lambda: Patient.read(PATIENT, server))
    assert error.response.status_code == 429
    assert error.response.headers["Retry-After"] == "2"
    assert outcome(error.response).issue[0].code == "throttled"

    manual_client.emulator.advance(2)
    assert Patient.read(PATIENT, server).id == PATIENT


def test_an_expired_token_is_unauthorized_until_it_is_refreshed(manual_client: RegisteredClient) -> None:
    app = smart_client(manual_client)
    app.prepare()
    app.handle_callback(decide(app.authorize_url, patient=PATIENT))
    Patient.read(PATIENT, app.server)

    manual_client.emulator.advance(3600)
    with pytest.raises(FHIRUnauthorizedException) as caught:
        Patient.read(PATIENT, app.server)
    assert 'error="invalid_token"' in caught.value.response.headers["WWW-Authenticate"]
    assert "expired" in outcome(caught.value.response).issue[0].diagnostics

    assert app.reauthorize()
    assert Patient.read(PATIENT, app.server).id == PATIENT
