"""What became of resources: their versions, deletions included, the newest first.

https://hl7.org/fhir/R4/http.html#history. A version that was written into a patient's compartment belongs there for
good, wherever later versions are; a deletion belongs where the version before it was.
"""

from dataclasses import dataclass
from typing import NamedTuple

from mock_athena.fhir.instants import Range
from mock_athena.store.conditions import Value
from mock_athena.store.criteria import Condition
from mock_athena.store.keys import TYPE_NUMBERS
from mock_athena.store.statements import Prepared, on_version, with_content

# The version before ``v``, and the one after it.
_BEFORE = "FROM version AS p WHERE p.type = v.type AND p.id = v.id AND p.version_id = v.version_id - 1"
_AFTER = "FROM version AS n WHERE n.type = v.type AND n.id = v.id AND n.version_id = v.version_id + 1"

_AMONG_ALL = "FROM version AS d WHERE d.type = :type AND d.from_seq <= :seq"
_OF_ID = " AND d.id = :id"

_CONDITIONS = {
    "id": "v.id = :id",
    "since": "v.last_updated >= :since",
    # Current at some time of the range; a deletion, after which nothing is current, if it fell into it.
    "low": (
        "v.last_updated < :high AND (v.deleted = 0 OR v.last_updated >= :low) AND NOT EXISTS "
        f"(SELECT 1 {_AFTER} AND n.from_seq <= :seq AND n.last_updated <= :low)"
    ),
    "after": "(v.last_updated, v.vk) < (:after, :after_vk)",
}


@dataclass(frozen=True, slots=True)
class History:
    """Whose versions, and which of them.

    Attributes:
        type: resource type. id: of one resource; None for all of the type.
        since: none older, in microseconds since 1970 UTC.
        at: those that were current at some time of this range.
        criteria: what they must have met; a deletion, what the version before it met.
    """

    type: str
    id: str | None = None
    since: int | None = None
    at: Range | None = None
    criteria: tuple[Condition, ...] = ()


class Event(NamedTuple):
    """One version, and how it came about.

    Attributes:
        version_id: ``meta.versionId``. last_updated: microseconds since 1970 UTC.
        deleted: 1 for a deletion, whose body is empty.
        before: None where no version before it is known, 1 where that is a deletion, else 0.
        body: the resource as JSON bytes, placeholders not yet replaced.
    """

    vk: int
    id: str
    version_id: int
    last_updated: int
    deleted: int
    before: int | None
    body: bytes


class Place(NamedTuple):
    """A place in the order of a history: after the version with this date and key."""

    last_updated: int
    vk: int


def events(history: History, seq: int, limit: int, after: Place | None) -> Prepared:
    """Up to ``limit`` versions as of commit ``seq``, the newest first, after a place in that order."""
    narrowed = _narrowed(history, seq, after)
    text = (
        f"SELECT v.vk, v.id, v.version_id, v.last_updated, v.deleted, (SELECT p.deleted {_BEFORE}), v.body FROM "
        f"(SELECT v.vk FROM version AS v WHERE {narrowed.text} "
        "ORDER BY v.last_updated DESC, v.vk DESC LIMIT :limit) AS k "
        "CROSS JOIN version AS v ON v.vk = k.vk ORDER BY v.last_updated DESC, v.vk DESC"
    )
    return Prepared(text, {**narrowed.values, "limit": limit}, narrowed.asked)


def count(history: History, seq: int) -> Prepared:
    """How many versions there are as of commit ``seq``."""
    narrowed = _narrowed(history, seq, None)
    return narrowed._replace(text=f"SELECT count(*) FROM version AS v WHERE {narrowed.text}")


def _narrowed(history: History, seq: int, after: Place | None) -> Prepared:
    """Which versions, as conditions on ``v``."""
    given = {
        "id": history.id,
        "since": history.since,
        "low": history.at and history.at.low,
        "after": after and after.last_updated,
    }
    conditions = [_CONDITIONS[name] for name, value in given.items() if value is not None]
    met = on_version(history.type, history.criteria, with_content("v.vk"), _AMONG_ALL + (_OF_ID if history.id else ""))
    if history.criteria:
        conditions.append(f"EXISTS (SELECT 1 {met.source})")
    values: dict[str, Value] = {
        **met.values,
        **{name: value for name, value in given.items() if value is not None},
        "type": TYPE_NUMBERS.get(history.type, 0),
        "seq": seq,
        "high": history.at.high if history.at else 0,
        "after_vk": after.vk if after else 0,
    }
    return Prepared(" AND ".join(("v.type = :type", "v.from_seq <= :seq", *conditions)), values, met.asked)
