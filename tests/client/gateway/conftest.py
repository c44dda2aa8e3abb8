"""A gateway of the test's own in this process, in front of the shared emulator."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from werkzeug.test import Client

from athena_fhir_client.bulk.waiting import Polling
from athena_fhir_client.clock import Clock
from athena_fhir_client.configuration import Configuration
from athena_fhir_client.gateway import GatewaySettings, create_gateway
from athena_fhir_client.service import AthenaHealthEnhancedService
from athena_fhir_client.service.demo import connect_application, name_patient
from tests.client.bulk.stepping import SteppingClock
from tests.emulator import Emulator, RegisteredClient

CALLBACK = "http://localhost:3000/api/ehr/callback"

StartGateway = Callable[..., Client]


@pytest.fixture
def application(manual_emulator: Emulator) -> RegisteredClient:
    """The application as it is registered."""
    return manual_emulator.register(redirect_uris=[CALLBACK])


@pytest.fixture
def service(application: RegisteredClient, tmp_path: Path) -> Iterator[AthenaHealthEnhancedService]:
    """Its service, whose waiting moves the emulator's clock."""
    with service_of(application, tmp_path) as service:
        yield service


def service_of(
    application: RegisteredClient, folder: Path, clock: Clock | None = None, **changed: str
) -> AthenaHealthEnhancedService:
    emulator = application.emulator
    told = {"client_id": application.id, "client_secret": application.secret, "redirect_uri": CALLBACK}
    configuration = Configuration(**{**told, "fhir_endpoint": emulator.base, **changed})
    clock = clock or SteppingClock(emulator)
    return AthenaHealthEnhancedService(folder, configuration, clock=clock, polling=Polling(every=30))


@pytest.fixture
def http(service: AthenaHealthEnhancedService) -> Client:
    """The gateway as this machine sees it, with ``conn_123``."""
    connect_application(service)
    name_patient(service)
    return Client(create_gateway(service, GatewaySettings()))
