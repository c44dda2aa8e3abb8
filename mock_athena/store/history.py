"""What became of resources: their versions, deletions included, the newest first.

https://hl7.org/fhir/R4/http.html#history. A version that was written into a patient's compartment belongs there for
good, wherever later versions are; a deletion belongs where the version before it was.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

from mock_athena.fhir.instants import Range
from mock_athena.store.database import Database
from mock_athena.store.keys import TYPE_NUMBERS

# The version before ``v``, and the one after it.
_BEFORE = "FROM version AS p WHERE p.type = v.type AND p.id = v.id AND p.version_id = v.version_id - 1"
_AFTER = "FROM version AS n WHERE n.type = v.type AND n.id = v.id AND n.version_id = v.version_id + 1"
_WAS_THERE = (
    "EXISTS (SELECT 1 FROM compartment AS c WHERE c.vk = {}.vk "
    "AND c.patient = (SELECT number FROM patient WHERE id = :patient))"
)

_CONDITIONS = {
    "id": "v.id = :id",
    "since": "v.last_updated >= :since",
    # Current at some time of the range; a deletion, after which nothing is current, if it fell into it.
    "low": (
        "v.last_updated < :high AND (NOT v.deleted OR v.last_updated >= :low) AND NOT EXISTS "
        f"(SELECT 1 {_AFTER} AND n.from_seq <= :seq AND n.last_updated <= :low)"
    ),
    "patient": f"({_WAS_THERE.format('v')} OR v.deleted AND EXISTS (SELECT 1 {_BEFORE} AND {_WAS_THERE.format('p')}))",
    "after": "(v.last_updated, v.vk) < (:after, :after_vk)",
}


@dataclass(frozen=True, slots=True)
class History:
    """Whose versions, and which of them.

    Attributes:
        type: resource type. id: of one resource; None for all of the type.
        since: none older, in microseconds since 1970 UTC.
        at: those that were current at some time of this range.
        patient: id of the Patient in whose compartment they must have been; None for any.
    """

    type: str
    id: str | None = None
    since: int | None = None
    at: Range | None = None
    patient: str | None = None


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


def events(database: Database, history: History, seq: int, limit: int, after: Place | None) -> list[Event]:
    """Up to ``limit`` versions as of commit ``seq``, the newest first, after a place in that order."""
    conditions, values = _narrowed(history, seq, after)
    text = (
        f"SELECT v.vk, v.id, v.version_id, v.last_updated, v.deleted, (SELECT p.deleted {_BEFORE}), v.body FROM "
        f"(SELECT v.vk FROM version AS v WHERE {conditions} ORDER BY v.last_updated DESC, v.vk DESC LIMIT :limit) AS k "
        "CROSS JOIN version AS v ON v.vk = k.vk ORDER BY v.last_updated DESC, v.vk DESC"
    )
    return list(map(Event._make, database.connection().execute(text, {**values, "limit": limit})))


def count(database: Database, history: History, seq: int) -> int:
    """How many versions there are as of commit ``seq``."""
    conditions, values = _narrowed(history, seq, None)
    text = f"SELECT count(*) FROM version AS v WHERE {conditions}"
    counted: int = database.connection().execute(text, values).fetchone()[0]
    return counted


def _narrowed(history: History, seq: int, after: Place | None) -> tuple[str, dict[str, Any]]:
    given = {
        "id": history.id,
        "since": history.since,
        "low": history.at and history.at.low,
        "patient": history.patient,
        "after": after and after.last_updated,
    }
    conditions = [_CONDITIONS[name] for name, value in given.items() if value is not None]
    values = {
        **{name: value for name, value in given.items() if value is not None},
        "type": TYPE_NUMBERS.get(history.type, 0),
        "seq": seq,
        "high": history.at and history.at.high,
        "after_vk": after and after.vk,
    }
    return " AND ".join(("v.type = :type", "v.from_seq <= :seq", *conditions)), values
