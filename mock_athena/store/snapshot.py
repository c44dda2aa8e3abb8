"""One consistent view of an environment's data: everything that was committed up to a sequence number.

Every request and every export job holds one, so page seven of a search and the last file of an export show the
same world as the first, whatever is written meanwhile.
"""

import json
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import repeat
from operator import attrgetter
from typing import Any, NamedTuple

from mock_athena.store import blocks, deletions, history, statements
from mock_athena.store.blocks import Block
from mock_athena.store.chains import resolved
from mock_athena.store.conditions import Statement
from mock_athena.store.criteria import Condition, Position, Selection, SortKey
from mock_athena.store.driver import AnyDatabase, Rows
from mock_athena.store.hot import LARGEST_KEPT, Hot
from mock_athena.store.keys import TYPE_NUMBERS
from mock_athena.store.statements import LAST_KEY, Part
from mock_athena.store.templates import prepared_statement

_READ = (
    "SELECT vk, version_id, last_updated, deleted, body FROM version "
    "WHERE type = ? AND id = ? AND from_seq <= ? AND until_seq NOT BETWEEN 1 AND ?"
)
_VERSION = (
    "SELECT vk, version_id, last_updated, deleted, body FROM version "
    "WHERE type = ? AND id = ? AND version_id = ? AND from_seq <= ?"
)


_PATIENTS_BUT = "SELECT id FROM patient WHERE id NOT IN (SELECT value FROM json_each(?)) LIMIT ?"


_RANGE = 32_768
"""Keys among which matches are counted at once."""


class StoredVersion(NamedTuple):
    """One version as it is stored.

    Attributes:
        vk: the key of this version in the store.
        version_id: ``meta.versionId``.
        last_updated: ``meta.lastUpdated`` in microseconds since 1970 UTC.
        deleted: 1 for the marker that a deletion leaves, whose body is empty; else 0.
        body: the resource as JSON bytes, placeholders not yet replaced.
    """

    vk: int
    version_id: int
    last_updated: int
    deleted: int
    body: bytes


class Kept(NamedTuple):
    """What a store keeps of its snapshots, by their numbers: versions, and how many match what."""

    versions: Hot[StoredVersion | None]
    totals: Hot[int]


_TOTAL, _MOST_TOTALS = 2_000, 8_388_608
"""Bytes of memory that a total takes, with the statement that it answers, and that all may take."""


def kept() -> Kept:
    """Room for what is asked again and again; that there is no such version is not kept."""
    versions: Hot[StoredVersion | None] = Hot(lambda stored: len(stored.body) if stored else LARGEST_KEPT + 1)
    return Kept(versions, Hot(lambda _: _TOTAL, most=_MOST_TOTALS))


class Row(NamedTuple):
    """One search result and where it stands in the order."""

    date: int
    vk: int
    id: str
    body: bytes

    @property
    def position(self) -> Position:
        """The place after this row."""
        return Position(self.date, self.vk)


_date, _vk = attrgetter("date"), attrgetter("vk")


