"""fhirclient, set up for one of our clients: https://github.com/smart-on-fhir/client-py."""

from typing import Any

from fhirclient.client import FHIRClient

from tests.emulator import CALLBACK, RegisteredClient


def smart_client(client: RegisteredClient, base: str = "", **settings: Any) -> FHIRClient:
    """A client that has not yet talked to anybody."""
    given = {
        "app_id": client.id,
        "app_secret": client.secret or None,
        "api_base": base or client.emulator.base,
        "redirect_uri": CALLBACK,
        "scope": "patient/*.read offline_access",
        **settings,
    }
    return FHIRClient(settings=given)


def backend_client(client: RegisteredClient, base: str = "") -> FHIRClient:
    """A client that discovered the token endpoint and was authorized by client credentials."""
    backend = smart_client(client, base, scope="system/*.read")
    backend.wants_patient = False
    backend.prepare()
    backend.authorize()
    assert backend.ready
    return backend
