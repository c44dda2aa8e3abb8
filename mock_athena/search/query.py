"""A search, understood."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from mock_athena.store.criteria import Position, Selection, SortKey

DEFAULT_COUNT = 20
MAXIMUM_COUNT = 1000
# One statement answers a search, and SQLite nests its conditions 1,000 deep at most; a value takes two levels.
MAXIMUM_VALUES = 300
MAXIMUM_PARAMETERS = 50

Total = Literal["none", "estimate", "accurate"]


class Include(NamedTuple):
    """Which other resources come along with the matches: https://hl7.org/fhir/R4/search.html#revinclude.

    Attributes:
        source: the type that points. param: its reference parameter. target: the type pointed to; empty for any.
        reverse: the source comes along (``_revinclude``), not the target.
        iterate: what came along brings along more.
    """

    source: str
    param: str
    target: str = ""
    reverse: bool = False
    iterate: bool = False


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What is searched for, and which page of it.

    Attributes:
        selection: the criteria, those that confine the caller included.
        place: what is searched, a type or a compartment's: its cursors hold there alone.
        count: matches on a page; 0 asks for the total alone.
        used: the parameters that were understood, as (name, value) for the ``self`` link.
        ignored: names of parameters that were not understood.
        seq: commit of the snapshot that the first page saw; None on the first page.
        after: where the page before ended; None on the first page. Of a sorted search its ``date`` is how many matches
            came before.
        sort: what the matches are sorted by, before the order that they have anyway.
        by_id: the matches come in the order of their ids, unless ``sort`` says otherwise; a cursor is then an id.
        first: the id with which the page begins, where the matches come so; empty on the first page.
        includes: what comes along with them.
        total: whether the number of all matches was asked for; None where nothing was said.
    """

    selection: Selection
    place: str
    count: int = DEFAULT_COUNT
    used: tuple[tuple[str, str], ...] = ()
    ignored: tuple[str, ...] = ()
    seq: int | None = None
    after: Position | None = None
    sort: tuple[SortKey, ...] = ()
    by_id: bool = False
    first: str = ""
    includes: tuple[Include, ...] = ()
    total: Total | None = None
