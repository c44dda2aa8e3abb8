"""fhirclient as a backend service that signs: https://hl7.org/fhir/smart-app-launch/STU2.2/backend-services.html."""

import json
import uuid

import pytest
from fhirclient.models.patient import Patient
from fhirclient.server import FHIRUnauthorizedException
from joserfc import jwt
from joserfc.jwk import KeySet

from mock_athena.clock import NANOSECONDS, SystemClock
from mock_athena.settings import fixtures_dir
from tests.emulator import PATIENT, Emulator, RegisteredClient
from tests.integration.smart import smart_client

KEYS = fixtures_dir() / "keys" / "mock-backend.private.jwks.json"


@pytest.fixture
def backend(emulator: Emulator) -> RegisteredClient:
    """A client that has the keys of mock-backend and a quota of its own."""
    public = KeySet.import_key_set(json.loads(KEYS.read_text())).as_dict(private=False)
    return emulator.register(
        jwks=public, grant_types=["client_credentials"], redirect_uris=[], scope="system/*.read system/*.rs"
    )


def assertion(client: RegisteredClient, lifetime: int = 240, algorithm: str = "RS384") -> str:
    keys = KeySet.import_key_set(json.loads(KEYS.read_text())).keys
    key = next(key for key in keys if key.as_dict()["alg"] == algorithm)
    claims = {
        "iss": client.id,
        "sub": client.id,
        "aud": client.emulator.token_url,
        "exp": SystemClock().wall() // NANOSECONDS + lifetime,  # an assertion is judged by the machine's clock
        "jti": uuid.uuid4().hex,
    }
    return jwt.encode({"alg": algorithm, "kid": key.kid, "typ": "JWT"}, claims, key, [algorithm])


@pytest.mark.parametrize("algorithm", ["RS384", "ES384"])
def test_a_signed_assertion_gets_a_token_that_reads(backend: RegisteredClient, algorithm: str) -> None:
    signed = assertion(backend, algorithm=algorithm)
    service = smart_client(backend, scope="system/*.read", jwt_token=signed)
    service.wants_patient = False
    service.prepare()
    service.authorize()
    assert Patient.read(PATIENT, service.server).id == PATIENT


def test_an_assertion_that_has_expired_is_refused(backend: RegisteredClient) -> None:
    service = smart_client(backend, scope="system/*.read", jwt_token=assertion(backend, lifetime=-600))
    service.wants_patient = False
    service.prepare()
    with pytest.raises(FHIRUnauthorizedException) as caught:
        service.authorize()
    assert caught.value.response.json()["error"] == "invalid_client"
