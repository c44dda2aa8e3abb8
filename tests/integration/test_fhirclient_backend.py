"""fhirclient as a backend: client credentials, read, search over all pages."""

from fhirclient.models.observation import Observation
from fhirclient.models.patient import Patient

from tests.emulator import PATIENT, RegisteredClient
from tests.integration.smart import backend_client


def test_a_patient_is_read(client: RegisteredClient) -> None:
    patient = Patient.read(PATIENT, backend_client(client).server)
    assert patient.id == PATIENT
    assert patient.name[0].family


def test_all_pages_of_a_search_are_followed_and_nothing_comes_twice(client: RegisteredClient) -> None:
    total = client.total(f"Observation?patient={PATIENT}")
    search = Observation.where({"patient": PATIENT, "_count": str(total // 5)})
    found = [observation.id for observation in search.perform_resources_iter(backend_client(client).server)]
    assert len(found) == len(set(found)) == total
    pages = [entry for entry in client.emulator.journal(client) if f"_count={total // 5}" in entry["query"]]
    assert len(pages) in (5, 6)


def test_what_is_found_is_what_was_asked_for(client: RegisteredClient) -> None:
    struct = {"patient": PATIENT, "category": "vital-signs", "date": "ge2020-01-01"}
    found = list(Observation.where(struct).perform_resources_iter(backend_client(client).server))
    assert found
    for observation in found:
        assert observation.subject.reference == f"Patient/{PATIENT}"
        assert "vital-signs" in [coding.code for concept in observation.category for coding in concept.coding]
        assert observation.effectiveDateTime.isostring >= "2020"
