"""Several writes in one commit: seen by the writer at once, by others together or never."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from mock_athena.errors import DataError
from mock_athena.store import ResourceStore
from mock_athena.store.criteria import HasToken, Token
from tests.mock_athena.store.conftest import NOW, ids, observation, patient


def test_they_are_one_commit(store: ResourceStore) -> None:
    before = store.snapshot().seq
    with store.commit(NOW) as commit:
        commit.put(patient("p"))
        commit.put(observation("o", "p"))
    after = store.snapshot()
    assert after.seq == before + 1
    assert {after.read(*name).last_updated for name in (("Patient", "p"), ("Observation", "o"))} == {after.last_updated}  # type: ignore[union-attr]


def test_the_writer_sees_them_before_others_do(store: ResourceStore) -> None:
    with store.commit(NOW) as commit, ThreadPoolExecutor(1) as others:
        commit.put(patient("p", gender="male"))
        assert ids(commit.snapshot, "Patient", HasToken("gender", (Token(None, "male"),))) == ["p"]
        assert ids(store.snapshot(), "Patient") == ["p"]
        assert others.submit(lambda: ids(store.snapshot(), "Patient")).result(30) == []
    assert ids(store.snapshot(), "Patient") == ["p"]


def test_an_error_undoes_all(store: ResourceStore) -> None:
    store.put(patient("kept", gender="male"), NOW)
    before = store.snapshot()

    def fail() -> None:
        with store.commit(NOW) as commit:
            commit.put(patient("kept", gender="female"))
            commit.put(patient("new"))
            commit.delete("Patient", "kept")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    after = store.snapshot()
    assert (after.seq, after.last_updated) == (before.seq, before.last_updated)
    assert ids(after, "Patient", HasToken("gender", (Token(None, "male"),))) == ["kept"]


def test_a_commit_within_another_is_a_part_of_it(store: ResourceStore) -> None:
    def fail() -> None:
        with store.commit(NOW):
            store.put(patient("p"), NOW)
            with store.commit(NOW) as inner:
                inner.put(patient("q"))
            assert ids(store.snapshot(), "Patient") == ["p", "q"]
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert ids(store.snapshot(), "Patient") == []


def test_what_is_refused_in_the_middle_leaves_no_half_of_it(store: ResourceStore) -> None:
    store.put(observation("o", "p"), NOW)
    with store.commit(NOW) as commit:
        with pytest.raises(DataError):
            commit.put(observation("o", "p", date="never"))
        commit.put(patient("p"))
    assert ids(store.snapshot(), "Observation", HasToken("status", (Token(None, "final"),))) == ["o"]
    assert ids(store.snapshot(), "Patient") == ["p"]


def test_nothing_written_is_no_commit(store: ResourceStore) -> None:
    before = store.snapshot().seq
    with store.commit(NOW) as commit:
        assert commit.delete("Patient", "never") is False
    assert store.snapshot().seq == before


def test_a_resource_written_twice_has_its_last_version(store: ResourceStore) -> None:
    with store.commit(NOW) as commit:
        commit.put(patient("p", gender="male"))
        commit.put(patient("p", gender="female"))
    stored = store.snapshot().read("Patient", "p")
    assert stored is not None
    assert stored.version_id == 2
    assert ids(store.snapshot(), "Patient") == ["p"]
    assert ids(store.snapshot(), "Patient", HasToken("gender", (Token(None, "male"),))) == []


def test_new_ids_are_nobodys(store: ResourceStore) -> None:
    with store.commit(NOW) as commit:
        first = commit.new_id("Patient", "n-")
        second = commit.new_id("Patient", "n-")
        commit.put(patient(second))
    assert first != second
    store.put(patient(f"n-{store.snapshot().seq + 2}"), NOW)
    with store.commit(NOW) as commit:
        assert commit.snapshot.read("Patient", commit.new_id("Patient", "n-")) is None


def test_rewinding_undoes_them(store: ResourceStore) -> None:
    with store.commit(NOW) as commit:
        commit.put(patient("p"))
        commit.put(patient("p", gender="male"))
    store.rewind()
    assert ids(store.snapshot(), "Patient") == []


def test_writers_wait_for_each_other(store: ResourceStore) -> None:
    store.put(patient("p", multipleBirthInteger=0), NOW)
    barrier = threading.Barrier(8)

    def add_one(_: int) -> None:
        barrier.wait(30)
        for _ in range(5):
            with store.commit(NOW) as commit:
                stored = commit.snapshot.read("Patient", "p")
                assert stored is not None
                count = int(stored.body.partition(b'"multipleBirthInteger":')[2].split(b",")[0].rstrip(b"}"))
                commit.put(patient("p", multipleBirthInteger=count + 1))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add_one, range(8)))
    stored = store.snapshot().read("Patient", "p")
    assert stored is not None
    assert b'"multipleBirthInteger":40' in stored.body
