"""Writing versions and their index rows, many at a time, and finding them again to end or remove them."""

import json
from typing import Any, NamedTuple

from mock_athena.fhir import placeholders
from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.store.driver import Runs
from mock_athena.store.indexing import index_rows
from mock_athena.store.keys import TYPE_NAMES, TYPE_NUMBERS, parameter_number, type_key
from mock_athena.store.schema import NO_DATE, STILL
from mock_athena.store.takers import IndexRows

# Resources whose rows are kept until they are written: no more than a processor's cache holds.
_WRITE_AT = 200

# Rows that one statement inserts: running it costs as much as a row. SQLite before 3.32 takes 999 values at once.
_TOGETHER = 50

_ROWS = {
    "version": "(?, ?, ?, ?, ?, 0, ?, ?, ?, ?, 0, ?, ?, ?, ?)",
    "compartment": "(?, ?)",
    "posting": "(?, ?, ?, ?, ?, ?, ?, 0)",
    "string": "(?, ?, ?, ?)",
    "date": "(?, ?, ?, ?)",
}
_INSERTS = {table: f"INSERT INTO {table} VALUES {row}" for table, row in _ROWS.items()}
_FULL_INSERTS = {table: _INSERTS[table] + f", {row}" * (_TOGETHER - 1) for table, row in _ROWS.items()}
_WIDTHS = {table: row.count("?") for table, row in _ROWS.items()}
# The WHERE tells SQLite that what follows is no join.
_PATIENT = (
    "INSERT INTO patient (number, id) SELECT coalesce(max(number), 0) + 1, ? FROM patient WHERE TRUE "
    "ON CONFLICT (id) DO NOTHING"
)
_DELETION = "INSERT INTO version VALUES (?, ?, ?, ?, ?, 1, 0, ?, 0, ?, 0, 0, 0, 0, ?)"


class Arriving(NamedTuple):
    """A resource on its way into the store.

    Attributes:
        rows: what it is found by. version_id: its ``meta.versionId`` as a number.
        last_updated: its ``meta.lastUpdated`` in microseconds since 1970 UTC. body: its JSON.
    """

    type: str
    id: str
    rows: IndexRows
    version_id: int
    last_updated: int
    body: bytes


class Batch:
    """Rows on their way into one transaction; :meth:`flush` writes what is left.

    Attributes:
        added: how many resources were added so far.
    """

    def __init__(self, connection: Runs) -> None:
        self._connection = connection
        # The values of all rows one after another, as the statements take them.
        self._rows: dict[str, list[Any]] = {table: [] for table in _ROWS}
        self._next_vk: int = connection.execute("SELECT coalesce(max(vk), 0) + 1 FROM version").fetchone()[0]
        self._patients: dict[str, int] = {}
        self.added = 0

    def add(self, one: Arriving, seq: int) -> None:
        """One version of a resource, valid from commit ``seq``."""
        vk, into = self._next_vk, self._rows
        self._next_vk += 1
        type, id, rows, version_id, updated, body = one
        date, end = rows.date
        span = end - date
        patients = [self._patient(id) for id in sorted(rows.patients)]
        measures = (len(body), *placeholders.count(body))
        known = (vk, TYPE_NUMBERS[type], id, version_id, updated, len(patients), date, span, seq)
        into["version"] += (*known, *measures, body)
        postings = into["posting"]
        for patient in patients or (0,):
            for key, system in rows.postings:
                postings += (patient, key, date, vk, system, span, seq)
        for patient in patients:
            postings += (patient, type_key(type), date, vk, 0, span, seq)
            into["compartment"] += (vk, patient)
        for param, *texts in rows.strings:
            into["string"] += (vk, parameter_number(type, param), *texts)
        for param, *range in rows.dates:
            into["date"] += (vk, parameter_number(type, param), *range)
        self.added += 1
        if not self.added % _WRITE_AT:
            self._write_full()

    def add_deletion(self, type: str, id: str, version_id: int, last_updated: int, seq: int) -> None:
        """The marker that a resource leaves when it is deleted by commit ``seq``."""
        row = (self._next_vk, TYPE_NUMBERS[type], id, version_id, last_updated, NO_DATE, seq, b"")
        self._connection.execute(_DELETION, row)
        self._next_vk += 1

    def flush(self) -> None:
        """Write what has been added."""
        self._write_full()
        for table, values in self._rows.items():
            self._write(table, values, 1)

    def _write_full(self) -> None:
        """Write what makes full statements; the rest waits for more."""
        for table, values in self._rows.items():
            self._write(table, values, _TOGETHER)

    def _write(self, table: str, values: list[Any], together: int) -> None:
        size = _WIDTHS[table] * together
        full = len(values) // size * size
        if full:
            statement = _INSERTS[table] if together == 1 else _FULL_INSERTS[table]
            self._connection.executemany(statement, (values[at : at + size] for at in range(0, full, size)))
            del values[:full]

    def _patient(self, id: str) -> int:
        number = self._patients.get(id)
        if number is None:
            self._connection.execute(_PATIENT, (id,))
            number = self._connection.execute("SELECT number FROM patient WHERE id = ?", (id,)).fetchone()[0]
            self._patients[id] = number
        return number


