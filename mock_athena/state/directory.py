"""State in a directory: a SQLite file, and beside it a page that all processes map and that counts the changes.

One process writes at a time, under a lock of that page's file, which the kernel takes back from a process that dies.
The page holds two numbers: how many changes were begun, and how many are done. Where they differ, a change is on its
way, or its process died in it; then the next who asks for the generation waits for the lock and sets it right. So a
process killed at whatever point leaves a whole state, and nobody goes on with what it remembered of the one before.
POSIX only; the directory must be on a local disk.
"""

import json
import mmap
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_UN, flock
from pathlib import Path
from typing import Any

from mock_athena.errors import ConfigurationError
from mock_athena.state.memory import Entry

_LAYOUT = 1
_TABLE = """
CREATE TABLE IF NOT EXISTS state (
    place INTEGER PRIMARY KEY,
    kind TEXT NOT NULL, id TEXT NOT NULL, value TEXT NOT NULL, expires TEXT,
    UNIQUE (kind, id)
);
CREATE INDEX IF NOT EXISTS ends ON state (expires) WHERE expires IS NOT NULL;
"""
_PUT = """INSERT INTO state (kind, id, value, expires) VALUES (?, ?, ?, ?)
    ON CONFLICT (kind, id) DO UPDATE SET value = excluded.value, expires = excluded.expires"""
_ADD = "INSERT INTO state (kind, id, value, expires) VALUES (?, ?, ?, ?) ON CONFLICT (kind, id) DO NOTHING"
_GET = "SELECT value FROM state WHERE kind = ? AND id = ?"
_ALL = "SELECT id, value FROM state WHERE kind = ? ORDER BY place"
_EVERYTHING = "SELECT kind, id, value, expires FROM state ORDER BY place"
_DELETE = "DELETE FROM state WHERE kind = ? AND id = ?"
_BEGUN, _DONE = range(2)


class DirectoryState:
    """See :class:`~mock_athena.state.State`. Not to be used in a child that was forked off: that opens its own.

    Raises:
        ConfigurationError: the directory cannot be used, or another version of ours filled it.
    """

    def __init__(self, directory: Path) -> None:
        self._lock = threading.Lock()
        try:
            directory.mkdir(mode=0o700, exist_ok=True)  # there are secrets in it
            self._page = os.open(directory / "state.changes", os.O_RDWR | os.O_CREAT, 0o600)
            self._words = _mapped(self._page)
            os.close(os.open(directory / "state.sqlite", os.O_RDWR | os.O_CREAT, 0o600))
            with self._locked():
                self._connection = _opened(directory / "state.sqlite")
        except (OSError, sqlite3.Error) as error:
            message = f"state-dir: {directory} cannot be used: {getattr(error, 'strerror', None) or error}"
            raise ConfigurationError(message) from None

    def put(self, kind: str, id: str, value: Any, expires: int | None = None) -> None:
        """See :meth:`State.put`."""
        self._change(_PUT, (kind, id, json.dumps(value), _end(expires)))

    def add(self, kind: str, id: str, value: Any, expires: int | None = None) -> bool:
        """See :meth:`State.add`."""
        return self._change(_ADD, (kind, id, json.dumps(value), _end(expires)))

    def get(self, kind: str, id: str) -> Any:
        """See :meth:`State.get`."""
        with self._lock:
            return self._value(kind, id)

    def take(self, kind: str, id: str) -> Any:
        """See :meth:`State.take`."""
        with self._changing():
            value = self._value(kind, id)
            self._connection.execute(_DELETE, (kind, id))
        return value

    def all(self, kind: str) -> dict[str, Any]:
        """See :meth:`State.all`."""
        with self._lock:
            found = self._connection.execute(_ALL, (kind,)).fetchall()
        return {id: json.loads(value) for id, value in found}

    def delete(self, kind: str, id: str) -> bool:
        """See :meth:`State.delete`."""
        return self._change(_DELETE, (kind, id))

    def clear(self, kind: str | None = None) -> None:
        """See :meth:`State.clear`."""
        self._change("DELETE FROM state WHERE ? IS NULL OR kind = ?", (kind, kind))

    def forget_expired(self, now: int, kind: str | None = None) -> None:
        """See :meth:`State.forget_expired`."""
        ended = "expires <= ? AND (? IS NULL OR kind = ?)"
        values = (_end(now), kind, kind)
        with self._lock:
            found = self._connection.execute(f"SELECT 1 FROM state WHERE {ended} LIMIT 1", values).fetchone()  # noqa: S608
        if found:  # mostly there is nothing to write
            self._change(f"DELETE FROM state WHERE {ended}", values)  # noqa: S608 - our own text

    def everything(self) -> list[Entry]:
        """See :meth:`State.everything`."""
        with self._lock:
            found = self._connection.execute(_EVERYTHING).fetchall()
        return [Entry(kind, id, json.loads(value), end and int(end)) for kind, id, value, end in found]

    def replace(self, entries: Iterable[Entry]) -> None:
        """See :meth:`State.replace`."""
        rows = [(kind, id, json.dumps(value), _end(expires)) for kind, id, value, expires in entries]
        with self._changing():
            self._connection.execute("DELETE FROM state")
            self._connection.executemany(_PUT, rows)

    def generation(self) -> int:
        """See :meth:`State.generation`."""
        words = self._words
        done = words[_DONE]
        return done if words[_BEGUN] == done else self._settled()

    def close(self) -> None:
        """See :meth:`State.close`."""
        with self._lock:
            self._connection.close()
            os.close(self._page)

    def _value(self, kind: str, id: str) -> Any:
        row = self._connection.execute(_GET, (kind, id)).fetchone()
        return json.loads(row[0]) if row else None

    def _change(self, statement: str, values: tuple[str | None, ...]) -> bool:
        with self._changing():
            return self._connection.execute(statement, values).rowcount > 0

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._lock:
            flock(self._page, LOCK_EX)
            try:
                yield
            finally:
                flock(self._page, LOCK_UN)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with self._locked():
            self._words[_BEGUN] = begun = self._words[_BEGUN] + 1
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.rollback()
                raise
            finally:
                self._words[_DONE] = begun

    def _settled(self) -> int:
        """The generation once a change that is on its way has ended, one way or the other."""
        with self._locked():
            self._words[_DONE] = begun = self._words[_BEGUN]
            return begun


def _mapped(file: int) -> memoryview:
    if os.fstat(file).st_size < mmap.PAGESIZE:
        os.ftruncate(file, mmap.PAGESIZE)
    return memoryview(mmap.mmap(file, mmap.PAGESIZE)).cast("Q")


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    (layout,) = connection.execute("PRAGMA user_version").fetchone()
    if layout not in (0, _LAYOUT):
        connection.close()
        message = f"state-dir: {path} has layout {layout}, expected {_LAYOUT}; name another directory, or empty it"
        raise ConfigurationError(message)
    connection.executescript(_TABLE)
    connection.execute(f"PRAGMA user_version = {_LAYOUT}")
    return connection


def _end(expires: int | None) -> str | None:
    """An instant as text that sorts as it does: our clock goes further than the numbers of SQLite."""
    return None if expires is None else f"{expires:024d}"
