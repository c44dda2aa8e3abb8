"""From kick-off to complete by the clock, and the ways a job ends."""

from collections.abc import Callable

import pytest

from mock_athena.auth.caller import Caller
from mock_athena.clock import NANOSECONDS, ManualClock
from mock_athena.errors import NotFound
from mock_athena.export import ExportJob, ExportService, JobState, KickOff
from mock_athena.export.job import percent, retry_after
from mock_athena.export.states import move
from mock_athena.store import ResourceStore

Start = Callable[..., ExportJob]
MakeCaller = Callable[..., Caller]
DAY = 24 * 3600 * NANOSECONDS


def test_progress_is_the_clocks(service: ExportService, clock: ManualClock, start: Start, caller: MakeCaller) -> None:
    job = start()
    seen = []
    for step in (0, 300, 299, 1):
        clock.advance(step * NANOSECONDS)
        seen.append((service.find(job.id, caller()).state, percent(job, clock.now())))
    waiting = JobState.IN_PROGRESS
    assert seen == [(waiting, 0), (waiting, 50), (waiting, 99), (JobState.COMPLETE, 100)]


def test_the_wait_is_enough_but_at_most_two_minutes(start: Start) -> None:
    job = start()
    assert retry_after(job, job.started_at) == 120
    assert retry_after(job, job.ready_at - 30 * NANOSECONDS) == 30
    assert retry_after(job, job.ready_at - 29 * NANOSECONDS - 1) == 30
    assert retry_after(job, job.ready_at - 1) == 1


def test_files_are_not_there_before_the_job_is_complete(
    service: ExportService, clock: ManualClock, start: Start, caller: MakeCaller
) -> None:
    job = start()
    clock.advance_to(job.ready_at - 1)
    with pytest.raises(NotFound, match="not there yet"):
        service.file(job.id, "Patient.ndjson", caller())
    clock.advance(1)
    assert service.file(job.id, "Patient.ndjson", caller()).planned.type == "Patient"


@pytest.mark.requirement("BDE-001")
@pytest.mark.parametrize("wait", [0, 600])
def test_a_deleted_job_is_gone_with_its_files(
    service: ExportService, clock: ManualClock, start: Start, caller: MakeCaller, wait: int
) -> None:
    job = start()
    clock.advance(wait * NANOSECONDS)
    service.delete(job.id, caller())
    for ask in (service.find, service.delete):
        with pytest.raises(NotFound):
            ask(job.id, caller())
    with pytest.raises(NotFound):
        service.file(job.id, "Patient.ndjson", caller())
    assert [kept.state for kept in service.jobs()] == [JobState.DELETED if wait else JobState.CANCELLED]


def test_a_job_expires_a_day_after_it_was_complete(
    service: ExportService, clock: ManualClock, start: Start, caller: MakeCaller
) -> None:
    job = start()
    clock.advance_to(job.ready_at + DAY - 1)
    assert service.find(job.id, caller()).state is JobState.COMPLETE
    clock.advance(1)
    with pytest.raises(NotFound, match=r"expired at 2024-01-16T10:10:00\.000Z"):
        service.find(job.id, caller())


def test_unknown_deleted_and_foreign_jobs_look_the_same(
    service: ExportService, start: Start, caller: MakeCaller
) -> None:
    foreign, deleted = start(by=caller(client_id="other")), start()
    service.delete(deleted.id, caller())
    patients = start(by=caller("patient/*.rs", patient="p1"))
    told = {}
    for id, by in (
        ("nope", caller()),
        (foreign.id, caller()),
        (deleted.id, caller()),
        (patients.id, caller("patient/*.rs", patient="p2")),
    ):
        with pytest.raises(NotFound) as refused:
            service.find(id, by)
        told[id] = (refused.value.message.replace(id, "ID"), refused.value.reason)
    assert len({message for message, _ in told.values()}) == 1
    assert len({reason for _, reason in told.values()}) == 4


def test_a_job_survives_the_renewal_of_its_token(service: ExportService, start: Start, caller: MakeCaller) -> None:
    job = start(by=caller("system/*.read"))
    assert service.find(job.id, caller("system/Patient.rs")).id == job.id


def test_a_rewind_of_the_store_forgets_every_job(
    service: ExportService, store: ResourceStore, clock: ManualClock, start: Start, caller: MakeCaller
) -> None:
    job = start()
    clock.advance_to(job.ready_at)
    service.plan(service.find(job.id, caller()))
    store.rewind()
    assert service.jobs() == []
    with pytest.raises(NotFound):
        service.find(job.id, caller())


def test_without_duration_a_job_is_complete_at_once(
    store: ResourceStore, clock: ManualClock, caller: MakeCaller
) -> None:
    service = ExportService(store, clock, 0)
    job = service.kick_off(KickOff("Patient"), caller(), "http://test/")
    assert service.find(job.id, caller()).state is JobState.COMPLETE


@pytest.mark.parametrize("end", [JobState.CANCELLED, JobState.DELETED, JobState.EXPIRED])
def test_there_is_no_way_back_from_an_end(end: JobState) -> None:
    for to in JobState:
        with pytest.raises(ValueError, match="cannot become"):
            move(end, to)
