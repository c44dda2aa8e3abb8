"""A full export and what was exported since, with the deletions: together they are the data as they are."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_athena.auth.caller import Caller
from mock_athena.clock import ManualClock
from mock_athena.export import ExportService, KickOff
from mock_athena.export.files import Bases
from mock_athena.export.job import Level
from mock_athena.store import ResourceStore
from mock_athena.store.criteria import Selection
from tests.stores import new_store

BASES = Bases("http://test/fhir", "http://test/d")
IDS = ("a", "b", "c")
TYPES = ("Observation", "Organization")
OFFERED: dict[Level, tuple[str, ...]] = {"system": TYPES, "Patient": TYPES[:1], "Group": TYPES[:1]}
WHOSE: dict[Level, tuple[str, ...]] = {"Patient": ("a", "b"), "Group": ("b",)}
WRITE = st.tuples(st.just("put"), st.sampled_from(TYPES), st.sampled_from(IDS))
DELETE = st.tuples(st.just("delete"), st.sampled_from(TYPES), st.sampled_from(IDS))
MOMENT = st.one_of(WRITE, WRITE, DELETE, st.just(("export", "", "")), st.just(("tick", "", "")))


class Copy:
    """What a client holds that follows an export."""

    def __init__(self, level: Level, service: ExportService, caller: Caller) -> None:
        self.held: dict[str, Any] = {}
        self._level = level
        self._since: int | None = None
        self._service, self._caller = service, caller

    def catch_up(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Export what changed since the last time; ``meanwhile`` happens before a file is read."""
        asked = KickOff(
            self._level, "g" if self._level == "Group" else "", types=OFFERED[self._level], since=self._since
        )
        job = self._service.kick_off(asked, self._caller, "http://test/$export")
        meanwhile()
        plan = self._service.plan(job)
        put = {f"{one['resourceType']}/{one['id']}": one for one in self._lines(job.id, plan, "output")}
        gone = {entry["request"]["url"] for bundle in self._lines(job.id, plan, "deleted") for entry in bundle["entry"]}
        assert not gone & set(put)
        self.held = {**{key: one for key, one in self.held.items() if key not in gone}, **put}
        self._since = job.transaction_time

    def _lines(self, job: str, plan: Any, kind: str) -> Iterator[Any]:
        for planned in plan:
            if planned.kind == kind:
                text = self._service.contents.text(self._service.file(job, planned.name, self._caller), BASES)
                lines = b"".join(text.chunks()).splitlines()
                assert len(lines) == planned.count
                yield from map(json.loads, lines)


def everything(store: ResourceStore, level: Level) -> dict[str, Any]:
    """What an export of this level has, by another way than that of exports."""
    snapshot = store.snapshot()
    bodies = [json.loads(body) for type in OFFERED[level] for body in snapshot.bodies(Selection(type))]
    return {
        f"{one['resourceType']}/{one['id']}": one
        for one in bodies
        if level == "system" or one.get("subject") in [{"reference": f"Patient/{id}"} for id in WHOSE[level]]
    }


def resource(type: str, id: str, number: int) -> dict[str, Any]:
    """One version; ``a`` and ``b`` are of patients of their names, ``c`` is nobody's."""
    subject = {} if type == "Organization" or id == "c" else {"subject": {"reference": f"Patient/{id}"}}
    return {"resourceType": type, "id": id, "note": [{"text": str(number)}], **subject}


@pytest.mark.requirement("BKO-019", "BKO-020", "BMF-002", "BMF-013", "BMF-014", "BMF-015", "BFI-006")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    level=st.sampled_from(list(OFFERED)),
    moments=st.lists(MOMENT, min_size=10, max_size=25),
    last=st.lists(st.one_of(WRITE, DELETE), min_size=1, max_size=3),
)
def test_full_and_deltas_and_deletions_are_the_data(
    caller: Callable[..., Caller],
    level: Level,
    moments: list[tuple[str, str, str]],
    last: list[tuple[str, str, str]],
) -> None:
    clock, store = ManualClock(1_705_312_800_000_000_000), new_store()
    store.put({"resourceType": "Group", "id": "g", "member": [{"entity": {"reference": "Patient/b"}}]}, clock.now())
    copy = Copy(level, ExportService(store, clock, 0, file_resources=2), caller())
    numbers = iter(range(1000))

    def happen(what: str, type: str, id: str) -> None:
        if what == "put":
            store.put(resource(type, id, next(numbers)), clock.now())
        elif what == "delete":
            store.delete(type, id, clock.now())
        elif what == "export":
            copy.catch_up()
        else:
            clock.advance(1_000_000)

    for moment in moments:
        happen(*moment)
    before = everything(store, level)

    def go_on() -> None:
        for moment in last:
            happen(*moment)

    copy.catch_up(meanwhile=go_on)
    assert copy.held == before
    copy.catch_up()
    assert copy.held == everything(store, level)
    store.close()