class Snapshot:
    """The data as of commit ``seq``.

    Attributes:
        seq: the commit's number. last_updated: its instant, in microseconds since 1970 UTC.
    """

    __slots__ = ("_database", "_kept", "last_updated", "seq")

    def __init__(self, database: AnyDatabase, seq: int, last_updated: int, kept: Kept | None = None) -> None:
        """The data as of a commit.

        Args:
            kept: what was asked lately; None of a commit that is still open, and may come to nothing.
        """
        self._database = database
        self._kept = kept
        self.seq = seq
        self.last_updated = last_updated

    def at(self, seq: int) -> "Snapshot":
        """The data as of another commit, at an instant that this snapshot does not know."""
        return Snapshot(self._database, seq, self.last_updated)

    def read(self, type: str, id: str) -> StoredVersion | None:
        """The version that is current in this snapshot; None if there never was one."""
        if self._kept is None:
            return self._read(type, id)
        return self._kept.versions.answer((self.seq, type, id), partial(self._read, type, id))

    def _read(self, type: str, id: str) -> StoredVersion | None:
        key = (TYPE_NUMBERS.get(type, 0), id, self.seq, self.seq)
        row = self._database.connection().execute(_READ, key).fetchone()
        return StoredVersion(*row) if row else None

    def version(self, type: str, id: str, version_id: int) -> StoredVersion | None:
        """One version, whether or not it is current; None if this snapshot does not know it."""
        key = (TYPE_NUMBERS.get(type, 0), id, version_id, self.seq)
        row = self._database.connection().execute(_VERSION, key).fetchone()
        return StoredVersion(*row) if row else None

    def meets(self, type: str, stored: StoredVersion | None, criteria: Sequence[Condition]) -> bool:
        """Whether a version meets criteria, current or not; a deletion does where the version before it did.

        Args:
            stored: None where there is none: that is found out with the same question, and does not take less time.
        """
        prepared = statements.met_by_version(type, tuple(criteria), deleted=bool(stored and stored.deleted))
        values = {**prepared.values, "vk": stored.vk if stored else 0}
        with self._running(prepared._replace(values=values)) as found:
            return found.fetchone() is not None

    def events(self, asked: history.History, limit: int, after: history.Place | None = None) -> list[history.Event]:
        """Up to ``limit`` versions of a history, the newest first, after a place in that order."""
        with self._running(history.events(asked, self.seq, limit, after)) as found:
            return list(map(history.Event._make, found))

    def count_events(self, asked: history.History) -> int:
        """How many versions a history has."""
        with self._running(history.count(asked, self.seq)) as found:
            total: int = found.fetchone()[0]
            return total

    def page(self, selection: Selection, limit: int, after: Position | None = None) -> list[Row]:
        """Up to ``limit`` matches, newest first, after a position in that order."""
        return self.matches(selection).page(limit, after)

    def count(self, selection: Selection) -> int:
        """How many match."""
        return self.matches(selection).count()

    def ids(self, selection: Selection) -> list[str]:
        """The id of every match, in no order."""
        with self._running(statements.ids(self._statement(selection))) as found:
            return [id for (id,) in found]

    def patients(self, selection: Selection) -> list[str]:
        """The ids of the Patients in whose compartments the matches are, in no order."""
        with self._running(statements.patients(self._statement(selection))) as found:
            return [id for (id,) in found]

    def parts(self, selection: Selection, most: int) -> list[Part]:
        """The matches in the order in which they were stored, in parts of ``most``; the last may be smaller."""
        return self.matches(selection).parts(most)

    def deletions(self, type: str, since: int, until: int) -> list[deletions.Deletion]:
        """What of a type is deleted and was so after ``since`` until ``until``, in microseconds since 1970 UTC."""
        return deletions.deletions(self._database, type, self.seq, since, until)

    def patients_but(self, ids: tuple[str, ...], most: int) -> list[str]:
        """The ids of up to ``most`` Patients who ever had a compartment and are none of these."""
        found = self._database.connection().execute(_PATIENTS_BUT, (json.dumps(ids), most))
        return [id for (id,) in found]

    def bodies(self, selection: Selection, part: Part | None = None) -> Iterator[bytes]:
        """The body of every match, or of those in a part, streamed; in the order in which they were first stored."""
        with self._running(statements.bodies(self._statement(selection), part)) as found:
            for (body,) in found:
                yield body

    def blocks(self, selection: Selection, first: int = 0, last: int = LAST_KEY) -> Iterator[Block]:
        """Every match whose key is from ``first`` to ``last``, in the order in which they were first stored."""
        return self.matches(selection).blocks(first, last)

    def lines(self, block: Block) -> bytes:
        """The bodies of a block as NDJSON, placeholders not yet replaced.

        Raises:
            DataError: the store was rewound meanwhile.
        """
        return blocks.lines(self._database.connection(), block)

    def matches(self, selection: Selection) -> "Matches":
        """What a selection holds here, of which several things are asked."""
        return Matches(self, self._statement(selection))

    def _statement(self, selection: Selection) -> Statement:
        return prepared_statement(resolved(self, selection), self.seq)

    def _rows(self, prepared: statements.Prepared) -> list[Row]:
        # As Row._make does, which is Python and takes three times as long.
        return list(map(tuple.__new__, repeat(Row), self._fetched(prepared)))

    def _total(self, prepared: statements.Prepared, asked: Hashable) -> int:
        """The one number that a statement answers, kept under what it is asked for; None for what is not kept."""
        if self._kept is None or asked is None:
            return self._number(prepared)
        return self._kept.totals.answer((self.seq, asked), partial(self._number, prepared))

    def _number(self, prepared: statements.Prepared) -> int:
        number: int = self._fetched(prepared)[0][0]
        return number

    def _fetched(self, prepared: statements.Prepared) -> list[Any]:
        if prepared.asked:
            with self._running(prepared) as found:
                return found.fetchall()
        return self._database.connection().execute(prepared.text, prepared.values).fetchall()

    @contextmanager
    def _running(self, prepared: statements.Prepared) -> Iterator[Rows]:
        """The rows of a statement, as long as they are read."""
        connection = self._database.connection()
        connection.asked.update(prepared.asked)
        try:
            yield connection.execute(prepared.text, prepared.values)
        finally:
            for number in prepared.asked:
                del connection.asked[number]


