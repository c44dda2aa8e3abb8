"""Connections, jobs and sign-ins in one SQLite file; what is secret in it is encrypted (:mod:`.vault`).

Each operation opens the database, does one transaction and closes it, so threads and processes need no agreement.
"""

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from athena_fhir_client.auth.sign_in import SignIn as BegunSignIn
from athena_fhir_client.auth.token import Token
from athena_fhir_client.service.errors import ConnectionNotFound, JobNotFound
from athena_fhir_client.service.records import BulkExportJob, ConnectionRecord, SignIn, Status
from athena_fhir_client.service.vault import Vault

DATABASE = "service.sqlite"
_PATIENCE = 10.0  # seconds that a writer waits for another

_SCHEMA = """
CREATE TABLE IF NOT EXISTS connection (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, fhir_endpoint TEXT NOT NULL, user_id TEXT NOT NULL, scope TEXT NOT NULL,
  created REAL NOT NULL, token BLOB) STRICT;
CREATE TABLE IF NOT EXISTS job (
  id TEXT PRIMARY KEY, connection_id TEXT NOT NULL, status TEXT NOT NULL, status_url TEXT NOT NULL,
  started_at TEXT NOT NULL, request TEXT NOT NULL, completed_at TEXT NOT NULL, output_urls TEXT NOT NULL,
  error_message TEXT NOT NULL, next_poll REAL NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS job_status ON job (status, next_poll);
CREATE TABLE IF NOT EXISTS sign_in (
  state TEXT PRIMARY KEY, ticket TEXT NOT NULL, created REAL NOT NULL, sealed BLOB NOT NULL) STRICT;
"""


class Store:
    """The service's memory.

    Args:
        folder: is created, for its owner only.
    """

    def __init__(self, folder: Path, vault: Vault | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder = folder
        self._vault = vault or Vault.of(folder)
        self._path = folder / DATABASE
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        with self._database() as database:
            database.execute("PRAGMA journal_mode = WAL")
            database.executescript(_SCHEMA)

    def put_connection(self, connection: ConnectionRecord) -> None:
        """Add or replace one."""
        token = self._vault.lock(connection.id, asdict(connection.token)) if connection.token else None
        row = (connection.id, connection.kind, connection.fhir_endpoint, connection.user_id, connection.scope)
        self._write(
            "INSERT OR REPLACE INTO connection (id, kind, fhir_endpoint, user_id, scope, created, token)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (*row, connection.created, token),
        )

    def put_token(self, id: str, token: Token | None) -> None:
        """A new token of a connection, if that is still there; None for none."""
        locked = self._vault.lock(id, asdict(token)) if token else None
        self._write("UPDATE connection SET token = ? WHERE id = ?", (locked, id))

    def put_user_id(self, id: str, user_id: str) -> None:
        """Whom a connection is about."""
        self._write("UPDATE connection SET user_id = ? WHERE id = ?", (user_id, id))

    def connection(self, id: str) -> ConnectionRecord:
        """The connection of an id.

        Raises:
            ConnectionNotFound: none.
        """
        rows = self._read("SELECT * FROM connection WHERE id = ?", (id,))
        if not rows:
            message = f"there is no connection {id!r}; connect first, or see which there are"
            raise ConnectionNotFound(message)
        return self._connection(rows[0])

    def connections(self) -> list[ConnectionRecord]:
        """All, oldest first."""
        return [self._connection(row) for row in self._read("SELECT * FROM connection ORDER BY created, id", ())]

    def remove_connection(self, id: str) -> None:
        """Forget a connection, its tokens and its jobs."""
        self.connection(id)
        with self._database() as database:
            database.execute("DELETE FROM job WHERE connection_id = ?", (id,))
            database.execute("DELETE FROM connection WHERE id = ?", (id,))

    def put_job(self, job: BulkExportJob) -> None:
        """Add or replace one."""
        row = (
            job.id,
            job.connection_id,
            job.status.value,
            job.status_url,
            job.started_at,
            json.dumps(dict(job.request)),
        )
        self._write(
            "INSERT OR REPLACE INTO job VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*row, job.completed_at, json.dumps(job.output_urls), job.error_message, job.next_poll),
        )

    def job(self, id: str) -> BulkExportJob:
        """The job of an id.

        Raises:
            JobNotFound: none.
        """
        rows = self._read("SELECT * FROM job WHERE id = ?", (id,))
        if not rows:
            message = f"there is no export job {id!r}"
            raise JobNotFound(message)
        return _job(rows[0])

    def jobs(self, *, due: float | None = None) -> list[BulkExportJob]:
        """All, or those that are in progress and may be asked for by ``due`` (unix seconds); oldest first."""
        if due is None:
            rows = self._read("SELECT * FROM job ORDER BY started_at, id", ())
        else:
            query = "SELECT * FROM job WHERE status = ? AND next_poll <= ? ORDER BY next_poll"
            rows = self._read(query, (Status.IN_PROGRESS.value, due))
        return [_job(row) for row in rows]

    def remove_job(self, id: str) -> None:
        """Forget a job."""
        self._write("DELETE FROM job WHERE id = ?", (id,))

    def put_sign_in(self, sign_in: SignIn) -> None:
        """Remember one that begins."""
        sealed = self._vault.lock(sign_in.state, asdict(sign_in))
        row = (sign_in.state, sign_in.ticket, sign_in.created, sealed)
        self._write("INSERT OR REPLACE INTO sign_in VALUES (?, ?, ?, ?)", row)

    def sign_in(self, *, state: str = "", ticket: str = "", since: float) -> SignIn | None:
        """Take out the sign-in of a state or a ticket that began since then (unix seconds); older ones go too."""
        column, value = ("state", state) if state else ("ticket", ticket)
        if not value:
            return None
        with self._database() as database:
            database.execute("DELETE FROM sign_in WHERE created < ?", (since,))
            row = database.execute(_TAKEN[column], (value,)).fetchone()
        return self._sign_in(row) if row else None

    def _sign_in(self, row: sqlite3.Row) -> SignIn:
        told = self._vault.open(row["state"], row["sealed"])
        return SignIn(BegunSignIn(**told.pop("begun")), **told)

    def _connection(self, row: sqlite3.Row) -> ConnectionRecord:
        told = dict(row)
        locked = told.pop("token")
        token = Token(**self._vault.open(told["id"], locked)) if locked else None
        return ConnectionRecord(**told, token=token)

    def _read(self, query: str, values: tuple[Any, ...]) -> list[sqlite3.Row]:
        with self._database() as database:
            return database.execute(query, values).fetchall()

    def _write(self, query: str, values: tuple[Any, ...]) -> None:
        with self._database() as database:
            database.execute(query, values)

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        """One transaction."""
        database = sqlite3.connect(self._path, timeout=_PATIENCE)
        database.row_factory = sqlite3.Row
        try:
            with database:
                yield database
        finally:
            database.close()


_TAKEN = {
    "state": "DELETE FROM sign_in WHERE state = ? RETURNING *",
    "ticket": "DELETE FROM sign_in WHERE ticket = ? RETURNING *",
}


def _job(row: sqlite3.Row) -> BulkExportJob:
    told = dict(row)
    told["status"] = Status(told["status"])
    told["request"] = json.loads(told["request"])
    told["output_urls"] = tuple(json.loads(told["output_urls"]))
    return BulkExportJob(**told)
