"""Files that stores are kept in: made, reopened, copied, refused, removed."""

import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from threading import Thread

import pytest

from mock_athena.errors import DataError
from mock_athena.store import Resource, ResourceStore, files
from tests.mock_athena.store.conftest import NOW, ids, observation, patient


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    path = tmp_path / "kept.sqlite"
    store = ResourceStore.create(path)
    store.load([patient("p"), observation("o", "p")], NOW)
    store.put(patient("p", gender="other"), NOW)
    store.compact()
    store.close()
    return path


def test_a_kept_store_is_found_again_with_its_versions(kept: Path) -> None:
    store = ResourceStore.open(kept)
    snapshot = store.snapshot()
    version = snapshot.read("Patient", "p")
    assert version is not None
    assert (snapshot.seq, version.version_id) == (2, 2)
    assert snapshot.last_updated == version.last_updated
    assert store.put(patient("p"), 0)["meta"]["lastUpdated"] == "2024-06-01T12:00:00.002Z"
    store.close()


def test_a_compacted_store_is_one_file(kept: Path) -> None:
    assert [path.name for path in kept.parent.iterdir()] == ["kept.sqlite"]


def test_a_copy_is_a_store_of_its_own(kept: Path, tmp_path: Path) -> None:
    files.copy(kept, tmp_path / "copy.sqlite")
    copy = files.open_kept(tmp_path / "copy.sqlite")
    copy.delete("Patient", "p", NOW)
    copy.close()
    original = ResourceStore.open(kept)
    assert ids(original.snapshot(), "Patient") == ["p"]
    original.close()


def test_a_temporary_store_begins_as_its_original_and_is_gone_when_closed(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    store = files.open_temporary(partial(files.copy, kept))
    assert ids(store.snapshot(), "Patient") == ["p"]
    assert len(list(folder.iterdir())) == 1
    store.close()
    assert list(folder.iterdir()) == []
    assert kept.is_file()


def test_a_temporary_store_that_cannot_be_made_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(DataError, match=r"store\.sqlite: cannot be written \(No such file"):
        files.open_temporary(partial(files.copy, tmp_path / "missing.sqlite"))
    assert list(tmp_path.iterdir()) == []


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"missing\.sqlite: no such file"):
        ResourceStore.open(tmp_path / "missing.sqlite")


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "letter.sqlite"
    path.write_text("Dear reader, " * 100)
    with pytest.raises(DataError, match=r"letter\.sqlite: not a database of ours"):
        ResourceStore.open(path)


def test_a_database_of_somebody_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE songs (name TEXT)")
    connection.close()
    with pytest.raises(DataError, match=r"other\.sqlite: not a database of ours"):
        ResourceStore.open(path)


def test_a_database_of_another_schema_is_refused(kept: Path) -> None:
    connection = sqlite3.connect(kept)
    connection.execute("UPDATE meta SET value = '0' WHERE name = 'schema'")
    connection.commit()
    connection.close()
    with pytest.raises(DataError, match=r"made for layout 0, expected 3-[0-9a-f]{8}; move it away"):
        ResourceStore.open(kept)


def test_nothing_is_made_over_what_is_there(kept: Path) -> None:
    content = kept.read_bytes()
    with pytest.raises(DataError, match="already there"):
        ResourceStore.create(kept)
    assert kept.read_bytes() == content


def test_nothing_is_made_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be made"):
        ResourceStore.create(tmp_path / "no" / "folder.sqlite")


def test_closing_twice_is_closing(store: ResourceStore) -> None:
    store.close()
    store.close()


def test_an_interrupted_build_leaves_nothing_behind(tmp_path: Path) -> None:
    def interrupted() -> Iterator[Resource]:
        yield patient("p")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        files.build(tmp_path / "kept.sqlite", interrupted(), NOW)
    assert list(tmp_path.iterdir()) == []


def test_a_kept_store_is_one_emulators_at_a_time(kept: Path) -> None:
    first = files.open_kept(kept)
    with pytest.raises(DataError, match=r"kept\.sqlite: in use by another emulator"):
        files.open_kept(kept)
    first.close()
    files.open_kept(kept).close()


def test_connections_of_threads_that_ended_are_closed(kept: Path) -> None:
    store = ResourceStore.open(kept)
    descriptors = Path("/proc/self/fd")
    if not descriptors.is_dir():
        pytest.skip("this system does not list a process's open files")
    before = len(list(descriptors.iterdir()))
    for _ in range(20):
        thread = Thread(target=lambda: store.snapshot().read("Patient", "p"))
        thread.start()
        thread.join()
    assert len(list(descriptors.iterdir())) <= before + 3
    store.close()
