"""Small state that lives and dies with the data: JSON values by kind and id, such as export jobs."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from mock_athena.store.driver import AnyDatabase, Runs

_PUT = "INSERT INTO record VALUES (?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body"


class Records:
    """JSON values by (kind, id); each write is a transaction of its own, or a part of the commit that is open.

    Args:
        lock: held by whoever writes to the database.
        within: whether a commit of this thread is open, which holds the lock.
    """

    def __init__(self, database: AnyDatabase, lock: AbstractContextManager[Any], within: Callable[[], bool]) -> None:
        self._database = database
        self._lock = lock
        self._within = within

    def put(self, kind: str, id: str, value: Any) -> None:
        """Keep a value, in place of what was there."""
        with self._writing() as connection:
            connection.execute(_PUT, (kind, id, json.dumps(value)))

    def put_after(self, kind: str, decide: Callable[[dict[str, Any]], tuple[str, Any]]) -> None:
        """Keep the value of the id that is decided in view of all of the kind; nobody else writes meanwhile."""
        with self._writing() as connection:
            id, value = decide(_all(connection, kind))
            connection.execute(_PUT, (kind, id, json.dumps(value)))

    def count(self, kind: str) -> int:
        """How many there are of a kind."""
        row = self._database.connection().execute("SELECT count(*) FROM record WHERE kind = ?", (kind,)).fetchone()
        return int(row[0])

    def get(self, kind: str, id: str) -> Any | None:
        """The value; None if there is none."""
        statement = "SELECT body FROM record WHERE kind = ? AND id = ?"
        row = self._database.connection().execute(statement, (kind, id)).fetchone()
        return json.loads(row[0]) if row else None

    def all(self, kind: str) -> dict[str, Any]:
        """Every value of a kind, by id."""
        return _all(self._database.connection(), kind)

    def everything(self) -> list[tuple[str, str, Any]]:
        """Every value with its kind and id."""
        rows = self._database.connection().execute("SELECT kind, id, body FROM record ORDER BY kind, id")
        return [(kind, id, json.loads(body)) for kind, id, body in rows]

    def delete(self, kind: str, id: str) -> None:
        """Forget a value, if there is one."""
        with self._writing() as connection:
            connection.execute("DELETE FROM record WHERE kind = ? AND id = ?", (kind, id))

    @contextmanager
    def _writing(self) -> Iterator[Runs]:
        if self._within():
            yield self._database.connection()
            return
        with self._lock, self._database.writing() as connection:
            yield connection


def _all(connection: Runs, kind: str) -> dict[str, Any]:
    rows = connection.execute("SELECT id, body FROM record WHERE kind = ? ORDER BY id", (kind,))
    return {id: json.loads(body) for id, body in rows}
