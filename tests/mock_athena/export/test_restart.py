"""A restart loses no job: the same state at the same instant, the same counts, the same bytes."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mock_athena.auth.caller import Caller
from mock_athena.clock import NANOSECONDS, ManualClock
from mock_athena.export import ExportJob, ExportService, JobState, KickOff
from mock_athena.export.files import Bases
from mock_athena.store import ResourceStore

MakeCaller = Callable[..., Caller]
Patient = {"resourceType": "Patient", "id": "p1"}


@pytest.fixture
def path(tmp_path: Path, clock: ManualClock) -> Path:
    path = tmp_path / "kept.sqlite"
    store = ResourceStore.create(path)
    store.load([Patient], clock.now())
    store.close()
    return path


@pytest.fixture
def opened(path: Path, clock: ManualClock) -> Iterator[Callable[[], ExportService]]:
    """Each call starts the emulator again on the same file."""
    stores: list[ResourceStore] = []

    def start() -> ExportService:
        for store in stores:
            store.close()
        stores.append(ResourceStore.open(path))
        return ExportService(stores[-1], clock, 600)

    yield start
    stores[-1].close()


def contents(service: ExportService, job: ExportJob, by: Caller) -> tuple[object, bytes]:
    file = service.file(job.id, "Patient.ndjson", by)
    text = service.contents.text(file, Bases("http://test", "http://test/d"))
    return service.plan(job), b"".join(text.chunks())


def test_a_job_is_ready_at_the_same_instant(
    opened: Callable[[], ExportService], clock: ManualClock, caller: MakeCaller
) -> None:
    job = opened().kick_off(KickOff("Patient", ignored=("x",), types=("Patient",)), caller(), "http://test/")
    clock.advance(599 * NANOSECONDS)
    service = opened()
    assert service.find(job.id, caller()) == job
    clock.advance(NANOSECONDS)
    assert service.find(job.id, caller()).state is JobState.COMPLETE


def test_its_counts_and_files_are_the_same(
    opened: Callable[[], ExportService], clock: ManualClock, caller: MakeCaller
) -> None:
    service = opened()
    job = service.kick_off(KickOff("Patient"), caller(), "http://test/")
    clock.advance_to(job.ready_at)
    before = contents(service, job, caller())
    assert contents(opened(), job, caller()) == before


def test_a_deleted_job_stays_deleted(opened: Callable[[], ExportService], caller: MakeCaller) -> None:
    service = opened()
    job = service.kick_off(KickOff("Patient"), caller(), "http://test/")
    service.delete(job.id, caller())
    assert [kept.state for kept in opened().jobs()] == [JobState.CANCELLED]
