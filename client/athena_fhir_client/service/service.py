"""The integration service of the guide: its calls, its statuses, in Python.

::

    service = get_athena_health_enhanced_service()
    job = service.initiate_bulk_export("conn_123", export_type="Patient", resource_types=["Patient", "Observation"])
    status = service.check_bulk_export_status(job.id)
    if status.status == "COMPLETED":
        service.process_bulk_export_data(job.id)

Connections and jobs are kept in a folder; a job that was started is known after a restart, and to other processes.
"""

import logging
import secrets
import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from athena_fhir_client.bulk.asked import ExportRequest
from athena_fhir_client.bulk.export import BulkExport, Options, adopt
from athena_fhir_client.bulk.http import Exchange
from athena_fhir_client.bulk.waiting import Polling
from athena_fhir_client.clock import Clock, SystemClock
from athena_fhir_client.configuration import Configuration
from athena_fhir_client.errors import AthenaError, BadRequest, Forbidden, NotFound, SearchRefused, StatusError
from athena_fhir_client.mirror.apply import apply_export
from athena_fhir_client.mirror.mirror import Mirror
from athena_fhir_client.service.asked import bulk_export_options, enhanced_sync_options, instant
from athena_fhir_client.service.capabilities import Capabilities, capabilities_of
from athena_fhir_client.service.connections import Connection, Connections, expiring
from athena_fhir_client.service.errors import JobNotReady
from athena_fhir_client.service.instants import instant_of
from athena_fhir_client.service.polling import Poller
from athena_fhir_client.service.records import BulkExportJob, Status
from athena_fhir_client.service.searching import sync_by_search
from athena_fhir_client.service.signing_in import SigningIn
from athena_fhir_client.service.store import Store

_LOG = logging.getLogger("athena_fhir_client.service")
EXPORTS, MIRRORS = "exports", "mirrors"


@dataclass(frozen=True, slots=True)
class SyncResult:
    """How many resources were synced."""

    standard_resources: int
    enhanced_resources: int
    total: int


@dataclass(frozen=True, slots=True)
class ProcessedExport:
    """What came of a job's data.

    Attributes:
        folder: where the files are. mirror: the database that they were put into.
        resources: how many of each type. deleted: so many are gone since. notes: what was not as it should be.
    """

    job_id: str
    folder: Path
    mirror: Path
    resources: Mapping[str, int]
    deleted: int
    notes: tuple[str, ...]

    @property
    def total(self) -> int:
        """How many resources."""
        return sum(self.resources.values())


