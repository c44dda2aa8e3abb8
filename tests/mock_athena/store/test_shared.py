"""Data of several processes: here two stores on one file, each as a process of its own has it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mock_athena.store import ResourceStore, files
from mock_athena.store.shared import SharedResourceStore

NOW = 1_767_225_600 * 10**9


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("original") / "store.sqlite"
    store = ResourceStore.create(path)
    store.put({"resourceType": "Patient", "id": "first"}, NOW)
    store.compact()
    store.close()
    return path


@pytest.fixture
def both(original: Path, tmp_path: Path) -> tuple[SharedResourceStore, SharedResourceStore]:
    files.copy(original, tmp_path / "store.sqlite")
    one, other = (SharedResourceStore(tmp_path / "store.sqlite", tmp_path / "board") for _ in range(2))
    return one, other


def ids(store: ResourceStore) -> set[str]:
    snapshot = store.snapshot()
    found = (snapshot.read("Patient", id) for id in ("first", "one", "other"))
    return {id for id, stored in zip(("first", "one", "other"), found, strict=True) if stored and not stored.deleted}


def test_what_one_commits_the_other_sees(both: tuple[SharedResourceStore, SharedResourceStore]) -> None:
    one, other = both
    one.put({"resourceType": "Patient", "id": "one"}, NOW)
    assert ids(other) == {"first", "one"}
    other.put({"resourceType": "Patient", "id": "other"}, NOW)
    other.delete("Patient", "first", NOW)
    assert ids(one) == ids(other) == {"one", "other"}
    assert one.snapshot().seq == other.snapshot().seq


def test_commits_of_both_are_in_one_order_and_later_is_later(
    both: tuple[SharedResourceStore, SharedResourceStore],
) -> None:
    versions = []
    for n in range(20):
        stored = both[n % 2].put({"resourceType": "Patient", "id": "one"}, NOW)
        versions.append((int(stored["meta"]["versionId"]), stored["meta"]["lastUpdated"]))
    assert versions == sorted(set(versions))
    assert [number for number, _ in versions] == list(range(1, 21))


def test_threads_of_both_write_at_once_and_nothing_is_lost(
    both: tuple[SharedResourceStore, SharedResourceStore],
) -> None:
    with ThreadPoolExecutor(4) as crew:
        list(crew.map(lambda n: both[n % 2].put({"resourceType": "Patient", "id": "one"}, NOW), range(40)))
    for store in both:
        stored = store.snapshot().read("Patient", "one")
        assert stored is not None
        assert stored.version_id == 40


def test_a_rewind_is_for_all(both: tuple[SharedResourceStore, SharedResourceStore]) -> None:
    one, other = both
    kept = one.snapshot().seq
    one.put({"resourceType": "Patient", "id": "one"}, NOW)
    undone = other.snapshot().seq
    other.records.put("export-job", "j", {"a": 1})
    assert one.records.get("export-job", "j") == {"a": 1}
    other.rewind()
    assert ids(one) == {"first"}
    assert (one.holds(kept), one.holds(undone), one.records.get("export-job", "j")) == (True, False, None)
    assert one.snapshot().seq == other.snapshot().seq > undone


def test_one_that_comes_later_goes_back_to_where_the_first_began(
    both: tuple[SharedResourceStore, SharedResourceStore], tmp_path: Path
) -> None:
    both[0].put({"resourceType": "Patient", "id": "one"}, NOW)
    late = SharedResourceStore(tmp_path / "store.sqlite", tmp_path / "board")
    assert ids(late) == {"first", "one"}
    late.rewind()
    assert ids(both[1]) == {"first"}


def test_what_was_written_by_one_that_was_killed_before_it_could_tell_is_found_by_the_next_that_writes(
    both: tuple[SharedResourceStore, SharedResourceStore], tmp_path: Path
) -> None:
    alone = ResourceStore.open(tmp_path / "store.sqlite")  # writes, and tells nobody
    alone.put({"resourceType": "Patient", "id": "one"}, NOW)
    alone.close()
    one, other = both
    one.put({"resourceType": "Patient", "id": "other"}, NOW)
    assert ids(other) == {"first", "one", "other"}
    assert other.snapshot().seq == 3


def test_a_fence_of_one_is_before_every_commit_of_the_other(
    both: tuple[SharedResourceStore, SharedResourceStore],
) -> None:
    one, other = both
    fence = one.fence(NOW + 10**12)
    stored = other.put({"resourceType": "Patient", "id": "one"}, NOW)
    assert fence.last_updated < other.snapshot().last_updated
    assert stored["meta"]["lastUpdated"] > "2026-01-01T00:16:40.000Z"
