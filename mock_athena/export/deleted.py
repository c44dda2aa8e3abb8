"""What would have been exported, but was deleted since.

Each line is a transaction Bundle that deletes what the client may have from an earlier export:
https://hl7.org/fhir/uv/bulkdata/STU2/export.html#response---output-manifest.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter

from mock_athena.export.job import ExportJob
from mock_athena.export.queries import selections_whenever
from mock_athena.store import Snapshot
from mock_athena.store.criteria import HasId, Selection
from mock_athena.store.deletions import Deletion

_AT_ONCE = 100  # entries in one Bundle
_FOR_EVER = 2**62


def deleted(job: ExportJob, snapshot: Snapshot) -> Iterator[tuple[str, list[str]]]:
    """The types of which something was deleted after the job's ``since``, with the ids of what it was."""
    if job.since is None:
        return
    for query in selections_whenever(job, snapshot):
        if query.type == "Provenance" and job.associated:
            continue  # it told of what was exported, of which nothing is known any more
        gone = deleted_of(job, snapshot, query)
        if gone:
            yield query.type, gone


def deleted_of(job: ExportJob, snapshot: Snapshot, query: Selection) -> list[str]:
    """The ids of what a query would have found, had it not been deleted after the job's ``since``."""
    since = job.since or 0
    until = _FOR_EVER if job.until is None else job.until - 1
    found = snapshot.deletions(query.type, since, until)
    if not query.criteria:
        return [deletion.id for deletion in found]
    commits = groupby(sorted(found, key=attrgetter("seq")), key=attrgetter("seq"))
    return [id for seq, together in commits for id in _found_before(snapshot, query, seq, list(together))]


def bundles(type: str, ids: Sequence[str]) -> Iterator[bytes]:
    """The lines: Bundles of a hundred deletions at most."""
    for start in range(0, len(ids), _AT_ONCE):
        entries = [{"request": {"method": "DELETE", "url": f"{type}/{id}"}} for id in ids[start : start + _AT_ONCE]]
        bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
        yield json.dumps(bundle, separators=(",", ":")).encode()


def lines_of(count: int) -> int:
    """How many lines so many deletions make."""
    return -(-count // _AT_ONCE)


def _found_before(snapshot: Snapshot, query: Selection, seq: int, gone: Sequence[Deletion]) -> Sequence[str]:
    """Those of what a commit deleted that the query would have found just before it."""
    narrowed = Selection(query.type, (HasId(tuple(one.id for one in gone)), *query.criteria), query.date)
    there = set(snapshot.at(seq - 1).ids(narrowed))
    return [one.id for one in gone if one.id in there]
