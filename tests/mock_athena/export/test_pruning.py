"""What is over is told for a day more, then its record is dropped."""

from collections.abc import Callable

import pytest

from mock_athena.auth.caller import Caller
from mock_athena.clock import NANOSECONDS, ManualClock
from mock_athena.errors import NotFound
from mock_athena.export import ExportJob, ExportService
from mock_athena.store import ResourceStore

Start = Callable[..., ExportJob]
MakeCaller = Callable[..., Caller]
DAY = 24 * 3600 * NANOSECONDS


def test_an_expired_job_is_told_as_expired_for_a_day(
    service: ExportService, clock: ManualClock, start: Start, caller: MakeCaller
) -> None:
    old = start()
    clock.advance_to(old.expires_at + DAY - 1)
    start()
    with pytest.raises(NotFound, match="expired at"):
        service.find(old.id, caller())
    clock.advance(1)
    new = start()
    with pytest.raises(NotFound, match="there is no export job"):
        service.find(old.id, caller())
    assert old.id not in [job.id for job in service.jobs()]
    assert service.find(new.id, caller()).id == new.id


@pytest.mark.parametrize("wait", [0, 600])
def test_a_job_that_was_let_go_is_dropped_a_day_later(
    service: ExportService, clock: ManualClock, start: Start, caller: MakeCaller, wait: int
) -> None:
    job = start()
    clock.advance(wait * NANOSECONDS)
    service.delete(job.id, caller())
    clock.advance(DAY - 1)
    start()
    assert job.id in [kept.id for kept in service.jobs()]
    clock.advance(1)
    start()
    assert job.id not in [kept.id for kept in service.jobs()]


def test_the_counts_of_a_job_go_with_it(
    service: ExportService, store: ResourceStore, clock: ManualClock, start: Start, caller: MakeCaller
) -> None:
    job = start()
    clock.advance_to(job.ready_at)
    service.plan(service.find(job.id, caller()))
    assert list(store.records.all("export-plan")) == [job.id]
    clock.advance_to(job.expires_at + DAY)
    start()
    assert store.records.all("export-plan") == {}


def test_counts_that_are_finished_after_the_deletion_bring_nothing_back(
    service: ExportService, store: ResourceStore, clock: ManualClock, start: Start, caller: MakeCaller
) -> None:
    job = start()
    clock.advance_to(job.ready_at)
    found = service.find(job.id, caller())
    service.delete(job.id, caller())
    service.plan(found)
    with pytest.raises(NotFound):
        service.file(job.id, "Patient.ndjson", caller())
    clock.advance(DAY)
    start()
    assert store.records.all("export-plan") == {}
