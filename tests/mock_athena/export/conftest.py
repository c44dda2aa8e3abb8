"""A small practice with two patients in a group and one outside, an export service on it, and callers."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mock_athena.auth.caller import Caller
from mock_athena.auth.scopes import parse_scopes
from mock_athena.clock import NANOSECONDS, ManualClock
from mock_athena.export import ExportJob, ExportService, KickOff
from mock_athena.export.files import Bases
from mock_athena.store import ResourceStore
from tests.stores import new_store

START = 1_705_312_800 * NANOSECONDS  # 2024-01-15T10:00:00Z
DURATION = 600.0

BASES = Bases("http://test/fhir", "http://test/d")

Read = Callable[..., dict[str, list[dict[str, Any]]]]


def patient_with_data(id: str) -> list[dict[str, Any]]:
    """A Patient, two Observations, a Condition, a Provenance and a Binary."""
    subject = {"reference": f"Patient/{id}"}
    observations = [
        {
            "resourceType": "Observation",
            "id": f"{id}-o{n}",
            "status": "final",
            "code": {"text": "x"},
            "subject": subject,
        }
        for n in (1, 2)
    ]
    return [
        {"resourceType": "Patient", "id": id, "birthDate": "1980-04-02"},
        *observations,
        {"resourceType": "Condition", "id": f"{id}-c", "subject": subject},
        {
            "resourceType": "Provenance",
            "id": f"{id}-p",
            "target": [{"reference": f"Observation/{id}-o1"}],
            "recorded": "2024-01-01T00:00:00Z",
        },
        {"resourceType": "Binary", "id": f"{id}-b", "contentType": "text/plain", "securityContext": subject},
    ]


def practice() -> list[dict[str, Any]]:
    """Patients p1 and p2 (in Group g), p3 (a former member of it), and what belongs to no patient."""
    members: list[dict[str, Any]] = [{"entity": {"reference": f"Patient/{id}"}} for id in ("p1", "p2")]
    members.append({"entity": {"reference": "Patient/p3"}, "inactive": True})
    return [
        *(resource for id in ("p1", "p2", "p3") for resource in patient_with_data(id)),
        {"resourceType": "Group", "id": "g", "type": "person", "actual": True, "member": members},
        {"resourceType": "Organization", "id": "org", "name": "Practice"},
        {"resourceType": "Device", "id": "nobodys"},
    ]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def store() -> Iterator[ResourceStore]:
    store = new_store()
    store.load(practice(), START - 3600 * NANOSECONDS)
    yield store
    store.close()


@pytest.fixture
def service(store: ResourceStore, clock: ManualClock) -> ExportService:
    return ExportService(store, clock, DURATION)


@pytest.fixture
def caller() -> Callable[..., Caller]:
    """``caller(scope, patient=…, client_id=…)``."""

    def make(scope: str = "system/*.read", *, patient: str | None = None, client_id: str = "client") -> Caller:
        return Caller(client_id, parse_scopes(scope), patient, "token", START + 3600 * NANOSECONDS)

    return make


@pytest.fixture
def start(service: ExportService, caller: Callable[..., Caller]) -> Callable[..., ExportJob]:
    """``start(level, group=…, types=…, since=…, by=caller)`` kicks off an export."""

    def kick_off(level: Any = "Patient", *, by: Caller | None = None, **asked: Any) -> ExportJob:
        return service.kick_off(KickOff(level, **asked), by or caller(), "http://test/$export")

    return kick_off


@pytest.fixture
def read(service: ExportService, clock: ManualClock, caller: Callable[..., Caller]) -> Read:
    """``read(job)`` waits by the clock until the job is ready: the resources of each of its files."""

    def download(job: ExportJob, by: Caller | None = None) -> dict[str, list[dict[str, Any]]]:
        clock.advance_to(max(clock.now(), job.ready_at))
        by = by or caller()
        found: dict[str, list[dict[str, Any]]] = {}
        for planned in service.plan(service.find(job.id, by)):
            file = service.file(job.id, planned.name, by)
            lines = b"".join(service.contents.text(file, BASES).chunks()).decode().splitlines()
            found.setdefault(planned.type, []).extend(map(json.loads, lines))
            assert len(lines) == planned.count
        return found

    return download
