"""State in a table of PostgreSQL, which nodes on several machines share and which outlasts them.

Every change counts up one row within its own transaction: so changes come one after another, and the count is seen by
all as soon as the change is.
"""

import json
from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

import psycopg
from psycopg import Connection as Wire

from mock_athena.addresses import hidden, said
from mock_athena.errors import ConfigurationError, Unavailable
from mock_athena.postgres import LOST, Pool, connected, query, unavailable
from mock_athena.state.memory import Entry

SPACE = "mock_athena_state"
_LONGEST = 200  # characters of an id
_MOST = 4  # connections of one node
_MAKE_KEY = 0x6D6F636B  # of the lock of whoever makes the tables

# Another layout is another pair of tables.
_MAKE = """
CREATE SCHEMA IF NOT EXISTS mock_athena_state;
CREATE TABLE IF NOT EXISTS mock_athena_state.state (
    place BIGINT GENERATED ALWAYS AS IDENTITY, kind VARCHAR NOT NULL, id VARCHAR NOT NULL, value VARCHAR NOT NULL,
    expires VARCHAR COLLATE "C", PRIMARY KEY (kind, id)
);
CREATE INDEX IF NOT EXISTS ends ON mock_athena_state.state (expires) WHERE expires IS NOT NULL;
CREATE TABLE IF NOT EXISTS mock_athena_state.changes (number BIGINT NOT NULL);
INSERT INTO mock_athena_state.changes SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM mock_athena_state.changes);
"""
_CHANGED = "WITH changed AS (UPDATE changes SET number = number + 1)"
_PUT = "INSERT INTO state (kind, id, value, expires) VALUES (%s, %s, %s, %s) ON CONFLICT (kind, id) DO"
_REPLACED = f"{_PUT} UPDATE SET value = excluded.value, expires = excluded.expires"
_ADDED = f"{_PUT} NOTHING RETURNING 1"
_GET = "SELECT value FROM state WHERE kind = %s AND id = %s"
_ALL = "SELECT id, value FROM state WHERE kind = %s ORDER BY place"
_EVERYTHING = "SELECT kind, id, value, expires FROM state ORDER BY place"
_DELETE = "DELETE FROM state WHERE kind = %s AND id = %s RETURNING value"
_CLEAR = "DELETE FROM state WHERE %s::varchar IS NULL OR kind = %s"
_ENDED = "FROM state WHERE expires <= %s AND (%s::varchar IS NULL OR kind = %s)"
_GENERATION = "SELECT number FROM changes"


class PostgresState:
    """See :class:`~mock_athena.state.State`.

    Raises:
        ConfigurationError: the database cannot be used.
    """

    def __init__(self, url: str) -> None:
        try:
            with connected(url) as wire, wire.transaction():
                wire.execute("SELECT pg_advisory_xact_lock(%s)", (_MAKE_KEY,))
                for statement in filter(str.strip, _MAKE.split(";")):
                    wire.execute(query(statement))
        except psycopg.Error as error:
            message = f"db: {hidden(url)} cannot be used: {said(url, error)}"
            raise ConfigurationError(message) from None
        self._pool = Pool(url, SPACE, _MOST)

    def put(self, kind: str, id: str, value: Any, expires: int | None = None) -> None:
        """See :meth:`State.put`."""
        self._change(_REPLACED, kind, _name(id), json.dumps(value), _end(expires))

    def add(self, kind: str, id: str, value: Any, expires: int | None = None) -> bool:
        """See :meth:`State.add`."""
        return bool(self._change(_ADDED, kind, _name(id), json.dumps(value), _end(expires)))

    def get(self, kind: str, id: str) -> Any:
        """See :meth:`State.get`."""
        found = self._asked(_GET, kind, _name(id))
        return json.loads(found[0][0]) if found else None

    def take(self, kind: str, id: str) -> Any:
        """See :meth:`State.take`."""
        found = self._change(_DELETE, kind, _name(id))
        return json.loads(found[0][0]) if found else None

    def all(self, kind: str) -> dict[str, Any]:
        """See :meth:`State.all`."""
        return {id: json.loads(value) for id, value in self._asked(_ALL, kind)}

    def delete(self, kind: str, id: str) -> bool:
        """See :meth:`State.delete`."""
        return bool(self._change(_DELETE, kind, _name(id)))

    def clear(self, kind: str | None = None) -> None:
        """See :meth:`State.clear`."""
        self._change(_CLEAR, kind, kind)

    def forget_expired(self, now: int, kind: str | None = None) -> None:
        """See :meth:`State.forget_expired`."""
        values = (_end(now), kind, kind)
        if self._asked(f"SELECT 1 {_ENDED} LIMIT 1", *values):  # mostly there is nothing to write
            self._change(f"DELETE {_ENDED}", *values)

    def everything(self) -> list[Entry]:
        """See :meth:`State.everything`."""
        found = self._asked(_EVERYTHING)
        return [Entry(kind, id, json.loads(value), end and int(end)) for kind, id, value, end in found]

    def replace(self, entries: Iterable[Entry]) -> None:
        """See :meth:`State.replace`."""
        rows = [(kind, _name(id), json.dumps(value), _end(expires)) for kind, id, value, expires in entries]
        try:
            with self._pool.begun() as wire, wire.cursor() as cursor:
                cursor.execute("LOCK TABLE state IN SHARE ROW EXCLUSIVE MODE")  # whoever changes a value is done first
                cursor.execute("UPDATE changes SET number = number + 1")
                cursor.execute("DELETE FROM state")
                cursor.executemany(query(_REPLACED), rows)
                wire.commit()
        except LOST as error:
            raise self._lost(error) from error

    def generation(self) -> int:
        """See :meth:`State.generation`; here it takes a round trip, which is the price of being right at once."""
        generation: int = self._asked(_GENERATION)[0][0]
        return generation

    def close(self) -> None:
        """See :meth:`State.close`."""
        self._pool.close()

    def _asked(self, text: str, *values: str | None) -> list[Any]:
        def ask(wire: "Wire[Any]") -> list[Any]:
            cursor = wire.execute(query(text), values or None, binary=True)
            return cursor.fetchall() if cursor.description else []

        try:
            return self._pool.run(ask)
        except LOST as error:
            raise self._lost(error) from error

    def _change(self, text: str, *values: str | None) -> list[Any]:
        """One statement is one transaction: the change and the count of it.

        It is not tried again: it may have been made before the connection was lost.
        """
        try:
            with self._pool.borrowed() as wire:
                cursor = wire.execute(query(f"{_CHANGED} {text}"), values, binary=True)
                return cursor.fetchall() if cursor.description else []
        except LOST as error:
            raise self._lost(error) from error

    def _lost(self, error: Exception) -> Unavailable:
        self._pool.forget()
        return unavailable(self._pool.url, error)


def _name(id: str) -> str:
    """An id as it is kept: an index takes no longer ones, and what a client sent may be of any length."""
    if len(id) <= _LONGEST:
        return id
    return f"{id[:_LONGEST]} {blake2b(id.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _end(expires: int | None) -> str | None:
    """An instant as text that sorts as it does: our clock goes further than the numbers of PostgreSQL."""
    return None if expires is None else f"{expires:024d}"
