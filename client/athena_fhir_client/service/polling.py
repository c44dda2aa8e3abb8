"""Asks for jobs that are in progress: when somebody wants to know, and in the background.

What is in progress is in the database, with when it may be asked for again, so polling goes on after a restart.
"""

import logging
import threading
from dataclasses import replace

from athena_fhir_client.bulk.errors import BulkError, ExportStuck
from athena_fhir_client.bulk.http import Exchange
from athena_fhir_client.bulk.manifest import Manifest
from athena_fhir_client.bulk.waiting import InProgress, Polling, poll, whole
from athena_fhir_client.clock import Clock
from athena_fhir_client.errors import AthenaError, ForeignHost
from athena_fhir_client.service.connections import Connections, expiring
from athena_fhir_client.service.errors import ConnectionExpired, ServiceError
from athena_fhir_client.service.instants import instant_of
from athena_fhir_client.service.records import BulkExportJob, Status
from athena_fhir_client.service.store import Store

_LOG = logging.getLogger("athena_fhir_client.service")
_DAY = 86_400.0
_PAGES = 60.0  # seconds that a further page of a manifest may take
_IDLE = 60.0  # seconds between two looks at the database, for jobs that other processes started


class Poller:
    """Brings jobs up to date."""

    def __init__(self, store: Store, connections: Connections, clock: Clock, polling: Polling) -> None:
        self._store, self._connections, self._clock, self._polling = store, connections, clock, polling
        self._one = threading.Lock()
        self._changed = threading.Condition()
        self._stopping = False
        self._news = False
        self._thread: threading.Thread | None = None

    def check(self, job_id: str) -> BulkExportJob:
        """The job as it stands; asked for at the server if it is time.

        Raises:
            JobNotFound, ConnectionExpired, AthenaError: the job stays as it is.
        """
        with self._one:  # two who want to know are one poll
            job = self._store.job(job_id)
            if job.status is not Status.IN_PROGRESS or self._clock.now() < job.next_poll:
                return job
            job = self._polled(job)
            self._store.put_job(job)
            return job

    def start(self) -> None:
        """Poll in the background from now on."""
        self._thread = threading.Thread(target=self._run, name="poller", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """There is a new job."""
        with self._changed:
            self._news = True
            self._changed.notify_all()

    def stop(self) -> None:
        """End the background thread."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread:
            self._thread.join(timeout=10)

    def _polled(self, job: BulkExportJob) -> BulkExportJob:
        now = self._clock.now()
        try:
            with expiring(job.connection_id):
                http = Exchange(self._connections.client(job.connection_id))
                found = poll(http, job.status_url, self._polling)
                if isinstance(found, Manifest):
                    found = whole(http, job.status_url, found, replace(self._polling, patience=_PAGES))
        except ExportStuck:  # a page of the manifest does not come: another time
            return replace(job, next_poll=now + self._polling.every)
        except (BulkError, ForeignHost, ConnectionExpired) as error:
            return self._failed(job, str(error))
        except AthenaError:
            self._store.put_job(replace(job, next_poll=now + self._polling.every))
            raise
        if isinstance(found, InProgress):
            return replace(job, next_poll=now + found.seconds)
        completed = instant_of(self._clock.now())
        return replace(job, status=Status.COMPLETED, output_urls=tuple(found.urls), completed_at=completed)

    def _failed(self, job: BulkExportJob, message: str) -> BulkExportJob:
        return replace(job, status=Status.FAILED, error_message=message, completed_at=instant_of(self._clock.now()))

    def _run(self) -> None:
        while not self._stopping:
            for job in self._store.jobs(due=self._clock.now()):
                try:
                    self.check(job.id)
                except ServiceError:
                    pass  # somebody removed it meanwhile
                except Exception as error:  # one job's trouble must not end the others' polling
                    _LOG.warning("job %s could not be asked for: %s", job.id, error)
            self._rest()

    def _rest(self) -> None:
        soonest = min((job.next_poll for job in self._store.jobs(due=self._clock.now() + _DAY)), default=None)
        seconds = _IDLE if soonest is None else min(max(soonest - self._clock.now(), 0.05), _IDLE)
        with self._changed:
            if not self._stopping and not self._news:
                self._clock.wait(self._changed, seconds)
            self._news = False
