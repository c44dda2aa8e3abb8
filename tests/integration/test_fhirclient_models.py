"""fhirclient's strict models, which refuse unknown and missing elements, parse every type that we serve."""

import pytest
from fhirclient.models.bundle import Bundle
from fhirclient.models.fhirelementfactory import FHIRElementFactory

from mock_athena.fhir.registry import RESOURCE_TYPES
from tests.emulator import RegisteredClient
from tests.integration.smart import backend_client

SEARCHABLE = [name for name, kind in RESOURCE_TYPES.items() if kind.searchable]


@pytest.mark.parametrize("name", SEARCHABLE)
def test_a_page_of_each_type_is_parsed(client: RegisteredClient, name: str) -> None:
    bundle = Bundle.read_from(f"{name}?_count=50", backend_client(client).server)
    assert bundle.entry, f"the default data has no {name}"
    for entry in bundle.entry:
        assert entry.resource.resource_type == name


def test_a_note_is_parsed_as_binary(client: RegisteredClient) -> None:
    server = backend_client(client).server
    references = Bundle.read_from("DocumentReference?_count=1", server)
    url = references.entry[0].resource.content[0].attachment.url
    binary = FHIRElementFactory.instantiate("Binary", server.request_json(url))
    assert binary.contentType
    assert binary.data
