"""What a search means depends on who asks, where and when."""

from collections.abc import Callable
from typing import NamedTuple


def _may_search_all(_: str) -> bool:
    return True


class Circumstances(NamedTuple):
    """Who asks, where and when.

    Attributes:
        is_ours: whether a base URL is our own. now: microseconds since 1970 UTC.
        known_id: from an id as it was sent to the one under which a resource is stored.
        strict: refuse unknown parameters instead of ignoring them.
        patient: the Patient to whom the caller is confined; None for nobody.
        may_search: whether the caller may search a type, also by way of another.
        by_id: results come in the order of their ids, and a cursor is the id with which the next page begins.
    """

    is_ours: Callable[[str], bool]
    now: int
    known_id: Callable[[str], str]
    strict: bool = False
    patient: str | None = None
    may_search: Callable[[str], bool] = _may_search_all
    by_id: bool = False
