"""Runs a query on a snapshot."""

from dataclasses import dataclass

from mock_athena.errors import Gone
from mock_athena.search import cursor
from mock_athena.search.along import Found, come_along
from mock_athena.search.circumstances import Circumstances
from mock_athena.search.query import SearchQuery
from mock_athena.store import ResourceStore, Snapshot
from mock_athena.store.criteria import Position
from mock_athena.store.snapshot import Matches, Row

_MOST_SORTED = 10_000


@dataclass(frozen=True, slots=True)
class Page:
    """One page of results.

    Attributes:
        rows: the matches on it, in their order.
        total: how many match on all pages; None where it was not asked for.
        next: the cursor of the following page; None on the last.
        along: what comes along with the matches.
    """

    rows: list[Row]
    total: int | None
    next: str | None
    along: tuple[Found, ...] = ()


def run_search(query: SearchQuery, store: ResourceStore, circumstances: Circumstances, *, with_total: bool) -> Page:
    """The page that a query asks for.

    Args:
        with_total: whether matches are counted where the query does not say.

    Raises:
        Gone: the cursor's snapshot is no longer there, as after a reset.
    """
    snapshot = snapshot_of(query.seq, store)
    found = snapshot.matches(query.selection)
    counted = query.total != "none" if query.total else with_total
    if not query.count:
        return Page([], found.count(), None)
    rows, following = _by_id(query, found) if query.by_id else _matches(query, found, snapshot.seq)
    total = _total(query, found, rows, following) if counted else None
    matches = [Found(query.selection.type, row.id, row.body) for row in rows] if query.includes else ()
    along = come_along(matches, query.includes, snapshot, circumstances) if matches else ()
    return Page(rows, total, following, tuple(along))


def _total(query: SearchQuery, found: Matches, rows: list[Row], following: str | None) -> int:
    """How many match; there is nothing to be counted if all of them are on the page."""
    return len(rows) if query.after is None and following is None else found.count()


def snapshot_of(seq: int | None, store: ResourceStore) -> Snapshot:
    """The snapshot of the commit that a cursor names, or of now.

    Raises:
        Gone: it is no longer there, as after a reset.
    """
    if seq is None:
        return store.snapshot()
    if not store.holds(seq):
        message = "this cursor belongs to data that were reset since; start again from the first page"
        raise Gone(message, expression=["cursor"])
    return store.snapshot(seq)


def _matches(query: SearchQuery, found: Matches, seq: int) -> tuple[list[Row], str | None]:
    """The matches of the page, and the cursor of the next one."""
    before = query.after.date if query.after and query.sort else 0
    if query.sort:
        rows = found.sorted_page(query.sort, query.count + 1, before)
    else:
        rows = found.page(query.count + 1, query.after)
    if len(rows) <= query.count:
        return rows, None
    rows.pop()
    # A snapshot does not change, so how many came before is as good a place in it as a key.
    place = Position(before + len(rows), 0) if query.sort else rows[-1].position
    return rows, cursor.encode(seq, place, query.place, query.used)


def _by_id(query: SearchQuery, found: Matches) -> tuple[list[Row], str | None]:
    """Likewise where the cursor is an id: the page begins there, in the data as they are now."""
    if query.sort:
        everything = found.sorted_page(query.sort, _MOST_SORTED)
        starts = (place for place, row in enumerate(everything) if row.id == query.first)
        begin = next(starts, None) if query.first else 0
        if begin is None:
            from mock_athena.search.as_real import invalid_request  # seldom needed

            raise invalid_request(f"cursor={query.first}: nothing of this id is found by this search", "cursor")
        rows = everything[begin : begin + query.count + 1]
    else:
        rows = found.page_by_id(query.count + 1, query.first)
    return rows[: query.count], rows[query.count].id if len(rows) > query.count else None
