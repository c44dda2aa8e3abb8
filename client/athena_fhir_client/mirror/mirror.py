"""The copy: the current version of each resource as its JSON bytes, in one SQLite file.

SQLite because a delta changes and deletes: an export is applied in one transaction, so whoever reads sees the state
of one ``transactionTime``, never half of one. NDJSON files, where they are wanted, are written from it.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from athena_fhir_client.bulk.state import publish
from athena_fhir_client.errors import AthenaError

_PATIENCE = 30.0  # seconds that a writer waits for another

_SCHEMA = """
CREATE TABLE IF NOT EXISTS resource (
  type TEXT NOT NULL, id TEXT NOT NULL, updated REAL NOT NULL, run INTEGER NOT NULL, body BLOB NOT NULL,
  PRIMARY KEY (type, id)) STRICT;
CREATE TABLE IF NOT EXISTS run (
  number INTEGER PRIMARY KEY, transaction_time TEXT NOT NULL, whole INTEGER NOT NULL, applied REAL NOT NULL,
  written INTEGER NOT NULL, deleted INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS origin (of TEXT PRIMARY KEY) STRICT;
"""


class MirrorError(AthenaError):
    """The copy cannot take this: it is of another server or request, or a line has no id."""


@dataclass(frozen=True, slots=True)
class Run:
    """One export that was applied.

    Attributes:
        whole: it was of everything. written, deleted: so many resources.
    """

    number: int
    transaction_time: str
    whole: bool
    written: int
    deleted: int


class Mirror:
    """A copy at a path; it is created if it is not there."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self.transaction() as database:
            database.execute("PRAGMA journal_mode = WAL")
            database.executescript(_SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """The database, for one transaction: all of it or nothing."""
        database = sqlite3.connect(self.path, timeout=_PATIENCE)
        try:
            with database:
                yield database
        finally:
            database.close()

    @property
    def last(self) -> Run | None:
        """The export that was applied last."""
        with self.transaction() as database:
            row = database.execute(
                "SELECT number, transaction_time, whole, written, deleted FROM run ORDER BY number DESC LIMIT 1"
            ).fetchone()
        return Run(row[0], row[1], bool(row[2]), row[3], row[4]) if row else None

    @property
    def counts(self) -> dict[str, int]:
        """How many resources of each type there are."""
        with self.transaction() as database:
            return dict(database.execute("SELECT type, count(*) FROM resource GROUP BY type ORDER BY type"))

    def bind(self, origin: str) -> None:
        """Say what this is a copy of; it is one of this only from then on.

        Raises:
            MirrorError: it is a copy of something else.
        """
        with self.transaction() as database:
            database.execute("INSERT INTO origin SELECT ? WHERE NOT EXISTS (SELECT 1 FROM origin)", (origin,))
            (known,) = database.execute("SELECT of FROM origin").fetchone()
        if known != origin:
            message = f"{self.path} is a copy of {known}; use another folder for {origin}"
            raise MirrorError(message)

    def read(self, type: str, id: str) -> bytes | None:
        """A resource as it was exported, or None."""
        with self.transaction() as database:
            row = database.execute("SELECT body FROM resource WHERE type = ? AND id = ?", (type, id)).fetchone()
        return row[0] if row else None

    def bodies(self, type: str) -> Iterator[bytes]:
        """All resources of a type, in the order of their ids."""
        with self.transaction() as database:
            rows = database.execute("SELECT body FROM resource WHERE type = ? ORDER BY id", (type,))
            for (body,) in rows:
                yield body

    def write_ndjson(self, folder: Path) -> list[Path]:
        """One file for each type; those of types that are gone go too."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        paths = [folder / f"{type}.ndjson" for type in self.counts]
        for path in paths:
            fresh = path.with_name(f"{path.name}.tmp")
            with fresh.open("wb") as file:
                file.writelines(body + b"\n" for body in self.bodies(path.stem))
            publish(fresh, path)
        for path in set(folder.glob("*.ndjson")) - set(paths):
            path.unlink()
        return paths
