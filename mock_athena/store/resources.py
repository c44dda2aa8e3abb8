"""The resources of one environment: what was written, in commits; what is read, by snapshot.

Commits are serialised and numbered. ``meta.lastUpdated`` strictly grows from commit to commit, also while the
clock stands still, so that "changed since" never loses anything.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from mock_athena.fhir.resource import Resource
from mock_athena.store.changes import Change, by_commit, written_after
from mock_athena.store.commits import Commit
from mock_athena.store.database import Database
from mock_athena.store.driver import AnyDatabase, Runs
from mock_athena.store.records import Records
from mock_athena.store.rows import close_version, remove_version
from mock_athena.store.schema import STILL
from mock_athena.store.snapshot import Snapshot, kept

_TICK = 1000  # microseconds: the precision of the instants that we write


class Head(NamedTuple):
    """The last commit: its number, and its instant in microseconds since 1970 UTC."""

    seq: int
    last_updated: int


class _Undone(Exception):
    """Ends a rehearsal."""


class ResourceStore:
    """Everything that one environment holds.

    Attributes:
        records: small state that lives and dies with the data, such as export jobs.
        on_close: what else is to be let go of when the store is closed.
    """

    def __init__(self, database: AnyDatabase, lock: AbstractContextManager[Any] | None = None) -> None:
        self.on_close: Callable[[], None] | None = None
        self._database = database
        self._lock = lock or threading.Lock()
        self._open = threading.local()  # the commit that a thread is writing
        self._first = self._head = head_of(database)
        self._first_vk = _last_vk(database.connection())
        self._rewound_at = self._first.seq
        self._kept = kept()
        self.records = Records(database, self._lock, lambda: getattr(self._open, "commit", None) is not None)

    @classmethod
    def open(cls, path: Path) -> "ResourceStore":
        """The store that ``path`` holds, as it is now; that is what :meth:`rewind` goes back to.

        Raises:
            DataError: there is no such file, or it is not one of ours.
        """
        return cls(Database(path))

    @classmethod
    def create(cls, path: Path) -> "ResourceStore":
        """An empty store at ``path``, where nothing may be yet.

        Raises:
            DataError: something is there, or nothing can be written there.
        """
        return cls(Database.create(path))

    def snapshot(self, seq: int | None = None) -> Snapshot:
        """The data as they are now, or as they were at commit ``seq``."""
        opened: Commit | None = getattr(self._open, "commit", None)
        if opened is not None and seq is None:
            return opened.snapshot
        head = self._head
        return Snapshot(self._database, head.seq if seq is None else seq, head.last_updated, self._kept)

    def holds(self, seq: int) -> bool:
        """Whether commit ``seq`` was made and not undone since, so that its snapshot can be had."""
        return seq <= self._first.seq or self._rewound_at <= seq <= self._head.seq

    def fence(self, now: int) -> Snapshot:
        """The data as they are at ``now`` (nanoseconds since 1970 UTC), and a line drawn under them.

        ``last_updated`` of this snapshot is a whole millisecond, not before anything in it and before every commit
        to come, also while the clock stands still: "changed since" that instant misses nothing.
        """
        opened: Commit | None = getattr(self._open, "commit", None)
        if opened is not None:  # nobody else sees it before the commit ends
            return opened.snapshot
        with self._lock:
            drawn = max(now // 1000 // _TICK * _TICK, -(-self._head.last_updated // _TICK) * _TICK)
            head = Head(self._head.seq, drawn)
            with self._database.writing() as connection:
                _write_head(connection, head)
            self._head = head
            return Snapshot(self._database, *head)

    def load(self, resources: Iterable[Resource], now: int) -> int:
        """Add resources in one commit, keeping the ``meta`` that they bring; answers how many.

        Args:
            now: ``meta.lastUpdated`` of those that bring none, in nanoseconds since 1970 UTC.

        Raises:
            DataError: a resource cannot be stored, comes twice, or is there already; nothing was stored then.
        """
        from mock_athena.store.arrivals import Load  # most stores are filled already

        with self._lock:
            with self._database.writing() as connection:
                load = Load(connection, self._head.seq + 1, self._next_update(now))
                for resource in resources:
                    load.take(resource)
                load.finish()
                head = Head(self._head.seq + 1, max(self._head.last_updated, load.latest))
                _write_head(connection, head)
            self._head = head
            return load.taken

    @contextmanager
    def commit(self, now: int) -> Iterator[Commit]:
        """Writes of this thread at ``now`` (nanoseconds since 1970 UTC) that become one commit, or none.

        Nobody else writes meanwhile, so what is looked up in ``commit.snapshot`` still holds when it is written. An
        error that leaves the block undoes everything. Within it, :meth:`snapshot` answers this thread the data as they
        will be, and another ``commit`` of this thread is a part of this one.
        """
        joined: Commit | None = getattr(self._open, "commit", None)
        if joined is not None:
            yield joined
            return
        with self._lock:
            head = Head(self._head.seq + 1, self._next_update(now))
            with self._database.writing() as connection:
                opened = self._open.commit = Commit(self._database, connection, *head)
                try:
                    yield opened
                finally:
                    self._open.commit = None
                if opened.wrote:
                    _write_head(connection, head)
            if opened.wrote:
                self._head = head

    @contextmanager
    def rehearsal(self, now: int) -> Iterator[None]:
        """What this thread does here within the block is undone at its end, its records included.

        Nobody else writes meanwhile, and nobody sees anything of it.
        """
        try:
            with self.commit(now):
                yield
                raise _Undone
        except _Undone:
            pass

    def put(self, resource: Resource, now: int) -> Resource:
        """Store a new version of a resource at ``now`` (nanoseconds since 1970 UTC); answers it with its ``meta``.

        Raises:
            DataError: the resource cannot be stored.
        """
        with self.commit(now) as commit:
            return commit.put(resource).resource

    def delete(self, type: str, id: str, now: int) -> None:
        """Mark a resource as deleted at ``now`` (nanoseconds since 1970 UTC); nothing happens if there is none."""
        with self.commit(now) as commit:
            commit.delete(type, id)

    def rewind(self) -> None:
        """Undo every commit since this store was opened, and forget its records.

        The numbers of the undone commits are not used again: whoever kept one is told that it is gone.
        """
        with self.restoring([]):
            pass

    @property
    def origin(self) -> tuple[int, int, int]:
        """What :meth:`rewind` goes back to: commit, instant, and key of the last version; alike where data are."""
        with self._lock:
            return self._first.seq, self._first.last_updated, self._first_vk

    def original(self) -> Snapshot:
        """The data as they were when this store was opened."""
        return self.snapshot(self.origin[0])

    def changes(self) -> list[Change]:
        """Every version that was written since this store was opened, in order."""
        with self._lock:
            return written_after(self._database, self._first_vk)

    @contextmanager
    def restoring(self, changes: list[Change]) -> Iterator[dict[int, int]]:
        """As :meth:`rewind`, and write again what was written once from the same :attr:`origin`, all of it or nothing.

        Others see it when the block ends; an error that leaves it undoes everything. Records that are put within are a
        part of it. The block is given the new number of each commit, the first included. The versions and instants
        become what they were, the numbers of the commits do not.

        Raises:
            DataError: a resource cannot be stored.
        """
        with self._lock:
            undone = self._head.seq > self._first.seq
            head = rewound = Head(self._head.seq + undone, self._first.last_updated)
            with self._database.writing() as connection:
                if undone:
                    _undo(connection, self._first.seq, self._first_vk)
                connection.execute("DELETE FROM record")
                self._rewinding(connection, rewound.seq)
                numbers = {self._first.seq: rewound.seq}
                for seq, together in by_commit(changes):
                    head = Head(head.seq + 1, _next_update(head, together[0].last_updated))
                    _redo(Commit(self._database, connection, *head), together)
                    numbers[seq] = head.seq
                _write_head(connection, head)
                self._open.commit = Commit(self._database, connection, *head)
                try:
                    yield numbers
                finally:
                    self._open.commit = None
            self._head, self._rewound_at = head, rewound.seq

    def compact(self) -> None:
        """Leave one file without a log beside it, laid out in order; for a store that will be copied."""
        self._database.compact()

    def close(self) -> None:
        """Close the database, and let go of what was opened with it."""
        self._database.close()
        if self.on_close:
            self.on_close()

    def _rewinding(self, connection: Runs, seq: int) -> None:
        """A part of the transaction that rewinds; here nobody else is to know."""

    def _next_update(self, now: int) -> int:
        return _next_update(self._head, now // 1000)


def _next_update(head: Head, now: int) -> int:
    """The instant of a commit at ``now`` (microseconds since 1970 UTC) that follows on ``head``."""
    return max(now // _TICK * _TICK, (head.last_updated // _TICK + 1) * _TICK)


def _redo(commit: Commit, changes: list[Change]) -> None:
    from mock_athena.store.bodies import decoded  # most emulators never redo anything

    for change in changes:
        if change.body:
            commit.put(decoded(change.body.encode()))
        else:
            commit.delete(change.type, change.id)


def head_of(database: AnyDatabase) -> Head:
    """The last commit in the file."""
    rows = database.connection().execute("SELECT name, value FROM meta WHERE name IN ('seq', 'last_updated')")
    meta = dict(rows.fetchall())
    return Head(int(meta["seq"]), int(meta["last_updated"]))


def _undo(connection: Runs, after: int, last_vk: int) -> None:
    """Remove what was written after commit ``after``, whose last version had the key ``last_vk``.

    What was current then is made current again.
    """
    closed = (
        "SELECT old.vk FROM version AS new JOIN version AS old ON old.type = new.type AND old.id = new.id "
        "WHERE new.vk > ? AND old.vk <= ? AND old.until_seq > ?"
    )
    for (vk,) in connection.execute(closed, (last_vk, last_vk, after)).fetchall():
        close_version(connection, vk, STILL)
    for (vk,) in connection.execute("SELECT vk FROM version WHERE vk > ?", (last_vk,)).fetchall():
        remove_version(connection, vk)


def _last_vk(connection: Runs) -> int:
    last: int = connection.execute("SELECT coalesce(max(vk), 0) FROM version").fetchone()[0]
    return last


def _write_head(connection: Runs, head: Head) -> None:
    # The store announces it only after the commit: whoever knows a number must find what it stands for.
    values = ((str(head.seq), "seq"), (str(head.last_updated), "last_updated"))
    connection.executemany("UPDATE meta SET value = ? WHERE name = ?", values)
