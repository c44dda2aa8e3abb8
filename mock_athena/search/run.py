"""Runs a query on a snapshot."""

from dataclasses import dataclass

from mock_athena.errors import Gone
from mock_athena.search import cursor
from mock_athena.search.query import SearchQuery
from mock_athena.store import ResourceStore
from mock_athena.store.snapshot import Row


@dataclass(frozen=True, slots=True)
class Page:
    """One page of results.

    Attributes:
        rows: the matches on it, newest first.
        total: how many match on all pages; None where it was not asked for.
        next: the cursor of the following page; None on the last.
    """

    rows: list[Row]
    total: int | None
    next: str | None


def run_search(query: SearchQuery, store: ResourceStore, *, with_total: bool) -> Page:
    """The page that a query asks for.

    Raises:
        Gone: the cursor's snapshot is no longer there, as after a reset.
    """
    snapshot = store.snapshot()
    if query.seq is not None:
        if not store.holds(query.seq):
            message = "this cursor belongs to data that were reset since; start the search again"
            raise Gone(message, expression=["cursor"])
        snapshot = store.snapshot(query.seq)
    total = snapshot.count(query.selection) if with_total or not query.count else None
    if not query.count:
        return Page([], total, None)
    rows = snapshot.page(query.selection, query.count + 1, query.after)
    if len(rows) <= query.count:
        return Page(rows, total, None)
    rows.pop()
    following = cursor.encode(snapshot.seq, rows[-1].position, query.selection.type, query.used)
    return Page(rows, total, following)
