"""The export jobs of one environment.

A job is a record beside the data. Nothing runs for it: its state is computed from the clock whenever somebody
asks, its counts once when it is ready, and its files are read from the store's snapshot while they are sent. A
restart therefore loses nothing. https://hl7.org/fhir/uv/bulkdata/STU2/export.html
"""

import secrets
from dataclasses import replace

from mock_athena.auth.caller import Caller, require
from mock_athena.clock import NANOSECONDS, Clock
from mock_athena.errors import NotFound, shortened
from mock_athena.export import plan
from mock_athena.export.content import (
    Content,
    content_for,
    members_of,
    require_type,
    unknown_group,
)
from mock_athena.export.contents import Contents, ExportFile
from mock_athena.export.job import ExportJob, at, ended, from_record, to_record
from mock_athena.export.kick_off import KickOff
from mock_athena.export.plan import Plan
from mock_athena.export.states import JobState
from mock_athena.export.streams import StreamSlots
from mock_athena.faults import UNDISTURBED, Disturbance
from mock_athena.fhir.instants import instant
from mock_athena.store import ResourceStore

KEPT_HOURS = 24
"""For so long a complete job has its files; and for so long after its end it is told why it is gone."""

FILE_RESOURCES = 100_000
"""The most resources in one file, by default."""

_KEPT = KEPT_HOURS * 3600 * NANOSECONDS
_JOB, _PLAN = "export-job", "export-plan"


class ExportService:
    """Takes kick-offs, tells how far a job is, hands out its files.

    Attributes:
        contents: what is in the files.

    Args:
        duration: seconds by ``clock`` from kick-off until a job is complete.
        slots: how many files may be downloaded at once; one's own if left out.
        file_resources: the most resources in one file.
    """

    def __init__(
        self,
        store: ResourceStore,
        clock: Clock,
        duration: float,
        slots: StreamSlots | None = None,
        *,
        file_resources: int = FILE_RESOURCES,
    ) -> None:
        self._store = store
        self._clock = clock
        self._duration = round(duration * NANOSECONDS)
        self.contents = Contents(store, slots or StreamSlots())
        self._most = file_resources

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
            _check_group_access(request.group, caller)
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
        # Planned without a lock: whoever plans gets the same.
        return plan.from_record(kept) if kept is not None else self._plan(job)

    def file(self, id: str, name: str, caller: Caller) -> ExportFile:
        """The file of a job that the manifest calls ``name``.

        Raises:
            NotFound: there is no such job or file, or the job is not complete.
            Forbidden: the token does not cover the type in it.
        """
        job = self.find(id, caller)
        if job.state is not JobState.COMPLETE:
            message = f"the files of export job {id} are not there yet; poll its status until that answers 200"
            raise NotFound(message)
        planned = next((file for file in self.plan(job) if file.name == name), None)
        if planned is None:
            message = f"export job {id} has no file {shortened(name)}; its manifest lists those that it has"
            raise NotFound(message)
        if planned.of:
            require_type(caller, planned.of)
        return ExportFile(job, planned)

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
            seq=snapshot.seq,
            transaction_time=snapshot.last_updated,
            started_at=now,
            ready_at=ready_at,
            expires_at=ready_at + _KEPT,
        )

    def _plan(self, job: ExportJob) -> Plan:
        made = plan.planned(job, self._store.snapshot(job.seq), self._most)
        self._store.records.put(_PLAN, job.id, plan.to_record(made))
        return made


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


def _check_group_access(group: str, caller: Caller) -> None:
    require(caller, "Group", "r")
    if caller.patient is not None:
        raise unknown_group(group, f"a token confined to Patient/{caller.patient} sees no Group")


def _check_owner(job: ExportJob, caller: Caller) -> None:
    if job.client_id != caller.client_id:
        raise _no_job(job.id, f"it belongs to client {job.client_id}")
    if caller.patient not in (None, job.patient):
        raise _no_job(job.id, f"the token is confined to Patient/{caller.patient}, the job is not")


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
