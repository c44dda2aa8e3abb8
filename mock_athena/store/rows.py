"""Writing versions and their index rows, many at a time."""

import sqlite3
from typing import Any, NamedTuple

from mock_athena.errors import DataError
from mock_athena.store.bodies import encoded
from mock_athena.store.indexing import IndexRows
from mock_athena.store.schema import FOREVER, INDEX_TABLES, NO_DATE

_FLUSH_AT = 2000

_INSERTS = {
    "version": "INSERT INTO version VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "compartment": "INSERT INTO compartment VALUES (?, ?, ?, ?, ?, ?, ?)",
    "token": "INSERT INTO token VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "string": "INSERT INTO string VALUES (?, ?, ?, ?, ?, ?, ?)",
    "date": "INSERT INTO date VALUES (?, ?, ?, ?, ?, ?)",
    "reference": "INSERT INTO reference VALUES (?, ?, ?, ?, ?, ?)",
}


class Batch:
    """Rows on their way into one transaction; :meth:`flush` writes what is left.

    Attributes:
        added: how many resources were added so far.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in _INSERTS}
        self._next_vk: int = connection.execute("SELECT coalesce(max(vk), 0) + 1 FROM version").fetchone()[0]
        self.added = 0

    def add(self, resource: dict[str, Any], rows: IndexRows, version_id: int, last_updated: int, seq: int) -> None:
        """One version of a resource, valid from commit ``seq``; ``last_updated`` in microseconds since 1970 UTC.

        Raises:
            DataError: something in it cannot be written as JSON.
        """
        type, vk, (low, high), span = resource["resourceType"], self._next_vk, rows.date, (seq, FOREVER)
        self._next_vk += 1
        body = _json(resource)
        into = self._rows
        into["version"].append((vk, type, resource["id"], version_id, last_updated, 0, low, high, *span, body))
        # A resource outside every compartment has '' for its patient.
        for patient in rows.patients or ("",):
            into["compartment"].append((type, patient, low, vk, high, *span))
            into["token"].extend(
                (type, patient, param, code, low, vk, system, high, *span) for param, system, code in rows.tokens
            )
        into["string"].extend((type, param, folded, vk, value, *span) for param, folded, value in rows.strings)
        into["date"].extend((vk, param, start, end, *span) for param, start, end in rows.dates)
        into["reference"].extend((type, param, target, vk, *span) for param, target in rows.references)
        self.added += 1
        if len(into["version"]) >= _FLUSH_AT:
            self.flush()

    def add_deletion(self, type: str, id: str, version_id: int, last_updated: int, seq: int) -> None:
        """The marker that a resource leaves when it is deleted by commit ``seq``."""
        row = (self._next_vk, type, id, version_id, last_updated, 1, NO_DATE, NO_DATE, seq, FOREVER, b"")
        self._connection.execute(_INSERTS["version"], row)
        self._next_vk += 1

    def flush(self) -> None:
        """Write what has been added."""
        for table, rows in self._rows.items():
            self._connection.executemany(_INSERTS[table], rows)
            rows.clear()


class Current(NamedTuple):
    """The version of a resource that is current; ``deleted`` where that is the marker of a deletion."""

    vk: int
    version_id: int
    deleted: int


def current_version(connection: sqlite3.Connection, type: str, id: str) -> Current | None:
    """What is current of a resource; None if there never was one."""
    statement = "SELECT vk, version_id, deleted FROM version WHERE type = ? AND id = ? AND until_seq = ?"
    row = connection.execute(statement, (type, id, FOREVER)).fetchone()
    return Current(*row) if row else None


def close_version(connection: sqlite3.Connection, vk: int, seq: int) -> None:
    """End a version and its index rows at commit ``seq``."""
    for table in ("version", *INDEX_TABLES):
        connection.execute(f"UPDATE {table} SET until_seq = ? WHERE vk = ?", (seq, vk))


def compartments_of(connection: sqlite3.Connection, targets: set[str]) -> set[str]:
    """The patients in whose compartments the resources ``Type/id`` are."""
    found: set[str] = set()
    statement = (
        "SELECT c.patient FROM version AS v JOIN compartment AS c ON c.vk = v.vk "
        "WHERE v.type = ? AND v.id = ? AND v.until_seq = ?"
    )
    for target in targets:
        found.update(patient for (patient,) in connection.execute(statement, (*target.split("/"), FOREVER)))
    return found - {""}


def _json(resource: dict[str, Any]) -> bytes:
    try:
        return encoded(resource)
    except (ValueError, TypeError, RecursionError) as error:
        message = f"{resource['resourceType']}/{resource['id']}: cannot be written as JSON: {error}"
        raise DataError(message) from None
