"""What a search means depends on who asks, where and when."""

from collections.abc import Callable
from typing import NamedTuple

from mock_athena.store.confinement import EVERYTHING, Reach


class Circumstances(NamedTuple):
    """Who asks, where and when.

    Attributes:
        is_ours: whether a base URL is our own. now: microseconds since 1970 UTC.
        known_id: from an id as it was sent to the one under which a resource is stored.
        strict: refuse unknown parameters instead of ignoring them.
        reach: what the caller may search, also by way of another type.
        by_id: results come in the order of their ids, and a cursor is the id with which the next page begins.
    """

    is_ours: Callable[[str], bool]
    now: int
    known_id: Callable[[str], str]
    strict: bool = False
    reach: Reach = EVERYTHING
    by_id: bool = False
