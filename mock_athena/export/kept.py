"""What is kept of export jobs, beside the data: every process and every start finds the same."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from mock_athena.export import plan
from mock_athena.export.job import ExportJob, from_record, to_record
from mock_athena.export.plan import Plan
from mock_athena.store.records import Records

_JOB, _PLAN, _POLL, _SUMS = "export-job", "export-plan", "export-poll", "export-checksums"


class KeptJobs:
    """Jobs, their plans, and when they were polled."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._oldest_until = 0  # nothing is to be forgotten before; 0 where that is not known

    def everything(self) -> list[tuple[str, str, Any]]:
        """All that is kept, as (kind, id, JSON value)."""
        return self._records.everything()

    def replace(self, kept: Iterable[tuple[str, str, Any]], renumbered: Callable[[int], int]) -> None:
        """Keep this again, where nothing is kept.

        Args:
            renumbered: the number that a commit of the store has by now.
        """
        for kind, id, value in kept:
            if kind == _JOB:
                job = from_record(value)
                self.put(replace(job, seq=renumbered(job.seq)))
            else:
                self._records.put(kind, id, value)

    def get(self, id: str) -> ExportJob | None:
        """A job as it was last recorded."""
        record = self._records.get(_JOB, id)
        return from_record(record) if record is not None else None

    def all(self) -> list[ExportJob]:
        """Every job as it was last recorded."""
        return [from_record(record) for record in self._records.all(_JOB).values()]

    def count(self) -> int:
        """How many there are."""
        return self._records.count(_JOB)

    def put(self, job: ExportJob) -> None:
        """Keep a job."""
        self._records.put(_JOB, job.id, to_record(job))
        self._oldest_until = min(self._oldest_until, job.expires_at)

    def put_after(self, choose: Callable[[list[ExportJob]], ExportJob]) -> ExportJob:
        """Keep the job that is chosen in view of all others; nobody else keeps one meanwhile."""
        chosen: list[ExportJob] = []

        def decide(found: dict[str, Any]) -> tuple[str, Any]:
            job = choose([from_record(record) for record in found.values()])
            chosen.append(job)
            return job.id, to_record(job)

        self._records.put_after(_JOB, decide)
        self._oldest_until = min(self._oldest_until, chosen[0].expires_at)
        return chosen[0]

    def plan(self, id: str) -> Plan | None:
        """The plan of a job, if it was made."""
        record = self._records.get(_PLAN, id)
        return plan.from_record(record) if record is not None else None

    def put_plan(self, id: str, made: Plan) -> None:
        """Keep a plan."""
        self._records.put(_PLAN, id, plan.to_record(made))

    def last_poll(self, id: str) -> tuple[int, int] | None:
        """When a job was polled last (nanoseconds since 1970 UTC), and how many seconds its client was told to wait."""
        record = self._records.get(_POLL, id)
        return (record[0], record[1]) if record is not None else None

    def put_poll(self, id: str, now: int, told: int) -> None:
        """Keep that a job was polled."""
        self._records.put(_POLL, id, (now, told))

    def checksums(self, id: str) -> dict[str, Any]:
        """What was computed of the files of a job, by the base URL that is in them and by name."""
        return self._records.get(_SUMS, id) or {}

    def put_checksums(self, id: str, made: dict[str, Any]) -> None:
        """Keep it."""
        self._records.put(_SUMS, id, made)

    def forget_plan(self, id: str) -> None:
        """Drop the plan of a job, and what was computed of its files."""
        self._records.delete(_PLAN, id)
        self._records.delete(_SUMS, id)

    def forget_before(self, instant: int) -> None:
        """Drop the jobs that ended before ``instant`` or then; all are read only where one may have."""
        if self._oldest_until > instant:
            return
        left = []
        for job in self.all():
            if job.expires_at <= instant:
                for kind in (_JOB, _PLAN, _POLL, _SUMS):
                    self._records.delete(kind, job.id)
            else:
                left.append(job.expires_at)
        self._oldest_until = min(left, default=2**63)
