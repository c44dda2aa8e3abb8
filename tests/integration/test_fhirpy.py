"""fhirpy (https://github.com/beda-software/fhir-py), synchronous, with a bearer token."""

from typing import Any

import pytest
from fhirpy import SyncFHIRClient
from fhirpy.base.exceptions import AuthorizationError, ForbiddenError, OperationOutcome, ResourceNotFound

from tests.emulator import PATIENT, RegisteredClient


def fhirpy_client(client: RegisteredClient, scope: str = "system/*.read") -> Any:
    return SyncFHIRClient(client.emulator.base, authorization=client.bearer(scope))


def test_a_patient_is_read(client: RegisteredClient) -> None:
    patient = fhirpy_client(client).reference("Patient", PATIENT).to_resource()
    assert patient.serialize()["id"] == PATIENT


def test_all_pages_are_fetched_and_nothing_comes_twice(client: RegisteredClient) -> None:
    observations = fhirpy_client(client).resources("Observation").search(patient=PATIENT)
    total = observations.count()
    found = [resource.id for resource in observations.limit(total // 5).fetch_all()]
    assert len(found) == len(set(found)) == total > 10


def test_pages_are_walked_lazily(client: RegisteredClient) -> None:
    observations = iter(fhirpy_client(client).resources("Observation").search(patient=PATIENT).limit(5))
    for _ in range(6):
        next(observations)
    pages = [entry for entry in client.emulator.journal(client) if entry["path"].endswith("/Observation")]
    assert len(pages) == 2


def test_a_date_range_is_searched(client: RegisteredClient) -> None:
    search = fhirpy_client(client).resources("Observation").search(patient=PATIENT, category="laboratory")
    recent = search.search(date__ge="2026-01-01").fetch_all()
    assert 0 < len(recent) < len(search.fetch_all())
    assert all(found["effectiveDateTime"] >= "2026" for found in recent)


def test_a_reference_is_resolved(client: RegisteredClient) -> None:
    observation = fhirpy_client(client).resources("Observation").search(patient=PATIENT).first()
    assert observation["subject"].to_resource().id == PATIENT


def test_an_unknown_id_is_not_found(client: RegisteredClient) -> None:
    with pytest.raises(ResourceNotFound, match="not-found"):
        fhirpy_client(client).reference("Patient", "nobody").to_resource()


def test_a_missing_scope_is_forbidden(client: RegisteredClient) -> None:
    with pytest.raises(ForbiddenError, match="system/Patient"):
        fhirpy_client(client, "system/Observation.read").reference("Patient", PATIENT).to_resource()


def test_a_bad_token_is_an_authorization_error(client: RegisteredClient) -> None:
    stranger = SyncFHIRClient(client.emulator.base, authorization="Bearer nonsense")
    with pytest.raises(AuthorizationError):
        stranger.resources("Patient").first()


def test_a_request_too_many_is_an_operation_outcome(manual_client: RegisteredClient) -> None:
    patients = fhirpy_client(manual_client).resources("Patient").limit(1)
    for _ in range(16):
        patients.fetch()
    with pytest.raises(OperationOutcome) as caught:
        patients.fetch()
    assert caught.value.resource["issue"][0]["code"] == "throttled"

    manual_client.emulator.advance(2)
    assert patients.fetch()
