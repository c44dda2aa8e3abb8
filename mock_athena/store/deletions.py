"""What was deleted of a type, and when: the markers that deletions leave, as of a commit."""

from typing import NamedTuple

from mock_athena.store.driver import AnyDatabase
from mock_athena.store.keys import TYPE_NUMBERS
from mock_athena.store.schema import NO_DATE, VALID

# A marker has no date, so the index by date has them all in one place.
_DELETED = (
    "SELECT d.id, d.from_seq FROM version AS d INDEXED BY version_by_date "
    f"WHERE d.type = :type AND d.date = {NO_DATE} AND d.deleted = 1 AND {VALID.format(alias='d')} "
    "AND d.last_updated > :since AND d.last_updated <= :until ORDER BY d.vk"
)


class Deletion(NamedTuple):
    """A resource that is no longer there.

    Attributes:
        id: of the resource. seq: the commit that deleted it.
    """

    id: str
    seq: int


def deletions(database: AnyDatabase, type: str, seq: int, since: int, until: int) -> list[Deletion]:
    """What of ``type`` is deleted as of commit ``seq`` and was so after ``since`` until ``until`` (microseconds)."""
    values = {"type": TYPE_NUMBERS[type], "seq": seq, "since": since, "until": until}
    return list(map(Deletion._make, database.connection().execute(_DELETED, values)))
