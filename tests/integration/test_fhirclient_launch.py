"""fhirclient is launched from within the EHR, keeps its session alive, and finds its way back after a 401."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from fhirclient.models.observation import Observation
from fhirclient.models.patient import Patient
from fhirclient.server import FHIRUnauthorizedException

from tests.emulator import PATIENT, Emulator, RegisteredClient
from tests.integration.smart import smart_client

DOCTOR = "a-500001.Provider-1"
SCOPE = "launch openid fhirUser patient/*.read offline_access"


@pytest.fixture
def public(emulator: Emulator) -> RegisteredClient:
    """A client without a secret that the EHR can launch."""
    return emulator.register(
        token_endpoint_auth_method="none",
        grant_types=["authorization_code", "refresh_token"],
        scope=SCOPE,
        auto_approve=True,
    )


def answered(authorize_url: str) -> str:
    """Where the browser is sent when nobody has to be asked."""
    return requests.get(authorize_url, allow_redirects=False, timeout=30).headers["Location"]


@pytest.mark.requirement("SMA-017", "SMA-019", "SMA-099")
def test_it_is_launched_refreshes_and_recovers_from_a_401(public: RegisteredClient) -> None:
    emulator = public.emulator
    launched = emulator.control("POST", "launches", {"client_id": public.id, "user": DOCTOR, "patient": PATIENT})
    app = smart_client(public, launched["iss"], scope=SCOPE, launch_token=launched["launch"])
    app.prepare()
    asked = parse_qs(urlsplit(app.authorize_url).query)
    assert (asked["launch"], asked["aud"]) == ([launched["launch"]], [launched["iss"]])
    assert asked["code_challenge_method"] == ["S256"]
    app.handle_callback(answered(app.authorize_url))
    assert app.patient_id == PATIENT
    assert app.launch_context["need_patient_banner"] is True
    assert app.launch_context["id_token"]
    assert next(Observation.where({"patient": PATIENT, "_count": "1"}).perform_resources_iter(app.server))

    first = app.server.auth.refresh_token
    emulator.control("POST", "tokens/expire", {"client_id": public.id})
    with pytest.raises(FHIRUnauthorizedException):
        Patient.read(PATIENT, app.server)
    assert app.reauthorize()
    assert Patient.read(PATIENT, app.server).id == PATIENT
    assert app.server.auth.refresh_token not in (None, first)

    # Once more, with the refresh token that the first refresh brought.
    emulator.control("POST", "tokens/expire", {"client_id": public.id})
    assert app.reauthorize()
    assert Patient.read(PATIENT, app.server).id == PATIENT

    emulator.control("POST", "tokens/revoke", {"client_id": public.id})
    with pytest.raises(Exception, match="400"):
        app.reauthorize()
