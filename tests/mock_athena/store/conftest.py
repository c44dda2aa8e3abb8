"""Small stores, and short words for what is put into them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from mock_athena.fhir.instants import parse
from mock_athena.store import Resource, ResourceStore, Snapshot
from mock_athena.store.criteria import Criterion, Selection
from tests.stores import new_store

NOW = parse("2024-06-01T12:00:00Z").low * 1000


@pytest.fixture
def store() -> Iterator[ResourceStore]:
    """An empty store."""
    store = new_store()
    yield store
    store.close()


def patient(id: str, **elements: Any) -> Resource:
    return {"resourceType": "Patient", "id": id, **elements}


def observation(id: str, of: str, date: str = "2024-01-01", code: str = "8867-4", **elements: Any) -> Resource:
    return {
        "resourceType": "Observation",
        "id": id,
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        "subject": {"reference": f"Patient/{of}"},
        "effectiveDateTime": date,
        **elements,
    }


def ids(snapshot: Snapshot, type: str, *criteria: Criterion, date: str = "date") -> list[str]:
    """Ids of all that match, in order; the other ways to ask for them must agree."""
    selection = Selection(type, criteria, date)
    found = [row.id for row in snapshot.page(selection, 1000)]
    assert snapshot.count(selection) == len(found)
    assert sorted(json.loads(body)["id"] for body in snapshot.bodies(selection)) == sorted(found)
    return found
