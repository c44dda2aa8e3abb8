"""Files that commands read and write: mistakes are named, and what is written is deterministic."""

import json
from pathlib import Path

import pytest

from tests.mock_athena.command_line import SHORTEST, Run, complaint


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"resourceType":"Patient","id":"a"}\n{"resourceType":\n', "2"),
        (b'{"resourceType":"Patient","id":"a"}\n[]\n', "2"),
        (b'{"resourceType":"Starship","id":"a"}\n', "Starship"),
        (b'{"resourceType":"Patient","id":"a"}\n\xff\xfe\n', "2"),
    ],
)
def test_a_bad_line_of_data_is_named_by_file_line_and_reason(
    run: Run, tmp_path: Path, content: bytes, reason: str
) -> None:
    file = tmp_path / "bad.ndjson"
    file.write_bytes(content)
    said = complaint(run("serve", *SHORTEST, "--data", str(file)))
    assert said.startswith(str(file))
    assert reason in said.removeprefix(str(file))


def test_a_folder_instead_of_a_database_is_refused(run: Run, tmp_path: Path) -> None:
    assert str(tmp_path) in complaint(run("serve", *SHORTEST, "--db", str(tmp_path)))


def test_a_file_that_is_no_database_is_refused(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    file.write_text("not a database")
    assert "x.db" in complaint(run("serve", *SHORTEST, "--db", str(file)))


def test_a_lock_that_cannot_be_taken_is_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "kept.db.lock").mkdir()
    said = complaint(run("serve", *SHORTEST, "--db", str(tmp_path / "kept.db")))
    assert "kept.db: cannot be locked" in said


def test_a_cache_that_cannot_be_written_is_refused(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    said = complaint(run("serve", *SHORTEST, "--cache-dir", str(file)))
    assert said.startswith("cache-dir:")


def test_generate_writes_the_same_files_for_the_same_seed(run: Run, tmp_path: Path) -> None:
    written = []
    for name, seed in (("one", "1"), ("two", "1"), ("other", "2")):
        ended = run("generate", "--patients", "2", "--seed", seed, "--no-database", "--out", str(tmp_path / name))
        assert (ended.code or 0, ended.err) == (0, "")
        assert f"{tmp_path / name / 'Patient.ndjson'}" in ended.out
        written.append({file.name: file.read_bytes() for file in (tmp_path / name).iterdir()})
    one, two, other = written
    assert one == two != other
    patients = [json.loads(line) for line in one["Patient.ndjson"].splitlines()]
    assert [patient["resourceType"] for patient in patients] == ["Patient"] * 2
    assert all(file == f"{json.loads(body.splitlines()[0])['resourceType']}.ndjson" for file, body in one.items())


def test_generate_complains_of_a_folder_that_cannot_be_made(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "file" in complaint(run("generate", "--patients", "1", "--out", str(tmp_path / "file" / "sub")))


def test_clients_are_listed_as_metadata(run: Run, tmp_path: Path) -> None:
    listed = json.loads(run("clients").out)
    assert [client["client_id"] for client in listed] == ["mock-client", "mock-public", "mock-backend", "mock-readonly"]
    more = tmp_path / "more.json"
    more.write_text(json.dumps([{"client_id": "mine", "grant_types": ["client_credentials"], "scope": "system/*.rs"}]))
    assert "mine" in [client["client_id"] for client in json.loads(run("clients", "--clients", str(more)).out)]


def test_many_bad_lines_of_data_are_a_line_each(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "bad.ndjson"
    file.write_text('{"resourceType":"Patient","id":"a"}\n{\n[]\n')
    ended = run("serve", *SHORTEST, "--data", str(file))
    assert (ended.code, ended.out) == (2, "")
    first, second, last = ended.err.splitlines()
    assert first.startswith(f"mock-athena: {file}:2: not JSON")
    assert second.startswith(f"mock-athena: {file}:3: a JSON list")
    assert last == (
        "mock-athena: 2 of 3 resources cannot be loaded, so none was: mend them, or load the rest with --skip-bad"
    )
