"""The export jobs of one environment.

A job is a record beside the data. Nothing runs for it: its state is computed from the clock whenever somebody
asks, its counts once when it is ready, and its files are read from the store's snapshot while they are sent. A
restart therefore loses nothing. https://hl7.org/fhir/uv/bulkdata/STU2/export.html
"""

import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

from mock_athena.auth.caller import Caller, out_of_reach, require
from mock_athena.clock import NANOSECONDS, Clock
from mock_athena.errors import NotFound
from mock_athena.export import files
from mock_athena.export.content import Content, content_for, members_of, require_no_more, selections, unknown_group
from mock_athena.export.job import ExportJob, at, ended, from_record, to_record
from mock_athena.export.kick_off import KickOff
from mock_athena.export.manifest import ERRORS_FILE, OutputFile
from mock_athena.export.states import JobState
from mock_athena.export.streams import FileStream, StreamSlots
from mock_athena.faults import UNDISTURBED, Disturbance
from mock_athena.fhir.instants import instant
from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.store import ResourceStore, Snapshot
from mock_athena.store.confinement import is_hidden

KEPT_HOURS = 24
"""For so long a complete job has its files; and for so long after its end it is told why it is gone."""

_KEPT = KEPT_HOURS * 3600 * NANOSECONDS
_JOB, _PLAN = "export-job", "export-plan"

