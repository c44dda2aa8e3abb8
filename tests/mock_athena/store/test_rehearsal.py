"""What is done in a rehearsal is undone at its end, records included, and nobody else sees it."""

import pytest

from mock_athena.errors import DataError
from mock_athena.store import ResourceStore
from tests.mock_athena.store.conftest import NOW

PATIENT = {"resourceType": "Patient", "id": "p"}


def test_nothing_stays(store: ResourceStore) -> None:
    store.put(PATIENT, NOW)
    store.records.put("kind", "kept", 1)
    before = store.snapshot()
    with store.rehearsal(NOW):
        store.put({**PATIENT, "active": True}, NOW)
        store.put({"resourceType": "Patient", "id": "q"}, NOW)
        store.delete("Patient", "p", NOW)
        store.records.put("kind", "new", 2)
        store.records.delete("kind", "kept")
        assert store.fence(NOW).seq == before.seq + 1
        assert store.records.all("kind") == {"new": 2}
        assert store.snapshot().read("Patient", "q") is not None
    assert store.snapshot().seq == before.seq
    assert store.records.all("kind") == {"kept": 1}
    assert store.snapshot().read("Patient", "q") is None
    stored = store.snapshot().read("Patient", "p")
    assert stored is not None
    assert (stored.version_id, stored.deleted) == (1, 0)
    assert store.put({**PATIENT, "active": True}, NOW)["meta"]["versionId"] == "2"


def test_an_error_ends_it_and_is_not_lost(store: ResourceStore) -> None:
    def refused() -> None:
        with store.rehearsal(NOW):
            store.put(PATIENT, NOW)
            store.put({"resourceType": "Frob", "id": "x"}, NOW)

    with pytest.raises(DataError):
        refused()
    assert store.snapshot().read("Patient", "p") is None
    store.records.put("kind", "after", 1)
    assert store.records.get("kind", "after") == 1
