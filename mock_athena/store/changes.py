"""What was written since a store was opened, as values that a store which began alike can be given again."""

from itertools import groupby
from typing import Any, NamedTuple

from mock_athena.store.driver import AnyDatabase
from mock_athena.store.keys import TYPE_NAMES, TYPE_NUMBERS

_WRITTEN = "SELECT from_seq, last_updated, type, id, deleted, body FROM version WHERE vk > ? ORDER BY vk"

_END = 253_402_300_800_000_000  # microseconds: the year 10000


class Change(NamedTuple):
    """One version that was written.

    Attributes:
        seq: the number of its commit. last_updated: the instant of that, in microseconds since 1970 UTC.
        body: the resource as JSON, placeholders not replaced; empty where it was deleted.
    """

    seq: int
    last_updated: int
    type: str
    id: str
    body: str


def written_after(database: AnyDatabase, vk: int) -> list[Change]:
    """Every version whose key is above ``vk``, in the order in which they were written."""
    rows = database.connection().execute(_WRITTEN, (vk,))
    return [
        Change(seq, updated, TYPE_NAMES[type], id, "" if deleted else bytes(body).decode())
        for seq, updated, type, id, deleted, body in rows
    ]


def by_commit(changes: list[Change]) -> list[tuple[int, list[Change]]]:
    """The changes of each commit, in the order of the commits."""
    return [(seq, list(together)) for seq, together in groupby(changes, key=lambda change: change.seq)]


def from_json(value: Any) -> Change:
    """The change that JSON made a list of.

    Raises:
        ValueError: it is none, or what was written is no resource of that type and id.
    """
    match value:
        case [int() as seq, int() as updated, str() as type, str() as id, str() as body] if (
            type in TYPE_NUMBERS and 0 < seq < 2**63 and 0 <= updated < _END and not any(each is True for each in value)
        ):
            if body:
                _require_that_resource(type, id, body)
            return Change(seq, updated, type, id, body)
    message = f"expected [commit, last updated, type, id, body], not {value!r:.60}"
    raise ValueError(message)


def _require_that_resource(type: str, id: str, body: str) -> None:
    from mock_athena.store.bodies import decoded, require_levels  # most emulators restore nothing
    from mock_athena.store.checks import problem_of

    text = body.encode()
    resource = decoded(text)
    require_levels(text, resource)
    problem = problem_of(resource)
    if problem:
        raise ValueError(problem)
    if (resource["resourceType"], resource["id"]) != (type, id):
        message = f"{resource['resourceType']}/{resource['id']} as what was written of {type}/{id}"
        raise ValueError(message)
