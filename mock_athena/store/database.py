"""One SQLite file and its connections: one for each thread that reads, one writer at a time.

The raw driver is used, since this is the hot path. WAL lets readers go on while something is written.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakSet

from mock_athena.errors import DataError
from mock_athena.store import schema
from mock_athena.store.driver import Question

_PRAGMAS = (
    "PRAGMA synchronous = NORMAL",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA mmap_size = 2147418112",
    # Each thread has its own, beside what is mapped.
    "PRAGMA cache_size = -512",
    "PRAGMA busy_timeout = 5000",
)


class Connection(sqlite3.Connection):
    """Closes itself when it is forgotten, whatever the order in which things are.

    Attributes:
        asked: what the SQL function ``asked(number, body)`` calls, by number, while a statement runs that asks.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        asked: dict[int, Question] = {}
        self.asked = asked
        self.create_function("asked", 2, lambda number, body: asked[number].answer(body))

    def __del__(self) -> None:
        self.close()


class _Held:
    """A connection that is closed as soon as its thread has ended.

    A connection alone would stay until the next garbage collection, since it is part of a circle with its own cache
    of statements.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def __del__(self) -> None:
        self.connection.close()


class Database:
    """Connections to one file of :mod:`mock_athena.store.schema`."""

    def __init__(self, path: Path) -> None:
        """Open ``path``, which must hold our tables.

        Raises:
            DataError: there is no such file, it is not SQLite, or it was made by another version of ours.
        """
        self.path = path
        self._local = threading.local()
        self._lock = threading.Lock()
        self._held: WeakSet[_Held] = WeakSet()
        try:
            self._check()
        except DataError:
            self.close()
            raise

    @classmethod
    def create(cls, path: Path) -> "Database":
        """Make an empty database at ``path``, where nothing may be yet.

        Raises:
            DataError: something is there, or nothing can be written there.
        """
        if path.exists():
            message = f"{path}: already there; open it, or name a file that does not exist yet"
            raise DataError(message)
        try:
            with closing(sqlite3.connect(path, isolation_level=None)) as connection:
                laid_out(connection)
                completed(connection)
        except sqlite3.OperationalError as error:
            message = f"{path}: cannot be made ({error})"
            raise DataError(message) from None
        return cls(path)

    def _check(self) -> None:
        if not self.path.is_file():
            message = f"{self.path}: no such file"
            raise DataError(message)
        try:
            row = self.connection().execute("SELECT value FROM meta WHERE name = 'schema'").fetchone()
        except sqlite3.DatabaseError as error:
            message = f"{self.path}: not a database of ours ({error})"
            raise DataError(message) from None
        found = row[0] if row else "unknown"
        expected = schema.layout()
        if found != expected:
            message = f"{self.path}: made for layout {found}, expected {expected}; move it away and load the data again"
            raise DataError(message)

    def connection(self) -> Connection:
        """This thread's connection; what is written goes through :meth:`writing`."""
        held: _Held | None = getattr(self._local, "held", None)
        if held is None:
            held = self._local.held = self._connect()
        return held.connection

    def _connect(self) -> _Held:
        # Closed from another thread at the end, hence check_same_thread.
        connection = sqlite3.connect(
            self.path, isolation_level=None, check_same_thread=False, cached_statements=512, factory=Connection
        )
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        held = _Held(connection)
        with self._lock:
            self._held.add(held)
        return held

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that is committed at the end, or undone if an error leaves the block."""
        connection = self.connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            connection.rollback()
            raise

    def compact(self) -> None:
        """Bring everything into the one file, laid out in order."""
        self.connection().execute("VACUUM")
        self.connection().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close every connection, of whatever thread."""
        with self._lock:
            for held in tuple(self._held):
                held.connection.close()


def laid_out(connection: sqlite3.Connection) -> None:
    """Make the tables of an empty store in an empty file, in a transaction that goes on until :func:`completed`.

    Each transaction of its own would wait for the disk.
    """
    connection.execute(f"PRAGMA page_size = {schema.PAGE_SIZE}")
    connection.execute("BEGIN")
    for table in schema.TABLES.split(";"):
        connection.execute(table)
    values = {"schema": schema.layout(), "seq": "0", "last_updated": "0"}
    connection.executemany("INSERT INTO meta VALUES (?, ?)", values.items())


def completed(connection: sqlite3.Connection) -> None:
    """Make the indexes, which are made faster once the rows are there, and commit."""
    for index in schema.INDEXES.split(";"):
        connection.execute(index)
    connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode = WAL")
