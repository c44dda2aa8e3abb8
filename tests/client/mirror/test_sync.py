"""The mirror of a real server, while it changes: full, deltas, deletions; it is as the server is."""

from pathlib import Path
from typing import Any

import pytest
import requests

from athena_fhir_client.bulk import ExportRequest
from athena_fhir_client.bulk.errors import BulkError
from athena_fhir_client.mirror import Mirror, Sync, SyncReport
from tests.client.bulk.stepping import stepping_client
from tests.emulator import Emulator, RegisteredClient

WRITES = "system/*.read system/*.write"
ASKED = ExportRequest(types=("Goal", "AllergyIntolerance"))


@pytest.fixture
def writer(manual_emulator: Emulator) -> RegisteredClient:
    return manual_emulator.register(scope=WRITES)


def synced(client: RegisteredClient, folder: Path, **options: Any) -> SyncReport:
    with stepping_client(client) as ours:
        return Sync(ours, ASKED, folder, **options).run()


def there(session: requests.Session, base: str) -> dict[str, int]:
    found = {}
    for type in ("AllergyIntolerance", "Goal"):
        answer = session.get(f"{base}/{type}?_count=0")
        assert answer.status_code == 200, answer.text
        found[type] = answer.json()["total"]
    return found


def test_it_is_as_the_server_is(writer: RegisteredClient, tmp_path: Path) -> None:
    emulator, session = writer.emulator, writer.session(WRITES)
    session.headers["Content-Type"] = "application/fhir+json"
    first = synced(writer, tmp_path)
    assert (first.since, first.counts) == ("", there(session, emulator.base))

    emulator.advance(60)
    goal = session.get(f"{emulator.base}/Goal?_count=2").json()["entry"]
    changed, gone = (entry["resource"] for entry in goal)
    changed["description"] = {"text": "changed"}
    assert session.put(f"{emulator.base}/Goal/{changed['id']}", json=changed).status_code == 200
    assert session.delete(f"{emulator.base}/Goal/{gone['id']}").status_code in (200, 204)
    made = {**changed, "id": None}
    del made["id"]
    made_id = session.post(f"{emulator.base}/Goal", json=made).json()["id"]
    emulator.advance(60)

    second = synced(writer, tmp_path)
    assert second.since == first.transaction_time
    assert (second.written, second.deleted) == (2, 1)
    assert second.counts == there(session, emulator.base)
    mirror = Mirror(tmp_path / "mirror.sqlite")
    assert b'"changed"' in (mirror.read("Goal", changed["id"]) or b"")
    assert mirror.read("Goal", gone["id"]) is None
    assert mirror.read("Goal", made_id)

    whole = synced(writer, tmp_path, full=True)
    assert (whole.since, whole.counts, whole.deleted) == ("", second.counts, 0)
    assert not (tmp_path / "incoming").exists()


def test_a_run_that_failed_changes_nothing_and_the_next_goes_on(writer: RegisteredClient, tmp_path: Path) -> None:
    emulator = writer.emulator
    rule = {"kind": "export-failed", "match": {"client": writer.id}}
    emulator.control("POST", "faults", rule)
    try:
        with pytest.raises(BulkError, match="the export failed"):
            synced(writer, tmp_path)
    finally:
        emulator.control("DELETE", "faults")
    assert Mirror(tmp_path / "mirror.sqlite").counts == {}
    assert synced(writer, tmp_path).counts == there(writer.session(), emulator.base)