class Matches:
    """What a selection holds in a snapshot; what its statements have in common is made once."""

    def __init__(self, snapshot: Snapshot, statement: Statement) -> None:
        self._snapshot = snapshot
        self._statement = statement
        # All pages of a search ask for the same total. What is bound for one of them is not a part of that.
        self._asked = (statement.complete, *statement.values.values()) if statement.complete else None

    def page(self, limit: int, after: Position | None = None) -> list[Row]:
        """Up to ``limit`` of them, newest first, after a position in that order."""
        rows = self._snapshot._rows(statements.page(self._statement, limit, after))
        # Sorted here, where bodies are not moved.
        rows.sort(key=_vk)
        rows.sort(key=_date, reverse=True)
        return rows

    def sorted_page(self, sort: Sequence[SortKey], limit: int, offset: int = 0) -> list[Row]:
        """Up to ``limit`` of them in an order of the caller's, after the first ``offset``."""
        return self._snapshot._rows(statements.sorted_page(self._statement, sort, limit, offset))

    def page_by_id(self, limit: int, first: str = "") -> list[Row]:
        """Up to ``limit`` of them in the order of their ids, from the id ``first`` on."""
        return self._snapshot._rows(statements.page_by_id(self._statement, limit, first))

    def count(self) -> int:
        """How many there are."""
        return self._snapshot._total(statements.count(self._statement), self._asked)

    def parts(self, most: int) -> list[Part]:
        """All of them in the order in which they were stored, in parts of ``most``."""
        if statements.is_whole(self._statement):
            return list(self._parts_by_key(most))
        with self._snapshot._running(statements.parts(self._statement, most)) as found:
            return list(map(Part._make, found))

    def blocks(self, first: int, last: int) -> Iterator[Block]:
        """Those whose key is from ``first`` to ``last``, in the order in which they were stored, as lines of a file."""
        if not statements.is_whole(self._statement):
            yield from self._blocks_of_rows(first, last)
            return
        while block := self._block(first, last):
            if blocks.is_large(block):
                yield from self._blocks_of_rows(first, blocks.last_key(block))
            else:
                yield block
            first = blocks.last_key(block) + 1

    def _block(self, first: int, last: int) -> Block | None:
        with self._snapshot._running(blocks.summed(self._statement, first, last)) as found:
            block = Block(*found.fetchone())
        return block if block.keys else None

    def _blocks_of_rows(self, first: int, last: int) -> Iterator[Block]:
        with self._snapshot._running(blocks.measured(self._statement, first, last)) as found:
            yield from blocks.blocks(found)

    def _parts_by_key(self, most: int) -> Iterator[Part]:
        """The same, without sorting, and with bounds that are not tight.

        They are counted by ranges of keys, and looked at one by one only where a part ends: SQLite counts rows in half
        the time that it takes to gather them.
        """
        number = self._snapshot._number
        begin = low = counted = 0
        end = number(statements.last_key(self._statement)) or 0
        while low <= end:
            high = min(low + _RANGE - 1, end)
            found = number(statements.count_between(self._statement, low, high))
            while counted + found > most:
                missing = most - counted
                last = number(statements.key_from(self._statement, low, missing)) if missing else low - 1
                yield Part(begin, last, most)
                begin, low, counted, found = last + 1, last + 1, 0, found - missing
            counted += found
            low = high + 1
        if counted:
            yield Part(begin, end, counted)
