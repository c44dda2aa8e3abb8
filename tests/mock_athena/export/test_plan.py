"""The plan of a job: which files, with which lines, once for all."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mock_athena.auth.caller import Caller
from mock_athena.clock import NANOSECONDS, ManualClock
from mock_athena.errors import Forbidden
from mock_athena.export import ExportService, KickOff
from mock_athena.export.files import Bases
from mock_athena.store import ResourceStore
from tests.stores import new_store

MakeCaller = Callable[..., Caller]
START = 1_705_312_800 * NANOSECONDS  # 2024-01-15T10:00:00Z
BEFORE = START // 1000


@pytest.fixture
def store() -> Iterator[ResourceStore]:
    """Seven Patients, of whom p0 and p1 have Observations, one in turn."""
    store = new_store()
    patients = [{"resourceType": "Patient", "id": f"p{n}"} for n in range(7)]
    observations = [
        {"resourceType": "Observation", "id": f"o{n}", "subject": {"reference": f"Patient/p{n % 2}"}} for n in range(4)
    ]
    store.load(patients + observations, START)
    yield store
    store.close()


@pytest.fixture
def service(store: ResourceStore, clock: ManualClock) -> ExportService:
    return ExportService(store, clock, 0, file_resources=3)


def lines(service: ExportService, job: str, name: str, by: Caller) -> list[dict[str, Any]]:
    text = service.contents.text(service.file(job, name, by), Bases("", ""))
    return [json.loads(line) for line in b"".join(text.chunks()).splitlines()]


def test_more_of_a_type_make_several_files(service: ExportService, caller: MakeCaller) -> None:
    job = service.kick_off(KickOff("system"), caller(), "http://test/")
    plan = [(file.name, file.type, file.count) for file in service.plan(job)]
    assert plan == [
        ("Patient-1.ndjson", "Patient", 3),
        ("Patient-2.ndjson", "Patient", 3),
        ("Patient-3.ndjson", "Patient", 1),
        ("Observation-1.ndjson", "Observation", 3),
        ("Observation-2.ndjson", "Observation", 1),
    ]
    found = [line["id"] for name, *_ in plan for line in lines(service, job.id, name, caller())]
    assert found == [*(f"p{n}" for n in range(7)), *(f"o{n}" for n in range(4))]


def test_what_several_patients_share_is_in_one_file(
    service: ExportService, store: ResourceStore, caller: MakeCaller, clock: ManualClock
) -> None:
    both = [{"actor": {"reference": f"Patient/p{n}"}, "status": "accepted"} for n in range(2)]
    store.put({"resourceType": "Appointment", "id": "a", "status": "booked", "participant": both}, clock.now())
    job = service.kick_off(KickOff("Patient", types=("Appointment",)), caller(), "http://test/")
    assert [(file.name, file.count) for file in service.plan(job)] == [("Appointment.ndjson", 1)]


def test_the_plan_is_kept(service: ExportService, store: ResourceStore, caller: MakeCaller) -> None:
    job = service.kick_off(KickOff("system", since=BEFORE - 1), caller(), "http://test/")
    made = service.plan(job)
    assert service.plan(job) == made
    assert list(store.records.all("export-plan")) == [job.id]


def test_what_was_deleted_since_is_listed_apart(
    service: ExportService, store: ResourceStore, clock: ManualClock, caller: MakeCaller
) -> None:
    since = store.fence(clock.now()).last_updated
    for type, id in (("Observation", "o1"), ("Patient", "p6")):
        store.delete(type, id, clock.now())
    job = service.kick_off(KickOff("Patient", since=since), caller(), "http://test/")
    assert [(file.name, file.type, file.count, file.kind) for file in service.plan(job)] == [
        ("deleted-Patient.ndjson", "Bundle", 1, "deleted"),
        ("deleted-Observation.ndjson", "Bundle", 1, "deleted"),
    ]
    (bundle,) = lines(service, job.id, "deleted-Observation.ndjson", caller())
    entries = [{"request": {"method": "DELETE", "url": "Observation/o1"}}]
    assert bundle == {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    with pytest.raises(Forbidden):
        service.file(job.id, "deleted-Observation.ndjson", caller("system/Patient.rs"))


def test_of_what_was_deleted_only_that_is_listed_which_would_have_been_exported(
    service: ExportService, store: ResourceStore, clock: ManualClock, caller: MakeCaller
) -> None:
    since = store.fence(clock.now()).last_updated
    for id in ("o0", "o1", "o2"):
        store.delete("Observation", id, clock.now())
    own = caller("patient/*.rs", patient="p1")
    job = service.kick_off(KickOff("Patient", since=since), own, "http://test/")
    (bundle,) = lines(service, job.id, "deleted-Observation.ndjson", own)
    assert [entry["request"]["url"] for entry in bundle["entry"]] == ["Observation/o1"]


@pytest.mark.parametrize("written", ["again", "before"])
def test_what_is_there_again_or_was_gone_before_is_not_listed(
    service: ExportService, store: ResourceStore, clock: ManualClock, caller: MakeCaller, written: str
) -> None:
    since = store.fence(clock.now()).last_updated if written == "again" else 0
    store.delete("Patient", "p6", clock.now())
    if written == "again":
        store.put({"resourceType": "Patient", "id": "p6"}, clock.now())
    since = since or store.fence(clock.now()).last_updated
    job = service.kick_off(KickOff("system", since=since), caller(), "http://test/")
    assert [file.kind for file in service.plan(job)] == (["output"] if written == "again" else [])
