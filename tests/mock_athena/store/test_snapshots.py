"""A snapshot shows one commit, whatever is written after it: resources, matches and compartments."""

import json
import threading

import pytest

from mock_athena.fhir.instants import parse
from mock_athena.store import ResourceStore, Snapshot
from mock_athena.store.criteria import (
    Criterion,
    DateMatch,
    HasDate,
    HasId,
    HasReference,
    HasString,
    HasToken,
    InCompartment,
    Selection,
    Token,
)
from tests.mock_athena.store.conftest import NOW, ids, observation, patient

OLD: tuple[Criterion, ...] = (
    InCompartment(("p",)),
    HasToken("status", (Token(None, "final"),)),
    HasDate("date", (DateMatch("eq", parse("2024-01-01")),)),
    HasDate("_lastUpdated", (DateMatch("le", parse("2024-06-01T12:00:00Z")),)),
    HasReference("subject", ("Patient/p",)),
    HasId(("o",)),
)


def status_of(snapshot: Snapshot) -> str:
    version = snapshot.read("Observation", "o")
    assert version is not None
    return str(json.loads(version.body)["status"])


@pytest.fixture
def before(store: ResourceStore) -> Snapshot:
    store.load([observation("o", "p")], NOW)
    return store.snapshot()


@pytest.mark.parametrize("criterion", [*OLD, None], ids=lambda each: type(each).__name__)
def test_it_keeps_seeing_the_old_version_after_put_and_delete(
    store: ResourceStore, before: Snapshot, criterion: Criterion | None
) -> None:
    asked = (criterion,) if criterion else ()
    store.put(observation("o", "q", date="2025-05-05") | {"status": "amended"}, NOW + 10**10)
    between = store.snapshot()
    store.delete("Observation", "o", NOW)
    assert ids(before, "Observation", *asked) == ["o"]
    assert status_of(before) == "final"
    assert status_of(between) == "amended"
    assert ids(between, "Observation", *asked) == (["o"] if criterion in (None, OLD[5]) else [])
    assert ids(store.snapshot(), "Observation", *asked) == []


def test_strings_too(store: ResourceStore) -> None:
    store.load([patient("p", name=[{"family": "Before"}])], NOW)
    before = store.snapshot()
    store.put(patient("p", name=[{"family": "After"}]), NOW)
    for text, old, new in (("before", ["p"], []), ("after", [], ["p"])):
        assert ids(before, "Patient", HasString("family", (text,))) == old
        assert ids(store.snapshot(), "Patient", HasString("family", (text,))) == new


def test_an_earlier_commit_can_be_asked_for_by_its_number(store: ResourceStore, before: Snapshot) -> None:
    store.delete("Observation", "o", NOW)
    assert ids(store.snapshot(before.seq), "Observation") == ["o"]
    assert ids(store.snapshot(before.seq - 1), "Observation") == []


def test_a_fence_lies_between_what_is_in_it_and_what_comes(store: ResourceStore, before: Snapshot) -> None:
    inside = store.put(patient("p"), NOW)["meta"]["lastUpdated"]
    fence = store.fence(NOW)
    outside = store.put(patient("q"), NOW)["meta"]["lastUpdated"]
    assert parse(inside).low <= fence.last_updated < parse(outside).low
    assert fence.last_updated % 1000 == 0
    assert ids(fence, "Patient") == ["p"]


def test_threads_that_read_never_see_half_a_commit(store: ResourceStore) -> None:
    """Each commit moves two resources together; a reader that sees them differ has seen half of one."""
    both = Selection("Patient", (HasToken("gender", (Token(None, "female"),)),))
    store.load([patient("a", gender="female"), patient("b", gender="female")], NOW)
    done, wrong = threading.Event(), []

    def read() -> None:
        while not done.is_set():
            snapshot = store.snapshot()
            counted = snapshot.count(both)
            if [counted, len(snapshot.page(both, 9)), len(list(snapshot.bodies(both)))] != [counted] * 3:
                wrong.append(snapshot.seq)
            if snapshot.seq > 1 and counted != snapshot.seq % 2 + 1:
                wrong.append(snapshot.seq)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for n in range(100):
        store.put(patient("b", gender="male" if n % 2 == 0 else "female"), NOW)
    done.set()
    for reader in readers:
        reader.join()
    assert wrong == []