class AthenaHealthEnhancedService:
    """Bulk exports, syncs and capabilities of connections.

    Args:
        folder: where connections, jobs and data are kept.
        configuration: how the application presents itself; the environment's if left out.
    """

    def __init__(
        self,
        folder: Path,
        configuration: Configuration | None = None,
        *,
        clock: Clock | None = None,
        store: Store | None = None,
        polling: Polling | None = None,
    ) -> None:
        self.folder = folder
        self.clock = clock or SystemClock()
        self.configuration = configuration or Configuration.from_environment()
        self.store = store or Store(folder)
        self.connections = Connections(self.store, self.configuration, self.clock)
        self.signing_in = SigningIn(self.store, self.connections, self.configuration, self.clock)
        self.poller = Poller(self.store, self.connections, self.clock, polling or Polling())

    def initiate_bulk_export(
        self, connection_id: str, options: Mapping[str, Any] | None = None, *, job_id: str = "", **more: Any
    ) -> BulkExportJob:
        """Start an export job.

        Args:
            options, more: those of :class:`.asked.BulkExportOptions`, under the guide's names or Python's.
            job_id: of the new job, if it must be a certain one.

        Raises:
            InvalidRequest, ConnectionNotFound, ConnectionExpired; or what the server says. There is no job then.
        """
        asked = bulk_export_options(options, more).request()
        client = self.connections.client(connection_id)
        with expiring(connection_id):
            url = Exchange(client).kick_off(asked)
        now = self.clock.now()
        job = BulkExportJob(
            id=job_id or f"job_{secrets.token_hex(8)}",
            connection_id=connection_id,
            status=Status.IN_PROGRESS,
            status_url=url,
            started_at=instant_of(now),
            request=asked.as_json(),
            next_poll=now + 1.0,
        )
        try:
            self.store.put_job(job)
        except BaseException:
            Exchange(client).delete(url)  # a job that nobody knows of must not run
            raise
        self.poller.wake()
        return job

    def check_bulk_export_status(self, job_id: str) -> BulkExportJob:
        """The job as it stands; the server is asked, unless it wants to be left alone for a while.

        Raises:
            JobNotFound, ConnectionExpired; or what the server says.
        """
        return self.poller.check(job_id)

    def process_bulk_export_data(self, job_id: str) -> ProcessedExport:
        """Download a completed job's files, check them, put them into the mirror; called again, say what came of it.

        Raises:
            JobNotReady: not completed. BulkError: the next call goes on where this one stopped.
        """
        job = self.check_bulk_export_status(job_id)
        if job.status is not Status.COMPLETED:
            message = f"job {job_id} is {job.status}{f': {job.error_message}' if job.error_message else ''}"
            raise JobNotReady(message)
        client = self.connections.client(job.connection_id)
        request = ExportRequest.from_json(dict(job.request))
        folder = self.folder / EXPORTS / job.id
        adopt(folder, client.base_url, request, job.status_url, self.clock.now())
        with expiring(job.connection_id):
            report = BulkExport(client, request, folder, Options()).run()
        mirror = self.mirror(job.connection_id)
        _, deleted = apply_export(mirror, report, types=request.types, whole=False, now=self.clock.now())
        return ProcessedExport(job.id, folder, mirror.path, report.resources, deleted, report.notes)

    def cancel_bulk_export(self, job_id: str) -> None:
        """Cancel a job, or delete its files, and forget it.

        Raises:
            JobNotFound; or what the server says.
        """
        job = self.store.job(job_id)
        try:
            with expiring(job.connection_id):
                Exchange(self.connections.client(job.connection_id)).delete(job.status_url)
        except NotFound:
            pass
        self.store.remove_job(job_id)

    def enhanced_sync(self, connection_id: str, options: Mapping[str, Any] | None = None, **more: Any) -> SyncResult:
        """Bring the connection's mirror up to date; how many resources came.

        Args:
            options, more: those of :class:`.asked.EnhancedSyncOptions`, under the guide's names or Python's.

        Raises:
            InvalidRequest, ConnectionNotFound, ConnectionExpired; or what the server says. The mirror is as it was
            then.
        """
        asked = enhanced_sync_options(options, more)
        standard, enhanced = asked.types()
        since = instant("since", asked.since)
        with expiring(connection_id):
            counts = self._synced(connection_id, [*standard, *enhanced], since)
        one, other = (sum(counts[type] for type in types) for types in (standard, enhanced))
        return SyncResult(one, other, one + other)

    def _synced(self, connection_id: str, types: Sequence[str], since: str) -> Counter[str]:
        client, mirror = self.connections.client(connection_id), self.mirror(connection_id)
        known = self.store.connection(connection_id)
        patient = known.user_id if known.kind == "user" else ""
        try:
            return sync_by_search(client, mirror, types, patient=patient, since=since)
        except (BadRequest, Forbidden, SearchRefused):
            if patient:
                raise
            # A server that wants a patient in each search has bulk export for all of them.
            return self._exported(connection_id, mirror, types, since)

    def _exported(self, connection_id: str, mirror: Mirror, types: Sequence[str], since: str) -> Counter[str]:
        asked = replace(ExportRequest(types=tuple(types)), since=since)
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            report = BulkExport(self.connections.client(connection_id), asked, Path(folder)).run()
            apply_export(mirror, report, types=types, whole=False, now=self.clock.now())
            return Counter(report.resources)

    def get_capabilities(self, connection_id: str) -> Capabilities:
        """What the connection's server can do.

        Raises:
            ConnectionNotFound; or what the server says.
        """
        return capabilities_of(self.connections.client(connection_id))

    def get_connection(self, connection_id: str) -> Connection:
        """A connection with a token that is good now.

        Raises:
            ConnectionNotFound, ConnectionExpired, AuthError.
        """
        return self.connections.get(connection_id)

    def disconnect(self, connection_id: str) -> None:
        """Forget a connection: its tokens, its jobs, here and at the server, and the data that came by it.

        A server that cannot be reached, or takes the token no more, is no reason to go on holding the data.

        Raises:
            ConnectionNotFound: none of this id.
        """
        jobs = [job for job in self.store.jobs() if job.connection_id == connection_id]
        self._delete_at_server(connection_id, [job for job in jobs if job.status is not Status.FAILED])
        self.connections.remove(connection_id)
        for job in jobs:
            shutil.rmtree(self.folder / EXPORTS / job.id, ignore_errors=True)
        for behind in ("", "-wal", "-shm"):
            (self.folder / MIRRORS / f"{connection_id}.sqlite{behind}").unlink(missing_ok=True)

    def _delete_at_server(self, connection_id: str, jobs: Sequence[BulkExportJob]) -> None:
        for job in jobs:
            try:
                Exchange(self.connections.client(connection_id)).delete(job.status_url)
            except NotFound:
                continue
            except AthenaError as error:
                _LOG.warning("job %s may be at the server until it expires: %s", job.id, error)
                if not isinstance(error, StatusError):
                    return  # it would not be reached for the next one either

    def mirror(self, connection_id: str) -> Mirror:
        """The copy of what was synced for a connection."""
        self.store.connection(connection_id)
        return Mirror(self.folder / MIRRORS / f"{connection_id}.sqlite")

    def close(self) -> None:
        """Stop polling, close all connections."""
        self.poller.stop()
        self.connections.close()

    def __enter__(self) -> "AthenaHealthEnhancedService":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


__all__ = ["AthenaHealthEnhancedService", "ProcessedExport", "SyncResult"]