class Current(NamedTuple):
    """The version of a resource that is current; ``deleted`` where that is the marker of a deletion."""

    vk: int
    version_id: int
    deleted: int


def current_version(connection: Runs, type: str, id: str) -> Current | None:
    """What is current of a resource; None if there never was one."""
    statement = "SELECT vk, version_id, deleted FROM version WHERE type = ? AND id = ? AND until_seq = 0"
    row = connection.execute(statement, (TYPE_NUMBERS[type], id)).fetchone()
    return Current(*row) if row else None


def close_version(connection: Runs, vk: int, seq: int = STILL) -> None:
    """End a version and its postings at commit ``seq``; without one, make them current again."""
    connection.execute("UPDATE version SET until_seq = ? WHERE vk = ?", (seq, vk))
    places = [(seq, *place) for place in _postings(connection, vk)]
    connection.executemany(f"UPDATE posting SET until_seq = ? WHERE {_PLACE}", places)


def remove_version(connection: Runs, vk: int) -> None:
    """Remove a version as if it had never been."""
    connection.executemany(f"DELETE FROM posting WHERE {_PLACE}", _postings(connection, vk))
    for table in ("string", "date", "compartment", "version"):
        connection.execute(f"DELETE FROM {table} WHERE vk = ?", (vk,))


_PLACE = "patient = ? AND key = ? AND date = ? AND vk = ? AND system = ?"


def _postings(connection: Runs, vk: int) -> list[tuple[int, int, int, int, int]]:
    """Where the postings of a version are: what wrote them tells it again, so that no index by ``vk`` is kept."""
    number, date, deleted, body = connection.execute(
        "SELECT type, date, deleted, body FROM version WHERE vk = ?", (vk,)
    ).fetchone()
    if deleted:
        return []
    type = TYPE_NAMES[number]
    keys = index_rows(RESOURCE_TYPES[type], json.loads(body)).postings
    patients = [row[0] for row in connection.execute("SELECT patient FROM compartment WHERE vk = ?", (vk,))]
    places = [(patient, key, date, vk, system) for patient in patients or (0,) for key, system in keys]
    return places + [(patient, type_key(type), date, vk, 0) for patient in patients]


def compartments_of(connection: Runs, targets: set[str]) -> set[str]:
    """The patients in whose compartments the resources ``Type/id`` are."""
    found: set[str] = set()
    statement = (
        "SELECT p.id FROM version AS v CROSS JOIN compartment AS c ON c.vk = v.vk "
        "CROSS JOIN patient AS p ON p.number = c.patient WHERE v.type = ? AND v.id = ? AND v.until_seq = 0"
    )
    for target in targets:
        type, _, id = target.partition("/")
        if type in TYPE_NUMBERS:
            found.update(patient for (patient,) in connection.execute(statement, (TYPE_NUMBERS[type], id)))
    return found
