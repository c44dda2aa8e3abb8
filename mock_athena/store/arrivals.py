"""From resources as they come to what the store writes: checked, with ``meta``, indexed, in the right order.

What a user may get wrong is refused here, by the name of the resource; the reader of a file adds where it stood.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from mock_athena.errors import DataError
from mock_athena.fhir.instants import instant, parse
from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.fhir.resource import Resource
from mock_athena.store.checks import problem_of
from mock_athena.store.indexing import IndexRows, index_rows
from mock_athena.store.rows import Batch, compartments_of, current_version


class Arriving(NamedTuple):
    """A resource on its way into the store, with what :meth:`Batch.add` wants to know of it."""

    resource: Resource
    rows: IndexRows
    version_id: int
    last_updated: int


def arriving(
    connection: sqlite3.Connection, batch: Batch, resources: Iterable[Resource], updated: int
) -> Iterator[Arriving]:
    """What is to be loaded, checked; what follows its targets comes after everything that it may point to.

    Args:
        updated: ``meta.lastUpdated`` of what brings none, in microseconds since 1970 UTC.

    Raises:
        DataError: a resource cannot be stored, comes twice, or is there already.
    """
    waiting: list[Arriving] = []
    seen: set[tuple[str, str]] = set()
    for given in resources:
        require_storable(given)
        _refuse_twice(connection, given, seen)
        resource = _with_meta(given, updated)
        one = Arriving(resource, checked_rows(resource), _version_id(resource), _updated(resource))
        if one.rows.targets and not one.rows.patients:
            waiting.append(one)
        else:
            yield one
    batch.flush()
    for one in waiting:
        followed(connection, one.rows)
        yield one


def followed(connection: sqlite3.Connection, rows: IndexRows) -> IndexRows:
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


def checked_rows(resource: Resource) -> IndexRows:
    """Its index rows.

    Raises:
        DataError: an element that is searched by is not of its type.
    """
    name = f"{resource['resourceType']}/{resource['id']}"
    try:
        return index_rows(RESOURCE_TYPES[resource["resourceType"]], resource)
    except (ValueError, TypeError, AttributeError) as error:
        message = f"{name}: {error}"
        raise DataError(message) from None


def _with_meta(resource: Resource, updated: int) -> Resource:
    """The resource with ``meta.versionId`` and ``meta.lastUpdated``, its own where it brings them."""
    meta = resource.get("meta", {})
    if "versionId" in meta and "lastUpdated" in meta:
        return resource
    return {**resource, "meta": {"versionId": "1", "lastUpdated": instant(updated), **meta}}


def _updated(resource: Resource) -> int:
    """``meta.lastUpdated`` in microseconds since 1970 UTC."""
    try:
        return parse(resource["meta"]["lastUpdated"]).low
    except (ValueError, TypeError) as error:
        message = f"{resource['resourceType']}/{resource['id']}: meta.lastUpdated: {error}"
        raise DataError(message) from None


def _version_id(resource: Resource) -> int:
    text = str(resource["meta"]["versionId"])
    return int(text) if text.isdecimal() and 0 < len(text) < 18 else 1


def _refuse_twice(connection: sqlite3.Connection, resource: Resource, seen: set[tuple[str, str]]) -> None:
    name = (resource["resourceType"], resource["id"])
    if name in seen:
        message = f"{name[0]}/{name[1]} comes twice; an id is used once in each type"
        raise DataError(message)
    if current_version(connection, *name):
        message = f"{name[0]}/{name[1]} is there already; only what is new can be loaded"
        raise DataError(message)
    seen.add(name)
