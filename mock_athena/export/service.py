"""The export jobs of one environment.

A job is a record beside the data. Nothing runs for it: its state is computed from the clock whenever somebody
asks, its counts once when it is ready, and its files are read from the store's snapshot while they are sent. A
restart therefore loses nothing. https://hl7.org/fhir/uv/bulkdata/STU2/export.html
"""

import secrets
from collections.abc import Callable
from dataclasses import replace

from mock_athena.auth.caller import Caller, out_of_reach, require
from mock_athena.clock import NANOSECONDS, Clock
from mock_athena.errors import ControlError, Gone, NotFound, shortened
from mock_athena.export.checksums import Checksum, checksum_of
from mock_athena.export.content import content_for, require_no_more, unknown_group
from mock_athena.export.contents import Contents, ExportFile
from mock_athena.export.durations import duration_from
from mock_athena.export.files import Bases
from mock_athena.export.job import ExportJob, advanced, at, ended, retry_after
from mock_athena.export.kept import KeptJobs
from mock_athena.export.kick_off import KickOff
from mock_athena.export.leniency import Leniency
from mock_athena.export.members import patients_for, require_group
from mock_athena.export.pages import pages, ready_pages
from mock_athena.export.plan import Plan, planned
from mock_athena.export.queries import selections
from mock_athena.export.rules import Rules, admitted, check_poll
from mock_athena.export.states import JobState
from mock_athena.export.streams import StreamSlots
from mock_athena.faults import UNDISTURBED, Disturbance
from mock_athena.fhir.instants import instant
from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.store import ResourceStore, Snapshot
from mock_athena.store.confinement import is_hidden

KEPT_HOURS = 24
"""For so long a complete job has its files; and for so long after its end it is told why it is gone."""

FILE_RESOURCES = 100_000
"""The most resources in one file, by default."""

_KEPT = KEPT_HOURS * 3600 * NANOSECONDS


