"""From resources as they come to what the store writes: checked, with ``meta``, indexed, in the right order.

What a user may get wrong is refused here, by the name of the resource; the reader of a file adds where it stood.
"""

from mock_athena.errors import DataError
from mock_athena.fhir.instants import instant
from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.fhir.resource import Resource
from mock_athena.store.bodies import encoded
from mock_athena.store.checks import problem_of
from mock_athena.store.driver import Runs
from mock_athena.store.elements import remembered
from mock_athena.store.indexing import index_rows
from mock_athena.store.rows import Arriving, Batch, compartments_of, current_version
from mock_athena.store.takers import IndexRows


class ComesTwice(DataError):
    """A resource whose type and id another one of the same load has.

    Attributes:
        first: how many resources had been taken before that other one.
    """

    def __init__(self, message: str, first: int) -> None:
        super().__init__(message)
        self.first = first


class Load:
    """Resources on their way into one commit; :meth:`finish` when all were taken.

    What follows its targets into their compartments waits until everything that it may point to is there.

    Args:
        connection: in a transaction of its own.
        seq: the number of the commit. updated: ``meta.lastUpdated`` of what brings none, in microseconds since 1970.

    Attributes:
        updated: as it was given.
        latest: the latest ``meta.lastUpdated`` among what was taken, in microseconds since 1970 UTC.
        taken: how many resources were taken.
    """

    def __init__(self, connection: Runs, seq: int, updated: int) -> None:
        self._connection = connection
        self._batch = Batch(connection)
        self._seq = seq
        self.updated = updated
        self._filled = connection.execute("SELECT 1 FROM version LIMIT 1").fetchone() is not None
        self._names: dict[str, int] = {}
        self._patients: list[tuple[str, ...]] = []
        self._alone: dict[str, tuple[str, ...]] = {}
        self._waiting: list[Arriving] = []
        self.latest = 0
        self.taken = 0

    def take(self, given: Resource, body: bytes | None = None) -> None:
        """One more resource.

        Args:
            body: its JSON, if that is known already and the resource brings its ``meta`` whole.

        Raises:
            DataError: it cannot be stored, comes twice, or is there already; it was not taken then.
        """
        require_storable(given)
        name = f"{given['resourceType']}/{given['id']}"
        self._refuse_twice(name, given)
        one = ready(with_meta(given, self.updated), body)
        self._names[name] = self.taken
        self.taken += 1
        self.latest = max(self.latest, one.last_updated)
        self._patients.append(self._remembered(one.rows.patients))
        if one.rows.targets and not one.rows.patients:
            self._waiting.append(one)
        else:
            self._batch.add(one, self._seq)

    def finish(self) -> None:
        """Take in what waited, and write everything."""
        for one in self._waiting:
            for target in sorted(one.rows.targets):
                loaded = self._names.get(target)
                if loaded is not None:
                    one.rows.patients.update(self._patients[loaded])
                elif self._filled:
                    one.rows.patients.update(compartments_of(self._connection, {target}))
            self._batch.add(one, self._seq)
        self._waiting.clear()
        self._batch.flush()

    def _remembered(self, patients: set[str]) -> tuple[str, ...]:
        """The patients, as one value for all resources of one patient."""
        if len(patients) == 1:
            (one,) = patients
            return self._alone.setdefault(one, (one,))
        return tuple(patients)

    def _refuse_twice(self, name: str, resource: Resource) -> None:
        first = self._names.get(name)
        if first is not None:
            message = f"{name} comes twice; an id is used once in each type"
            raise ComesTwice(message, first)
        if self._filled and current_version(self._connection, resource["resourceType"], resource["id"]):
            message = f"{name} is there already; only what is new can be loaded"
            raise DataError(message)


def followed(connection: Runs, rows: IndexRows) -> IndexRows:
    """The rows, in the compartments of their targets where they name no Patient themselves."""
    if rows.targets and not rows.patients:
        rows.patients = compartments_of(connection, rows.targets)
    return rows


def require_storable(resource: Resource) -> None:
    """Refuse what lacks what every resource has.

    Raises:
        DataError: says what is wrong.
    """
    problem = problem_of(resource)
    if problem:
        raise DataError(problem)


def ready(resource: Resource, body: bytes | None = None) -> Arriving:
    """A resource that brings its ``meta``, indexed and encoded.

    Raises:
        DataError: an element that is searched by is not of its type, or something in it cannot be written as JSON.
    """
    type, id, meta = resource["resourceType"], resource["id"], resource["meta"]
    try:
        rows = index_rows(RESOURCE_TYPES[type], resource)
    except (ValueError, TypeError, AttributeError) as error:
        message = f"{type}/{id}: {error}"
        raise DataError(message) from None
    return Arriving(type, id, rows, _version_id(meta), _updated(resource), body or _json(resource))


def with_meta(resource: Resource, updated: int) -> Resource:
    """The resource with ``meta.versionId`` and ``meta.lastUpdated``, its own where it brings them."""
    meta = resource.get("meta", {})
    if "versionId" in meta and "lastUpdated" in meta:
        return resource
    return {**resource, "meta": {"versionId": "1", "lastUpdated": instant(updated), **meta}}


def _updated(resource: Resource) -> int:
    """``meta.lastUpdated`` in microseconds since 1970 UTC."""
    try:
        return remembered(resource["meta"]["lastUpdated"]).low
    except (ValueError, TypeError) as error:
        message = f"{resource['resourceType']}/{resource['id']}: meta.lastUpdated: {error}"
        raise DataError(message) from None


def _version_id(meta: Resource) -> int:
    text = str(meta["versionId"])
    return int(text) if text.isdecimal() and 0 < len(text) < 18 else 1


def _json(resource: Resource) -> bytes:
    try:
        return encoded(resource)
    except (ValueError, RecursionError) as error:
        message = f"{resource['resourceType']}/{resource['id']}: cannot be written as JSON: {error}"
        raise DataError(message) from None
