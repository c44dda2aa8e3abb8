"""What comes along with the matches of a page: ``_include``, ``_revinclude``, and what they bring along in turn.

https://hl7.org/fhir/R4/search.html#include. Each page has what belongs to its own matches. Nothing comes along that
the caller could not have searched for, and nothing comes twice.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from mock_athena.fhir.registry import RESOURCE_TYPES, known_parameter
from mock_athena.search.circumstances import Circumstances
from mock_athena.search.query import Include, SearchQuery
from mock_athena.store.confinement import is_hidden
from mock_athena.store.criteria import HasReference, Selection
from mock_athena.store.snapshot import Snapshot

_MOST_ROUNDS = 10
"""How far ``:iterate`` goes."""

MAXIMUM_ALONG = 5000
"""Resources that come along with one page."""


class Found(NamedTuple):
    """A resource of a result."""

    type: str
    id: str
    body: bytes


def possible_types(query: SearchQuery) -> tuple[str, ...]:
    """The types of which resources may be found or come along, whatever there is."""
    along = (type for one in query.includes for type in _brings(one))
    return tuple(dict.fromkeys((query.selection.type, *along)))


def _brings(one: Include) -> tuple[str, ...]:
    if one.reverse or one.target:
        return (one.source if one.reverse else one.target,)
    parameter = known_parameter(one.source, one.param)
    return (parameter and parameter.targets) or tuple(RESOURCE_TYPES)


def come_along(
    matches: Sequence[Found], includes: Sequence[Include], snapshot: Snapshot, circumstances: Circumstances
) -> list[Found]:
    """What the includes bring along with the matches, each resource once, in the order of the includes."""
    allowed = [one for one in includes if circumstances.reach.grants(one.source, "s")]
    gathering = _Gathering(snapshot, circumstances, {(found.type, found.id) for found in matches})
    newest = gathering.round(allowed, matches)
    iterating = [one for one in allowed if one.iterate]
    for _ in range(_MOST_ROUNDS if iterating else 0):
        newest = gathering.round(iterating, newest)
        if not newest:
            break
    return gathering.found


class _Gathering:
    """What has come along so far."""

    def __init__(self, snapshot: Snapshot, circumstances: Circumstances, seen: set[tuple[str, str]]) -> None:
        self.found: list[Found] = []
        self._snapshot = snapshot
        self._circumstances = circumstances
        self._seen = seen

    def round(self, includes: Iterable[Include], sources: Sequence[Found]) -> list[Found]:
        """What the includes bring along with these, as far as it is new."""
        before = len(self.found)
        for one in includes:
            for found in self._pointing(one, sources) if one.reverse else self._pointed_to(one, sources):
                if (found.type, found.id) not in self._seen and len(self.found) < MAXIMUM_ALONG:
                    self._seen.add((found.type, found.id))
                    self.found.append(found)
        return self.found[before:]

    def _pointed_to(self, one: Include, sources: Sequence[Found]) -> Iterator[Found]:
        from mock_athena.store.links import links  # seldom needed

        parameter = known_parameter(one.source, one.param)
        for source in sources:
            if source.type == one.source and parameter:
                for link in links(source.body, parameter):
                    if one.target in ("", link.type) and (link.type, link.id) not in self._seen:
                        yield from self._read(link.type, link.id)

    def _read(self, type: str, id: str) -> Iterator[Found]:
        kind, reach = RESOURCE_TYPES.get(type), self._circumstances.reach
        if kind is None or not kind.searchable or not reach.grants(type, "s"):
            return
        stored = self._snapshot.read(type, id)
        if stored and not stored.deleted and not is_hidden(self._snapshot, kind, stored, reach, "s"):
            yield Found(type, id, stored.body)

    def _pointing(self, one: Include, sources: Sequence[Found]) -> Iterator[Found]:
        kind = RESOURCE_TYPES[one.source]
        possible = (one.target,) if one.target else kind.parameters[one.param].targets
        names = tuple(f"{found.type}/{found.id}" for found in sources if not possible or found.type in possible)
        if names:
            criteria = (*self._circumstances.reach.criteria(kind, "s"), HasReference(one.param, names))
            for row in self._snapshot.page(Selection(kind.name, criteria, kind.date), MAXIMUM_ALONG):
                yield Found(kind.name, row.id, row.body)
