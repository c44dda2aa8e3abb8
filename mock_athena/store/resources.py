"""The resources of one environment: what was written, in commits; what is read, by snapshot.

Commits are serialised and numbered. ``meta.lastUpdated`` strictly grows from commit to commit, also while the
clock stands still, so that "changed since" never loses anything.
"""

import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mock_athena.errors import DataError
from mock_athena.fhir.instants import instant, parse
from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.store.database import Database
from mock_athena.store.indexing import IndexRows, index_rows
from mock_athena.store.records import Records
from mock_athena.store.rows import Batch, close_version, compartments_of
from mock_athena.store.schema import FOREVER, INDEX_TABLES
from mock_athena.store.snapshot import Snapshot

Resource = dict[str, Any]

_TICK = 1000  # microseconds: the precision of the instants that we write


class ResourceStore:
    """Everything that one environment holds.

    Attributes:
        records: small state that lives and dies with the data, such as export jobs.
    """

    def __init__(self, database: Database, folder: "tempfile.TemporaryDirectory[str] | None" = None) -> None:
        self._database = database
        self._folder = folder
        self._lock = threading.Lock()
        meta = dict(database.reader().execute("SELECT name, value FROM meta WHERE name IN ('seq', 'last_updated')"))
        self._seq, self._last_updated = int(meta["seq"]), int(meta["last_updated"])
        self._first_seq = self._seq
        self.records = Records(database)

    @classmethod
    def open(cls, path: Path) -> "ResourceStore":
        """The store that ``path`` holds; what is written stays there."""
        return cls(Database(path))

    @classmethod
    def create(cls, path: Path) -> "ResourceStore":
        """An empty store at ``path``, where nothing may be yet."""
        return cls(Database.create(path))

    @classmethod
    def temporary(cls, original: Path | None = None) -> "ResourceStore":
        """A store that is gone when it is closed: a copy of ``original``, or empty."""
        folder = tempfile.TemporaryDirectory(prefix="mock-athena-")
        path = Path(folder.name, "store.sqlite")
        if original is None:
            return cls(Database.create(path), folder)
        shutil.copyfile(original, path)
        return cls(Database(path), folder)

    @classmethod
    def copy(cls, original: Path, path: Path) -> "ResourceStore":
        """A store at ``path`` that begins as a copy of ``original``."""
        shutil.copyfile(original, path)
        return cls.open(path)

    def snapshot(self, seq: int | None = None) -> Snapshot:
        """The data as they are now, or as they were at commit ``seq``."""
        return Snapshot(self._database, self._seq if seq is None else seq, self._last_updated)

    def fence(self, now: int) -> Snapshot:
        """The data as they are at ``now`` (nanoseconds since 1970 UTC), and a line drawn under them.

        ``last_updated`` of this snapshot is a whole millisecond, not before anything in it and before every commit
        to come, also while the clock stands still: "changed since" that instant misses nothing.
        """
        with self._lock, self._database.writing() as connection:
            drawn = max(now // 1000 // _TICK * _TICK, -(-self._last_updated // _TICK) * _TICK)
            self._finish(connection, self._seq, drawn)
            seq = self._seq
        return Snapshot(self._database, seq, drawn)

    def load(self, resources: Iterable[Resource], now: int) -> int:
        """Add resources in one commit, keeping the ``meta`` that they bring; answers how many.

        Args:
            now: ``meta.lastUpdated`` of those that bring none, in nanoseconds since 1970 UTC.

        Raises:
            DataError: a resource cannot be stored, or comes twice; nothing was stored then.
        """
        with self._lock, self._database.writing() as connection:
            seq, batch, latest = self._seq + 1, Batch(connection), self._last_updated
            waiting: list[tuple[Resource, IndexRows, int]] = []
            seen: set[tuple[str, str]] = set()
            for given in resources:
                resource = _with_meta(given, now // 1000)
                _refuse_twice(resource, seen)
                rows, updated = _index_rows(resource), _updated(resource)
                latest = max(latest, updated)
                if rows.targets and not rows.patients:
                    waiting.append((resource, rows, updated))
                else:
                    batch.add(resource, rows, _version_id(resource), updated, seq)
            batch.flush()
            # What joins a compartment by what it points to comes after what it points to.
            for resource, rows, updated in waiting:
                rows.patients = compartments_of(connection, rows.targets)
                batch.add(resource, rows, _version_id(resource), updated, seq)
            batch.flush()
            self._finish(connection, seq, latest)
            return batch.added

    def put(self, resource: Resource, now: int) -> Resource:
        """Store a new version of a resource at ``now`` (nanoseconds since 1970 UTC); answers it with its ``meta``.

        Raises:
            DataError: the resource cannot be stored.
        """
        with self._lock, self._database.writing() as connection:
            seq, updated = self._seq + 1, self._next_update(now)
            version_id = close_version(connection, resource["resourceType"], resource["id"], seq) + 1
            meta = {**resource.get("meta", {}), "versionId": str(version_id), "lastUpdated": instant(updated)}
            stored = {**resource, "meta": meta}
            rows = _index_rows(stored)
            if rows.targets and not rows.patients:
                rows.patients = compartments_of(connection, rows.targets)
            batch = Batch(connection)
            batch.add(stored, rows, version_id, updated, seq)
            batch.flush()
            self._finish(connection, seq, updated)
            return stored

    def delete(self, type: str, id: str, now: int) -> None:
        """Mark a resource as deleted at ``now`` (nanoseconds since 1970 UTC); nothing happens if there is none."""
        with self._lock, self._database.writing() as connection:
            seq, updated = self._seq + 1, self._next_update(now)
            version_id = close_version(connection, type, id, seq)
            if version_id:
                Batch(connection).add_deletion(type, id, version_id + 1, updated, seq)
                self._finish(connection, seq, updated)

    def rewind(self) -> None:
        """Undo every commit since this store was opened, and forget its records."""
        with self._lock, self._database.writing() as connection:
            if self._seq > self._first_seq:
                for table in ("version", *INDEX_TABLES):
                    connection.execute(f"DELETE FROM {table} WHERE from_seq > ?", (self._first_seq,))
                    reopened = (FOREVER, self._first_seq, FOREVER)
                    connection.execute(
                        f"UPDATE {table} SET until_seq = ? WHERE until_seq > ? AND until_seq < ?", reopened
                    )
                self._finish(connection, self._first_seq, self._last_updated)
            connection.execute("DELETE FROM record")

    def compact(self) -> None:
        """Leave one file without a log beside it, laid out in order; for a store that will be copied."""
        self._database.compact()

    def close(self) -> None:
        """Close the database; a temporary one is removed."""
        self._database.close()
        if self._folder:
            self._folder.cleanup()

    def _next_update(self, now: int) -> int:
        return max(now // 1000 // _TICK * _TICK, self._last_updated + _TICK)

    def _finish(self, connection: sqlite3.Connection, seq: int, last_updated: int) -> None:
        values = ((str(seq), "seq"), (str(last_updated), "last_updated"))
        connection.executemany("UPDATE meta SET value = ? WHERE name = ?", values)
        self._seq, self._last_updated = seq, last_updated


def _index_rows(resource: Resource) -> IndexRows:
    name = f"{resource['resourceType']}/{resource['id']}"
    try:
        return index_rows(RESOURCE_TYPES[resource["resourceType"]], resource)
    except (ValueError, TypeError, AttributeError) as error:
        message = f"{name}: {error}"
        raise DataError(message) from None


def _with_meta(resource: Resource, now: int) -> Resource:
    """The resource with ``meta.versionId`` and ``meta.lastUpdated``, its own where it brings them."""
    meta = resource.get("meta", {})
    if "versionId" in meta and "lastUpdated" in meta:
        return resource
    return {**resource, "meta": {"versionId": "1", "lastUpdated": instant(now), **meta}}


def _updated(resource: Resource) -> int:
    """``meta.lastUpdated`` in microseconds since 1970 UTC."""
    try:
        return parse(resource["meta"]["lastUpdated"]).low
    except ValueError as error:
        message = f"{resource['resourceType']}/{resource['id']}: meta.lastUpdated: {error}"
        raise DataError(message) from None


def _version_id(resource: Resource) -> int:
    text = str(resource["meta"]["versionId"])
    return int(text) if text.isdecimal() and 0 < len(text) < 18 else 1


def _refuse_twice(resource: Resource, seen: set[tuple[str, str]]) -> None:
    name = (resource["resourceType"], resource["id"])
    if name in seen:
        message = f"{name[0]}/{name[1]} comes twice; an id is used once in each type"
        raise DataError(message)
    seen.add(name)
