"""One environment's data for several nodes: each sees what the others committed as soon as it is.

Who writes has the turn, an advisory lock of PostgreSQL that ends with the transaction, also with that of a node that
died: so commits are numbered one after the other. Which is the last is asked with every snapshot; whatever a node keeps
in memory is kept by that number. https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
"""

import threading
from contextlib import ExitStack
from hashlib import blake2b
from types import TracebackType

from mock_athena.store.driver import Runs
from mock_athena.store.postgres.database import PostgresDatabase
from mock_athena.store.resources import Head, ResourceStore, head_of


def turn_key(space: str) -> int:
    """The number of the lock of whoever writes to a schema."""
    return int.from_bytes(blake2b(f"mock-athena {space}".encode(), digest_size=8).digest(), "big", signed=True)


class _Turn:
    """The lock of whoever writes: first among the threads of this node, then among the nodes."""

    def __init__(self, database: PostgresDatabase, key: int) -> None:
        self._database, self._key = database, key
        self._own = threading.Lock()
        self._held = ExitStack()

    def __enter__(self) -> None:
        self._own.acquire()
        try:
            self._held.enter_context(self._database.turn(self._key))
        except BaseException:
            self._own.release()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._held.close()
        finally:
            self._own.release()


class PostgresResourceStore(ResourceStore):
    """The store in the schema ``space`` of a database that was filled.

    :meth:`rewind` goes back to what it was filled with, whichever node asks and whenever that started.
    """

    def __init__(self, database: PostgresDatabase, space: str) -> None:
        super().__init__(database, _Turn(database, turn_key(space)))
        first = self._told("first_seq", "first_updated", "first_vk")
        self._first, self._first_vk = Head(first[0], first[1]), first[2]

    @property
    def _head(self) -> Head:
        return head_of(self._database)

    @_head.setter
    def _head(self, head: Head) -> None:
        """The database knows it: it was committed there."""

    @property
    def _rewound_at(self) -> int:
        return self._told("rewound_at")[0]

    @_rewound_at.setter
    def _rewound_at(self, seq: int) -> None:
        """See :meth:`_rewinding`."""

    def _rewinding(self, connection: Runs, seq: int) -> None:
        connection.execute("UPDATE meta SET value = ? WHERE name = 'rewound_at'", (str(seq),))

    def _told(self, *names: str) -> list[int]:
        """Numbers that the database has by name."""
        connection = self._database.connection()
        meta = dict(connection.execute("SELECT name, value FROM meta WHERE name <> 'schema'").fetchall())
        return [int(meta[name]) for name in names]
