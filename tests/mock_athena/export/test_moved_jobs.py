"""Jobs that are moved from outside: on, to their end, to failure, to expiry."""

from collections.abc import Callable

import pytest

from mock_athena.auth.caller import Caller
from mock_athena.clock import NANOSECONDS, ManualClock
from mock_athena.errors import ControlError, NotFound
from mock_athena.export import ExportJob, ExportService, JobState
from mock_athena.export.job import percent

Start = Callable[..., ExportJob]
MakeCaller = Callable[..., Caller]


def test_a_job_moves_on_by_itself_and_shows_the_same(service: ExportService, clock: ManualClock, start: Start) -> None:
    job, other = start(), start()
    moved = service.advance(job.id, 150 * NANOSECONDS)
    assert (percent(moved, clock.now()), moved.seq, moved.transaction_time) == (25, job.seq, job.transaction_time)
    assert service.advance(job.id).state is JobState.COMPLETE
    assert [job.state for job in service.jobs() if job.id == other.id] == [JobState.IN_PROGRESS]


def test_a_job_fails_with_what_is_said(service: ExportService, start: Start, caller: MakeCaller) -> None:
    job = start()
    assert service.fail(job.id, "the disk is full").state is JobState.FAILED
    assert service.find(job.id, caller()).failure == "the disk is full"


def test_a_complete_job_expires(service: ExportService, start: Start, caller: MakeCaller) -> None:
    job = start()
    service.advance(job.id)
    assert service.expire(job.id).state is JobState.EXPIRED
    with pytest.raises(NotFound, match="expired at"):
        service.find(job.id, caller())


def test_what_cannot_be_says_why(service: ExportService, start: Start) -> None:
    job = start()
    with pytest.raises(ControlError, match="is in-progress; to expire it, it must be complete or failed") as refused:
        service.expire(job.id)
    assert refused.value.status == 409
    service.advance(job.id)
    for move in (service.advance, lambda job: service.fail(job, "x")):
        with pytest.raises(ControlError, match="is complete"):
            move(job.id)
    with pytest.raises(ControlError, match="there is no export job nope") as refused:
        service.advance("nope")
    assert refused.value.status == 404
