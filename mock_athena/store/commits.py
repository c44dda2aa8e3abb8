"""What is written together: several writes that others see at once, or never.

Whoever holds one is the only writer, so "if it is still as I knew it" is a look at :attr:`Commit.snapshot`.
"""

from typing import NamedTuple

from mock_athena.fhir.instants import instant
from mock_athena.fhir.resource import Resource
from mock_athena.store.driver import AnyDatabase, Runs
from mock_athena.store.rows import Batch, close_version, current_version
from mock_athena.store.snapshot import Snapshot


class Put(NamedTuple):
    """A version that was written.

    Attributes:
        resource: with its ``meta``. patients: ids of the Patients in whose compartments it is.
    """

    resource: Resource
    patients: frozenset[str]


class Commit:
    """Writes of one thread; :meth:`~mock_athena.store.resources.ResourceStore.commit` opens and ends it.

    Attributes:
        snapshot: the data as they will be, what was written here included.
        seq: the number that it will have. wrote: whether there is anything to be committed.
    """

    def __init__(self, database: AnyDatabase, connection: Runs, seq: int, last_updated: int) -> None:
        self.snapshot = Snapshot(database, seq, last_updated)
        self.seq = seq
        self.wrote = False
        self._connection = connection
        self._last_updated = last_updated
        self._named = 0

    def new_id(self, type: str, prefix: str) -> str:
        """An id that no resource of the type ever had: ``prefix`` and the number of the commit."""
        while True:
            self._named += 1
            id = f"{prefix}{self.seq}" + (f"-{self._named}" if self._named > 1 else "")
            if current_version(self._connection, type, id) is None:
                return id

    def put(self, resource: Resource) -> Put:
        """Write a new version of a resource.

        Raises:
            DataError: the resource cannot be stored; nothing was written then.
        """
        from mock_athena.store.arrivals import followed, ready, require_storable  # most requests only read

        require_storable(resource)
        type, id = resource["resourceType"], resource["id"]
        current = current_version(self._connection, type, id)
        version_id = current.version_id + 1 if current else 1
        meta = {"versionId": str(version_id), "lastUpdated": instant(self._last_updated)}
        stored = {**resource, "meta": {**resource.get("meta", {}), **meta}}
        one = ready(stored)
        if current:
            close_version(self._connection, current.vk, self.seq)
        rows = followed(self._connection, one.rows)
        batch = Batch(self._connection)
        batch.add(one._replace(version_id=version_id), self.seq)
        batch.flush()
        self.wrote = True
        return Put(stored, frozenset(rows.patients))

    def delete(self, type: str, id: str) -> bool:
        """Mark a resource as deleted; answers whether there was one."""
        current = current_version(self._connection, type, id)
        if current is None or current.deleted:
            return False
        close_version(self._connection, current.vk, self.seq)
        Batch(self._connection).add_deletion(type, id, current.version_id + 1, self._last_updated, self.seq)
        self.wrote = True
        return True
