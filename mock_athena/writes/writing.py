"""Under which circumstances something is written, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mock_athena.auth.caller import Caller
from mock_athena.errors import Issue
from mock_athena.search import Circumstances
from mock_athena.store import ResourceStore
from mock_athena.store.snapshot import StoredVersion

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Writing:
    """Who writes, where and when.

    Attributes:
        store: of the environment. practice: whose it is. caller: who writes.
        now: nanoseconds since 1970 UTC.
        search: what a condition means, in which nothing may be ignored.
        documents: the URL below which documents are.
        update_as_create: an update of what is not there creates it under the id that the client chose.
        assigned_id: the id of what is to be created, where that was told to others already; else empty.
        expected: what (``Type/id``) may be pointed to although it is not there yet: the rest of a transaction.
    """

    store: ResourceStore
    practice: int
    caller: Caller
    now: int
    search: Circumstances
    documents: str
    update_as_create: bool = True
    assigned_id: str = ""
    expected: frozenset[str] = frozenset()

    def is_ours(self, base: str) -> bool:
        """Whether a base URL is our own."""
        return self.search.is_ours(base)

    def known_id(self, id: str) -> str:
        """The id under which a resource is stored that was sent as ``id``."""
        return self.search.known_id(id)


class Written(NamedTuple):
    """A resource as it is now.

    Attributes:
        created: it was not there before. changed: something was written; False where a conditional create found one.
        stored: its version. warnings: what is worth knowing.
    """

    type: str
    id: str
    created: bool
    changed: bool
    stored: StoredVersion
    warnings: tuple[Issue, ...] = ()
