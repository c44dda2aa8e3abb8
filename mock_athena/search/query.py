"""A search, understood."""

from dataclasses import dataclass

from mock_athena.store.criteria import Position, Selection

DEFAULT_COUNT = 20
MAXIMUM_COUNT = 1000
# One statement answers a search, and SQLite nests its conditions 1,000 deep at most; a value takes two levels.
MAXIMUM_VALUES = 300
MAXIMUM_PARAMETERS = 50


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What is searched for, and which page of it.

    Attributes:
        selection: the criteria, those that confine the caller included.
        count: matches on a page; 0 asks for the total alone.
        used: the parameters that were understood, as (name, value) for the ``self`` link.
        ignored: names of parameters that were not understood.
        seq: commit of the snapshot that the first page saw; None on the first page.
        after: where the page before ended; None on the first page.
    """

    selection: Selection
    count: int = DEFAULT_COUNT
    used: tuple[tuple[str, str], ...] = ()
    ignored: tuple[str, ...] = ()
    seq: int | None = None
    after: Position | None = None
