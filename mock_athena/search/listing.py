"""Pages of a list that is told anew for each of them, from one snapshot: what an operation answers."""

from collections.abc import Callable
from typing import NamedTuple

from mock_athena.search import cursor
from mock_athena.search.along import Found
from mock_athena.search.control import count
from mock_athena.search.run import snapshot_of
from mock_athena.store import ResourceStore, Snapshot
from mock_athena.store.criteria import Position

DEFAULT_LISTED = 100
"""Resources on a page where nothing is said."""


class Listing(NamedTuple):
    """Which page of which list.

    Attributes:
        name: of the list, to which its cursors belong.
        used: the parameters that links repeat. size, cursor: ``_count`` and ``cursor`` as they came; None without.
    """

    name: str
    used: tuple[tuple[str, str], ...]
    size: str | None
    cursor: str | None


class ListedPage(NamedTuple):
    """One page of a list; ``total`` is of all pages, ``next`` the cursor of the following one, None on the last."""

    found: list[Found]
    total: int
    next: str | None


def listed(listing: Listing, store: ResourceStore, find: Callable[[Snapshot], list[Found]]) -> ListedPage:
    """The page that is asked for.

    Raises:
        BadRequest: a count or a cursor that is none. Gone: the cursor's snapshot is no longer there.
    """
    many = count(listing.size) if listing.size is not None else DEFAULT_LISTED
    seq, after = cursor.decode(listing.cursor, listing.name, listing.used) if listing.cursor else (None, Position(0, 0))
    snapshot = snapshot_of(seq, store)
    everything = find(snapshot)
    end = after.date + many
    # A snapshot does not change, so how many came before is as good a place in it as a key.
    more = many > 0 and end < len(everything)
    following = cursor.encode(snapshot.seq, Position(end, 0), listing.name, listing.used) if more else None
    return ListedPage(everything[after.date : end], len(everything), following)
