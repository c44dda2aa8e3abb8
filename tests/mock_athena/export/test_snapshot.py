"""An export shows the data as they were at kick-off, and one export continues where the last one ended."""

from collections.abc import Callable
from typing import Any

import pytest

from mock_athena.clock import ManualClock
from mock_athena.export import ExportJob
from mock_athena.store import ResourceStore

Start = Callable[..., ExportJob]
Read = Callable[..., dict[str, list[dict[str, Any]]]]


def condition(id: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Condition", "id": id, "subject": {"reference": "Patient/p1"}, **more}


def ids(found: dict[str, list[dict[str, Any]]]) -> set[str]:
    return {resource["id"] for resources in found.values() for resource in resources}


@pytest.mark.requirement("BFI-006")
def test_what_is_written_after_kick_off_is_in_neither_counts_nor_files(
    store: ResourceStore, clock: ManualClock, start: Start, read: Read
) -> None:
    job = start(types=("Condition",))
    store.put(condition("late"), clock.now())
    store.put(condition("p1-c", note=[{"text": "changed"}]), clock.now())
    store.delete("Condition", "p2-c", clock.now())
    found = read(job)
    assert ids(found) == {"p1-c", "p2-c", "p3-c"}
    assert not any("note" in resource for resource in found["Condition"])


def test_members_are_those_at_kick_off(store: ResourceStore, clock: ManualClock, start: Start, read: Read) -> None:
    job = start("Group", group="g", types=("Patient",))
    store.put({"resourceType": "Group", "id": "g", "type": "person", "actual": True}, clock.now())
    assert ids(read(job)) == {"p1", "p2"}


def test_what_was_deleted_before_is_not_exported(
    store: ResourceStore, clock: ManualClock, start: Start, read: Read
) -> None:
    store.delete("Condition", "p2-c", clock.now())
    assert ids(read(start(types=("Condition",)))) == {"p1-c", "p3-c"}


def test_since_is_strictly_later(store: ResourceStore, clock: ManualClock, start: Start, read: Read) -> None:
    store.put(condition("before"), clock.now())
    edge = store.snapshot().last_updated
    store.put(condition("after"), clock.now())
    assert ids(read(start(since=edge))) == {"after"}
    assert ids(read(start(since=edge - 1, types=("Condition",)))) == {"before", "after"}


def test_since_the_last_transaction_time_misses_nothing_while_the_clock_stands_still(
    store: ResourceStore, clock: ManualClock, start: Start, read: Read
) -> None:
    first = start(types=("Condition",))
    store.put(condition("new"), clock.now())
    second = start(types=("Condition",), since=first.transaction_time)
    third = start(types=("Condition",), since=second.transaction_time)
    assert ids(read(first)) == {"p1-c", "p2-c", "p3-c"}
    assert ids(read(second)) == {"new"}
    assert read(third) == {}


def test_the_transaction_time_is_not_before_any_change_shown(
    store: ResourceStore, clock: ManualClock, start: Start
) -> None:
    future = "2030-01-01T00:00:00.123456Z"
    store.load([condition("future", meta={"versionId": "1", "lastUpdated": future})], clock.now())
    job = start()
    assert job.transaction_time % 1000 == 0
    assert job.transaction_time >= store.snapshot().last_updated >= 1_893_456_000_123_456


def test_the_transaction_time_is_now_when_nothing_is_newer(clock: ManualClock, start: Start) -> None:
    clock.advance(5_000_000)
    assert start().transaction_time == clock.now() // 1000
