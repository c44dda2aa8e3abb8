"""What was exported is applied all or nothing: newer replaces older, what was deleted goes."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from athena_fhir_client.bulk.report import Report
from athena_fhir_client.bulk.state import FileState
from athena_fhir_client.mirror import Mirror, MirrorError
from athena_fhir_client.mirror.apply import apply_export

LATER = "2024-01-02T00:00:00.000Z"
EARLIER = "2024-01-02T00:30:00.000+01:00"


def patient(id: str, updated: str = EARLIER, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": id, "meta": {"lastUpdated": updated}, **more}


def deletion(*urls: str) -> dict[str, Any]:
    entries = [{"request": {"method": "DELETE", "url": url}} for url in urls]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def report(folder: Path, time: str, **kinds: Sequence[Mapping[str, Any]]) -> Report:
    files = []
    for kind, lines in kinds.items():
        name = f"{kind}-{time}.ndjson"
        (folder / name).write_text("".join(f"{json.dumps(line)}\n" for line in lines))
        files.append(FileState(name, kind, "", ""))  # type: ignore[arg-type]
    return Report(folder, time, tuple(files), (), 0, 0)


@pytest.fixture
def mirror(tmp_path: Path) -> Mirror:
    return Mirror(tmp_path / "mirror.sqlite")


def test_a_delta_adds_replaces_and_deletes(mirror: Mirror, tmp_path: Path) -> None:
    apply_export(mirror, report(tmp_path, "t1", output=[patient("a"), patient("b"), patient("c")]), whole=True, now=1)
    newer = [patient("a", LATER, active=True), patient("d", LATER)]
    gone = [deletion("Patient/b", "http://h/fhir/Patient/c")]
    counts = apply_export(mirror, report(tmp_path, "t2", output=newer, deleted=gone), whole=False, now=2)
    assert counts == (2, 2)
    assert [json.loads(body) for body in mirror.bodies("Patient")] == newer
    assert mirror.last is not None
    assert (mirror.last.transaction_time, mirror.last.written, mirror.last.deleted) == ("t2", 2, 2)


def test_an_older_version_replaces_nothing(mirror: Mirror, tmp_path: Path) -> None:
    apply_export(mirror, report(tmp_path, "t1", output=[patient("a", LATER, active=True)]), whole=True, now=1)
    apply_export(mirror, report(tmp_path, "t2", output=[patient("a", EARLIER)]), whole=False, now=2)
    assert json.loads(mirror.read("Patient", "a") or b"") == patient("a", LATER, active=True)


def test_a_whole_export_removes_what_is_not_in_it_of_its_types(mirror: Mirror, tmp_path: Path) -> None:
    goal = {"resourceType": "Goal", "id": "g"}
    apply_export(mirror, report(tmp_path, "t1", output=[patient("a"), patient("b"), goal]), whole=True, now=1)
    apply_export(mirror, report(tmp_path, "t2", output=[patient("b")]), types=["Patient"], whole=True, now=2)
    assert mirror.counts == {"Goal": 1, "Patient": 1}


def test_what_cannot_be_applied_changes_nothing(mirror: Mirror, tmp_path: Path) -> None:
    apply_export(mirror, report(tmp_path, "t1", output=[patient("a")]), whole=True, now=1)
    with pytest.raises(MirrorError, match="a Patient has no id"):
        apply_export(
            mirror, report(tmp_path, "t2", output=[patient("b"), {"resourceType": "Patient"}]), whole=True, now=2
        )
    assert (mirror.counts, mirror.last and mirror.last.transaction_time) == ({"Patient": 1}, "t1")


def test_a_mirror_is_of_one_thing(mirror: Mirror) -> None:
    mirror.bind("http://one")
    mirror.bind("http://one")
    with pytest.raises(MirrorError, match="is a copy of http://one; use another folder for http://two"):
        mirror.bind("http://two")


def test_files_are_written_from_it_and_go_with_their_type(mirror: Mirror, tmp_path: Path) -> None:
    out = tmp_path / "out"
    apply_export(mirror, report(tmp_path, "t1", output=[patient("b"), patient("a")]), whole=True, now=1)
    mirror.write_ndjson(out)
    assert [json.loads(line)["id"] for line in (out / "Patient.ndjson").read_text().splitlines()] == ["a", "b"]
    apply_export(mirror, report(tmp_path, "t2", output=[{"resourceType": "Goal", "id": "g"}]), whole=True, now=2)
    mirror.write_ndjson(out)
    assert [path.name for path in out.iterdir()] == ["Goal.ndjson"]
