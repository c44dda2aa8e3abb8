"""Rewinding undoes every commit since the store was opened."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mock_athena.store import ResourceStore
from mock_athena.store.bodies import decoded
from mock_athena.store.criteria import HasToken, InCompartment, Token
from tests.mock_athena.store.conftest import NOW, ids, observation, patient


@pytest.fixture
def opened(tmp_path: Path) -> ResourceStore:
    first = ResourceStore.create(tmp_path / "kept.sqlite")
    first.load([patient("p"), observation("o", "p")], NOW)
    first.close()
    return ResourceStore.open(tmp_path / "kept.sqlite")


def test_what_was_there_is_back_and_what_was_added_is_gone(opened: ResourceStore) -> None:
    opened.put(observation("o", "q") | {"status": "amended"}, NOW)
    opened.delete("Patient", "p", NOW)
    opened.put(patient("new"), NOW)
    opened.records.put("job", "1", {"a": 1})
    opened.rewind()
    snapshot = opened.snapshot()
    assert ids(snapshot, "Patient") == ["p"]
    assert ids(snapshot, "Observation", InCompartment(("p",)), HasToken("status", (Token(None, "final"),))) == ["o"]
    assert ids(snapshot, "Observation", InCompartment(("q",))) == []
    assert opened.records.all("job") == {}
    opened.close()


def test_it_can_be_done_again_and_again(opened: ResourceStore) -> None:
    for _ in range(3):
        put = opened.put(patient("p", gender="other"), NOW)
        assert put["meta"] == {"versionId": "2", "lastUpdated": "2024-06-01T12:00:00.001Z"}
        opened.rewind()
        assert ids(opened.snapshot(), "Patient", HasToken("gender", (Token(None, "other"),))) == []
    opened.close()


def test_undone_commits_are_not_held_and_their_numbers_not_used_again(opened: ResourceStore) -> None:
    first = opened.snapshot().seq
    opened.put(patient("x"), NOW)
    undone = opened.snapshot().seq
    assert opened.holds(undone)
    assert not opened.holds(undone + 1)
    opened.rewind()
    opened.put(patient("y"), NOW)
    opened.put(patient("z"), NOW)
    assert opened.holds(first)
    assert not opened.holds(undone)
    assert opened.holds(opened.snapshot().seq)
    opened.close()


def test_a_rewind_of_nothing_changes_nothing(opened: ResourceStore) -> None:
    before = opened.snapshot()
    opened.rewind()
    after = opened.snapshot()
    assert (after.seq, after.last_updated) == (before.seq, before.last_updated)
    assert opened.holds(before.seq)
    opened.close()


def test_after_reopening_the_numbers_go_on(opened: ResourceStore, tmp_path: Path) -> None:
    opened.put(patient("x"), NOW)
    opened.rewind()
    seq = opened.snapshot().seq
    opened.close()
    again = ResourceStore.open(tmp_path / "kept.sqlite")
    assert again.snapshot().seq == seq
    assert ids(again.snapshot(), "Patient") == ["p"]
    again.close()


def test_nobody_sees_a_store_that_is_half_restored(opened: ResourceStore) -> None:
    opened.put(patient("p", gender="other"), NOW)
    then = opened.changes()
    opened.put(patient("p", gender="unknown"), NOW)

    def gender() -> object:
        found = opened.snapshot().read("Patient", "p")
        assert found
        return decoded(found.body)["gender"]

    with ThreadPoolExecutor(1) as another:
        with opened.restoring(then) as numbers:
            opened.records.put("job", "1", {"a": 1})
            assert another.submit(gender).result() == "unknown"
            assert another.submit(opened.records.all, "job").result() == {}
        assert another.submit(gender).result() == gender() == "other"
    assert opened.records.all("job") == {"1": {"a": 1}}
    assert opened.holds(numbers[then[0].seq])
    with pytest.raises(ZeroDivisionError), opened.restoring([]):
        raise ZeroDivisionError
    assert (gender(), opened.records.count("job")) == ("other", 1)
    opened.close()