Plan = tuple[OutputFile, ...]


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file that its caller may download.

    Attributes:
        type: of the resources in it; ``errors`` for the OperationOutcomes about what was left out.
    """

    job: ExportJob
    type: str


class ExportService:
    """Takes kick-offs, tells how far a job is, hands out its files.

    Args:
        duration: seconds by ``clock`` from kick-off until a job is complete.
        slots: how many files may be downloaded at once; one's own if left out.
    """

    def __init__(self, store: ResourceStore, clock: Clock, duration: float, slots: StreamSlots | None = None) -> None:
        self._store = store
        self._clock = clock
        self._duration = round(duration * NANOSECONDS)
        self._slots = slots or StreamSlots()

    def kick_off(self, request: KickOff, caller: Caller, url: str, disturbance: Disturbance = UNDISTURBED) -> ExportJob:
        """Accept an export of the data as they are now; ``url`` is the full URL of the request.

        Args:
            disturbance: what a fault does to the job.

        Raises:
            BadRequest: a type asked for is not exported on this level.
            Forbidden: the token does not cover what was asked for.
            NotFound: there is no such Group, or none that this caller may know of.
        """
        if request.level == "Group":
            _check_group_access(request.group, caller, self._store.snapshot())
        content = content_for(request, caller)
        self._forget_old()
        job = _disturbed(self._job(request, content, caller, url), disturbance)
        self._store.records.put(_JOB, job.id, to_record(job))
        return job

    def find(self, id: str, caller: Caller) -> ExportJob:
        """A job as it stands now, in progress, complete or failed.

        Raises:
            NotFound: it never was, has ended, is another client's or about another patient; the same text for all,
                but that its owner is told when it has expired.
        """
        record = self._store.records.get(_JOB, id)
        if record is None:
            raise _no_job(id, "there never was one")
        job = at(from_record(record), self._clock.now())
        _check_owner(job, caller)
        _check_alive(job)
        return job

    def delete(self, id: str, caller: Caller) -> None:
        """Cancel a job, or delete it with its files when it is complete.

        Raises:
            NotFound: as :meth:`find`.
        """
        job = ended(self.find(id, caller), self._clock.now())
        self._store.records.put(_JOB, id, to_record(job))
        self._store.records.delete(_PLAN, id)

    def plan(self, job: ExportJob) -> Plan:
        """The files of a complete job with their exact counts; types without data have none."""
        kept = self._store.records.get(_PLAN, job.id)
        # Counted without a lock: whoever counts gets the same numbers.
        return tuple(OutputFile(**item) for item in kept) if kept is not None else self._count(job)

    def file(self, id: str, name: str, caller: Caller) -> ExportFile:
        """The file ``name`` (a resource type, or ``errors``) of a job.

        Raises:
            NotFound: there is no such job or file, or the job is not complete.
            Forbidden: the token does not cover the type in it.
        """
        job = self.find(id, caller)
        if job.state is not JobState.COMPLETE:
            message = f"the files of export job {id} are not there yet; poll its status until that answers 200"
            raise NotFound(message)
        if name == ERRORS_FILE and job.ignored:
            return ExportFile(job, name)
        if name not in (file.type for file in self.plan(job)):
            message = f"export job {id} has no file {name}.ndjson; its manifest lists those that it has"
            raise NotFound(message)
        require_no_more(caller, job, name)
        return ExportFile(job, name)

    def stream(self, file: ExportFile, *, fhir_base: str, documents: str, gzip: bool) -> FileStream:
        """The bytes of a file, with URLs under the two bases; close it in the end.

        Raises:
            Unavailable: too many files are being downloaded.
        """
        chunks = files.ndjson(self._lines(file), fhir_base, documents)
        return FileStream(files.gzipped(chunks) if gzip else chunks, self._slots.take())

    def jobs(self) -> list[ExportJob]:
        """Every job that was kicked off, as it stands now, in the order of their starts."""
        now = self._clock.now()
        found = (at(from_record(record), now) for record in self._store.records.all(_JOB).values())
        return sorted(found, key=lambda job: (job.started_at, job.id))

    def _forget_old(self) -> None:
        """Drop the records of jobs that ended more than a day ago, and any counts that came after their end."""
        now, records = self._clock.now(), self._store.records
        for id, record in records.all(_JOB).items():
            if now >= from_record(record).expires_at + _KEPT:
                records.delete(_JOB, id)
                records.delete(_PLAN, id)

    def _job(self, request: KickOff, content: Content, caller: Caller, url: str) -> ExportJob:
        now = self._clock.now()
        snapshot = self._store.fence(now)
        if request.level == "Group":
            members_of(snapshot, request.group)
        ready_at = now + self._duration
        return ExportJob(
            id=secrets.token_hex(16),
            level=request.level,
            group=request.group,
            types=content.types,
            since=request.since,
            request=url,
            ignored=request.ignored + content.left_out,
            client_id=caller.client_id,
            patient=caller.patient,
            scopes=tuple(scope.text for scope in caller.scopes),
            user=caller.user,
            patients=caller.patients,
            seq=snapshot.seq,
            transaction_time=snapshot.last_updated,
            started_at=now,
            ready_at=ready_at,
            expires_at=ready_at + _KEPT,
        )

    def _count(self, job: ExportJob) -> Plan:
        snapshot = self._store.snapshot(job.seq)
        counted = (OutputFile(query.type, snapshot.count(query)) for query in selections(job, snapshot))
        plan = tuple(file for file in counted if file.count)
        self._store.records.put(_PLAN, job.id, [asdict(file) for file in plan])
        return plan

    def _lines(self, file: ExportFile) -> Iterator[bytes]:
        if file.type == ERRORS_FILE:
            return files.outcomes(file.job.ignored)
        snapshot = self._store.snapshot(file.job.seq)
        query = next(query for query in selections(file.job, snapshot) if query.type == file.type)
        return snapshot.bodies(query)


def _disturbed(job: ExportJob, disturbance: Disturbance) -> ExportJob:
    left_out = tuple(f"{type} could not be exported" for type in job.types if type in disturbance.left_out)
    return replace(
        job,
        types=tuple(type for type in job.types if type not in disturbance.left_out),
        ignored=job.ignored + left_out,
        ready_at=job.ready_at + disturbance.delay,
        expires_at=job.expires_at + disturbance.delay,
        failure=disturbance.failure,
    )


def _check_group_access(group: str, caller: Caller, snapshot: Snapshot) -> None:
    require(caller, "Group", "r")
    kind = RESOURCE_TYPES["Group"]
    if is_hidden(snapshot, kind, snapshot.read(kind.name, group), caller.reach):
        raise unknown_group(group, out_of_reach(caller, kind, group))


def _check_owner(job: ExportJob, caller: Caller) -> None:
    if job.client_id != caller.client_id:
        raise _no_job(job.id, f"it belongs to client {job.client_id}")
    people = caller.reach.people
    if people is not None and people != job.reach.people:
        raise _no_job(job.id, f"the token is confined to {', '.join(people) or 'nobody'}, the job is not")


def _check_alive(job: ExportJob) -> None:
    if job.state in (JobState.CANCELLED, JobState.DELETED):
        raise _no_job(job.id, f"it was {job.state}")
    if job.state is JobState.EXPIRED:
        expired = instant(job.expires_at // 1000)
        message = f"export job {job.id} expired at {expired}, {KEPT_HOURS} hours after it was complete; start another"
        raise NotFound(message)


def _no_job(id: str, reason: str) -> NotFound:
    message = f"there is no export job {id} for this client; the Content-Location of a kick-off names one"
    return NotFound(message, reason=f"export job {id}: {reason}")
