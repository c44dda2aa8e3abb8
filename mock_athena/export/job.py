"""One export job: the query that was saved, for whom, and when it is ready.

A job does nothing. What it contains is the snapshot ``seq`` of the store, how far it is follows from the clock,
and so it survives a restart and needs no worker.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from mock_athena.auth.reach import reach_of
from mock_athena.auth.scopes import parse_scopes
from mock_athena.clock import NANOSECONDS
from mock_athena.export.states import JobState, move
from mock_athena.store.confinement import Reach

Level = Literal["system", "Patient", "Group"]

_LONGEST_WAIT = 120


@dataclass(frozen=True, slots=True)
class ExportJob:
    """One accepted kick-off.

    Attributes:
        id: unguessable; names the job in its URLs.
        level: ``system``, ``Patient`` or ``Group``.
        group: id of the Group; empty on the other levels.
        types: what is exported, in the order of the registry or of the request.
        since: only what was updated later, in microseconds since 1970 UTC; None for everything. until: only what was
            updated before, likewise.
        filters: searches (type, parameters), of which those of a type say which of it are wanted.
        elements: ``name`` or ``Type.name`` of the elements that are wanted; empty for whole resources.
        named: ids of the Patients whose compartments were asked for; empty for all of the level.
        associated: ``latest`` or ``relevant`` Provenance of what is exported; empty where nothing was said of it.
        only_associated: Provenance was not asked for otherwise.
        partial: the manifest may be handed out in parts.
        separate: the status of the job travels apart from that of the request that asks for it.
        key: the secret in the URLs of its files; empty where they need a token.
        request: the full URL of the kick-off.
        ignored: what of the request was not carried out, one sentence each.
        client_id: whose job it is.
        patient: the Patient in the token's context; None for none.
        seq: the store's commit that the export shows.
        transaction_time: the instant of that view, in microseconds since 1970 UTC.
        started_at: nanoseconds since 1970 UTC by our clock; so are ``ready_at`` and ``expires_at``.
        expires_at: when its files are gone; the instant of the deletion for a job that was let go.
        state: as it was last recorded; :func:`at` brings it up to an instant.
        failure: why it fails, in words for its owner; empty where it does not. fails_after: the share of its time
            after which that happens.
        scopes: what the token granted. user: who had signed in. patients: whom that user may see; None for all.
    """

    id: str
    level: Level
    group: str
    types: tuple[str, ...]
    since: int | None
    request: str
    ignored: tuple[str, ...]
    client_id: str
    patient: str | None
    seq: int
    transaction_time: int
    started_at: int
    ready_at: int
    expires_at: int
    state: JobState = JobState.IN_PROGRESS
    failure: str = ""
    until: int | None = None
    filters: tuple[tuple[str, str], ...] = ()
    elements: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    associated: str = ""
    only_associated: bool = False
    partial: bool = False
    separate: bool = False
    key: str = ""
    fails_after: float = 1.0
    scopes: tuple[str, ...] = ()
    user: str | None = None
    patients: tuple[str, ...] | None = None

    @property
    def base(self) -> str:
        """The FHIR base URL under which it was kicked off."""
        # By their number alone: what stands below the base may be spelled in several ways.
        below = {"system": 1, "Patient": 2, "Group": 3}[self.level]
        return self.request.partition("?")[0].rstrip("/").rsplit("/", below)[0]

    @property
    def reach(self) -> Reach:
        """What of the data is exported, since the token reached no more."""
        return reach_of(parse_scopes(" ".join(self.scopes)), self.patient, self.user, self.patients)


def at(job: ExportJob, now: int) -> ExportJob:
    """The job as it stands at ``now`` (nanoseconds since 1970 UTC)."""
    if job.state is JobState.IN_PROGRESS and now >= _over_at(job):
        job = replace(job, state=move(job.state, JobState.FAILED if job.failure else JobState.COMPLETE))
    if job.state in (JobState.COMPLETE, JobState.FAILED) and now >= job.expires_at:
        job = replace(job, state=move(job.state, JobState.EXPIRED))
    return job


def _over_at(job: ExportJob) -> int:
    if not job.failure:
        return job.ready_at
    return job.started_at + round((job.ready_at - job.started_at) * job.fails_after)


def ended(job: ExportJob, now: int) -> ExportJob:
    """The job after its owner let go of it at ``now`` (nanoseconds since 1970 UTC)."""
    to = JobState.CANCELLED if job.state is JobState.IN_PROGRESS else JobState.DELETED
    return replace(job, state=move(job.state, to), expires_at=now)


def advanced(job: ExportJob, nanoseconds: int) -> ExportJob:
    """The job as if it had been kicked off so much earlier; what it shows stays the same."""
    return replace(
        job,
        started_at=job.started_at - nanoseconds,
        ready_at=job.ready_at - nanoseconds,
        expires_at=job.expires_at - nanoseconds,
    )


def percent(job: ExportJob, now: int) -> int:
    """How much of its time has passed at ``now``, rounded down, from 0 to 100."""
    duration = job.ready_at - job.started_at
    if now >= job.ready_at or not duration:
        return 100
    return max(0, (now - job.started_at) * 100 // duration)


def seconds_left(job: ExportJob, now: int) -> int:
    """Whole seconds at ``now`` until the job is ready, rounded up; at least 1."""
    return max(1, -((now - job.ready_at) // NANOSECONDS))


def retry_after(job: ExportJob, now: int) -> int:
    """Whole seconds until it is worth asking again: enough for the job to be ready, up to two minutes."""
    return min(_LONGEST_WAIT, seconds_left(job, now))


def to_record(job: ExportJob) -> dict[str, Any]:
    """The job as JSON values."""
    return asdict(job)


def from_record(record: dict[str, Any]) -> ExportJob:
    """The job that :func:`to_record` wrote."""
    lists = {name: tuple(value) for name, value in record.items() if isinstance(value, list)}
    filters = tuple((type, query) for type, query in record.get("filters", ()))
    return ExportJob(**{**record, **lists, "filters": filters, "state": JobState(record["state"])})