class ExportService:
    """Takes kick-offs, tells how far a job is, hands out its files.

    Attributes:
        contents: what is in the files.
        kept: what is kept of the jobs.

    Args:
        duration: from kick-off until a job is complete: seconds, or as :mod:`mock_athena.export.durations` reads it.
        slots: how many files may be downloaded at once; one's own if left out.
        file_resources: the most resources in one file.
        rules: what a client may do with its exports.
        seed: of what is drawn at random.
        checksums: manifests tell the size and the SHA-256 of each file.
        open_files: files need no token, but the key in their URL.
    """

    def __init__(
        self,
        store: ResourceStore,
        clock: Clock,
        duration: float | str,
        slots: StreamSlots | None = None,
        *,
        file_resources: int = FILE_RESOURCES,
        rules: Rules | None = None,
        seed: int = 1,
        open_files: bool = False,
        checksums: bool = False,
    ) -> None:
        self._store = store
        self._clock = clock
        self._duration = duration_from(duration, seed)
        self.contents = Contents(store, slots or StreamSlots())
        self._most = file_resources
        self._rules = rules or Rules()
        self._open_files = open_files
        self._checksums = checksums
        self.kept = KeptJobs(store.records)

    def kick_off(self, request: KickOff, caller: Caller, url: str, disturbance: Disturbance = UNDISTURBED) -> ExportJob:
        """Accept an export of the data as they are now; ``url`` is the full URL of the request.

        Args:
            disturbance: what a fault does to the job.

        Raises:
            BadRequest: a type, filter or patient asked for is not exported on this level.
            Forbidden: the token does not cover what was asked for.
            NotFound: there is no such Group, or none that this caller may know of.
            Throttled: the client has as many exports in progress as it may.
        """
        if request.level == "Group":
            _check_group_access(request.group, caller, self._store.snapshot())
        now = self._clock.now()
        self.kept.forget_before(now - _KEPT)
        job = _disturbed(self._job(request, caller, url, now), disturbance)
        if self._rules.look_at_others:
            return self.kept.put_after(lambda others: admitted(self._rules, job, others, now))
        self.kept.put(job)
        return job

    def find(self, id: str, caller: Caller) -> ExportJob:
        """A job as it stands now, in progress, complete or failed.

        Raises:
            NotFound: it never was, has ended, is another client's or about another patient; the same text for all,
                but that its owner is told when it has expired.
        """
        job = self._owned(id, caller)
        _check_alive(job)
        return job

    def poll(self, id: str, caller: Caller) -> ExportJob:
        """The same, for a client that asks how far it is.

        Raises:
            NotFound: as :meth:`find`. Throttled: it asks too often.
        """
        job = self.find(id, caller)
        if self._rules.poll_interval and job.state is JobState.IN_PROGRESS:
            now = self._clock.now()
            last = self.kept.last_poll(id)
            if last is not None:
                check_poll(self._rules, job, last, now)
            self.kept.put_poll(id, now, retry_after(job, now))
        return job

    def delete(self, id: str, caller: Caller) -> None:
        """Cancel a job, or delete it with its files when it is complete.

        Raises:
            NotFound: as :meth:`find`.
        """
        self.kept.put(ended(self.find(id, caller), self._clock.now()))
        self.kept.forget_plan(id)

    def plan(self, job: ExportJob) -> Plan:
        """The files of a complete job with their exact counts; types without data have none."""
        kept = self.kept.plan(job.id)
        # Planned without a lock: whoever plans gets the same.
        return kept if kept is not None else self._plan(job)

    def ready(self, job: ExportJob) -> list[Plan]:
        """The parts of the plan that a client can be told of by now; one, unless it allowed several."""
        if job.state is not JobState.COMPLETE and not job.partial:
            return []
        told = pages(job, self.plan(job))
        return told if job.state is JobState.COMPLETE else told[: ready_pages(job, len(told), self._clock.now())]

    def checksums(self, job: ExportJob, part: Plan, bases: Bases) -> dict[str, Checksum]:
        """Size and SHA-256 of files of a job by their names; nothing, unless that is wanted of all."""
        if not self._checksums:
            return {}
        kept = self.kept.checksums(job.id)
        known = kept.get(bases.fhir, {})
        missing = [file for file in part if file.name not in known]
        if missing:
            made = {file.name: checksum_of(self.contents, ExportFile(job, file), bases) for file in missing}
            known = {**known, **made}
            self.kept.put_checksums(job.id, {**kept, bases.fhir: known})
        return {name: Checksum(*said) for name, said in known.items()}

    def file(self, id: str, name: str, caller: Caller) -> ExportFile:
        """The file of a job that the manifest calls ``name``.

        Raises:
            NotFound: there is no such job or file, or the job is not complete. Gone: it has expired.
            Forbidden: the token does not cover the type in it.
        """
        file = self._file(self._owned(id, caller), name)
        if file.planned.of:
            require_no_more(caller, file.job, file.planned.of)
        return file

    def open_file(self, id: str, key: str, name: str) -> ExportFile:
        """The same for whoever knows the ``key`` of a job whose files need no token.

        Raises:
            NotFound: as :meth:`file`, or this is not its key. Gone: likewise.
        """
        kept = self.kept.get(id)
        if kept is None or not kept.key or not secrets.compare_digest(kept.key.encode(), key.encode()):
            message = "there is no file at this URL; the manifest of an export has the whole of it"
            raise NotFound(message)
        return self._file(at(kept, self._clock.now()), name)

    def _owned(self, id: str, caller: Caller) -> ExportJob:
        """A job of the caller's as it stands now, even if it is over."""
        kept = self.kept.get(id)
        if kept is None:
            raise _no_job(id, "there never was one")
        job = at(kept, self._clock.now())
        _check_owner(job, caller)
        return job

    def _file(self, job: ExportJob, name: str) -> ExportFile:
        id = job.id
        if job.state is JobState.EXPIRED:
            raise Gone(_expired(job))
        _check_alive(job)
        ready = self.ready(job)
        found = next((file for part in ready for file in part if file.name == name), None)
        if found is None and job.state is not JobState.COMPLETE:
            message = f"the files of export job {id} are not there yet; poll its status until that answers 200"
            raise NotFound(message)
        if found is None:
            message = f"export job {id} has no file {shortened(name)}; its manifest lists those that it has"
            raise NotFound(message)
        return ExportFile(job, found)

    def jobs(self) -> list[ExportJob]:
        """Every job that was kicked off, as it stands now, in the order of their starts."""
        now = self._clock.now()
        return sorted((at(job, now) for job in self.kept.all()), key=lambda job: (job.started_at, job.id))

    def advance(self, id: str, nanoseconds: int | None = None) -> ExportJob:
        """Move a job on by itself: as if it had been kicked off earlier; to its end, if nothing is said.

        Raises:
            ControlError: there is no such job, or it is not in progress.
        """
        now = self._clock.now()
        return self._moved(
            id, lambda job: advanced(job, job.ready_at - now if nanoseconds is None else nanoseconds), "advance"
        )

    def fail(self, id: str, message: str) -> ExportJob:
        """Let a job in progress fail now.

        Raises:
            ControlError: there is no such job, or it is not in progress.
        """
        now = self._clock.now()
        return self._moved(id, lambda job: replace(job, ready_at=now, expires_at=now + _KEPT, failure=message), "fail")

    def expire(self, id: str) -> ExportJob:
        """Let the files of a job expire now.

        Raises:
            ControlError: there is no such job, or it is not complete.
        """
        now = self._clock.now()
        return self._moved(id, lambda job: replace(job, expires_at=now), "expire", while_complete=True)

    def _moved(
        self, id: str, move: Callable[[ExportJob], ExportJob], verb: str, *, while_complete: bool = False
    ) -> ExportJob:
        kept = self.kept.get(id)
        if kept is None:
            message = f"there is no export job {shortened(id)}; GET /_mock/jobs lists those that there are"
            raise ControlError(message, status=404)
        job = at(kept, self._clock.now())
        movable = (JobState.COMPLETE, JobState.FAILED) if while_complete else (JobState.IN_PROGRESS,)
        if job.state not in movable:
            message = f"export job {id} is {job.state}; to {verb} it, it must be {' or '.join(movable)}"
            raise ControlError(message, status=409)
        moved = move(job)
        self.kept.put(moved)
        return at(moved, self._clock.now())

    def _job(self, request: KickOff, caller: Caller, url: str, now: int) -> ExportJob:
        leniency = Leniency(lenient=request.lenient)
        content = content_for(request, caller)
        snapshot = self._store.fence(now)
        if request.level == "Group":
            require_group(snapshot, request.group)
        patients = patients_for(request, snapshot, caller.reach.people, leniency)
        job = ExportJob(
            id=secrets.token_hex(16),
            level=request.level,
            group=request.group,
            types=content.types,
            since=request.since,
            until=request.until,
            filters=content.filters,
            elements=request.elements,
            named=patients,
            associated=request.associated,
            only_associated=content.only_associated,
            partial=request.partial,
            separate=request.separate,
            request=url,
            ignored=request.ignored + content.left_out + tuple(leniency.left_out),
            client_id=caller.client_id,
            patient=caller.patient,
            scopes=tuple(scope.text for scope in caller.scopes),
            user=caller.user,
            patients=caller.patients,
            seq=snapshot.seq,
            transaction_time=snapshot.last_updated,
            started_at=now,
            ready_at=now,
            expires_at=now + _KEPT,
            key=secrets.token_hex(16) if self._open_files else "",
        )
        return _lasting(job, self._duration(self.kept.count(), lambda: _size(job, snapshot)))

    def _plan(self, job: ExportJob) -> Plan:
        made = planned(job, self._store.snapshot(job.seq), self._most)
        self.kept.put_plan(job.id, made)
        return made


def _size(job: ExportJob, snapshot: Snapshot) -> int:
    """How many resources a job exports."""
    return sum(snapshot.count(query) for query in selections(job, snapshot))


def _lasting(job: ExportJob, nanoseconds: int) -> ExportJob:
    return replace(job, ready_at=job.ready_at + nanoseconds, expires_at=job.expires_at + nanoseconds)


def _disturbed(job: ExportJob, disturbance: Disturbance) -> ExportJob:
    left_out = tuple(f"{type} could not be exported" for type in job.types if type in disturbance.left_out)
    return replace(
        _lasting(job, disturbance.delay),
        types=tuple(type for type in job.types if type not in disturbance.left_out),
        ignored=job.ignored + left_out,
        failure=disturbance.failure,
        fails_after=disturbance.fails_after,
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
        raise NotFound(_expired(job))


def _expired(job: ExportJob) -> str:
    expired = instant(job.expires_at // 1000)
    return f"export job {job.id} expired at {expired}; files are kept for {KEPT_HOURS} hours, so start another"


def _no_job(id: str, reason: str) -> NotFound:
    message = f"there is no export job {id} for this client; the Content-Location of a kick-off names one"
    return NotFound(message, reason=f"export job {id}: {reason}")
