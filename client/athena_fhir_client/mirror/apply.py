"""Puts what an export wrote into a mirror: newer versions replace older ones, what was deleted goes.

All in one transaction, together with the ``transactionTime`` that the next delta begins at: a crash in the midst
leaves the state before, and applying the same again changes nothing.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from athena_fhir_client.bulk.report import Report
from athena_fhir_client.libraries import msgspec
from athena_fhir_client.mirror.mirror import Mirror, MirrorError

T = TypeVar("T")


class _Meta(msgspec.Struct):
    lastUpdated: str = ""


class _Head(msgspec.Struct):
    resourceType: str
    id: str = ""
    meta: _Meta = msgspec.field(default_factory=_Meta)


class _Deletion(msgspec.Struct):
    method: str = ""
    url: str = ""


class _Entry(msgspec.Struct):
    request: _Deletion = msgspec.field(default_factory=_Deletion)


class _Bundle(msgspec.Struct):
    entry: list[_Entry] = msgspec.field(default_factory=list)


_HEAD = msgspec.json.Decoder(_Head)
_BUNDLE = msgspec.json.Decoder(_Bundle)

_PUT = """
INSERT INTO resource (type, id, updated, run, body) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (type, id) DO UPDATE SET
  body = iif(excluded.updated >= updated, excluded.body, body), updated = max(excluded.updated, updated), run =
  excluded.run
"""


def apply_export(
    mirror: Mirror, report: Report, *, types: Iterable[str] = (), whole: bool, now: float
) -> tuple[int, int]:
    """Apply a finished export.

    Args:
        types: that were asked for; none for all. whole: what is not in the export does not exist any more.
        now: unix seconds.

    Returns:
        How many resources were written, and how many were deleted.

    Raises:
        MirrorError: a resource without id; nothing was changed.
    """
    with mirror.transaction() as database:
        (number,) = database.execute("SELECT coalesce(max(number), 0) + 1 FROM run").fetchone()
        written = sum(_put(database, path, number) for path in report.paths())
        deleted = sum(_delete(database, path) for path in report.paths("deleted"))
        if whole:
            deleted += _sweep(database, number, list(types))
        row = (number, report.transaction_time, whole, now, written, deleted)
        database.execute("INSERT INTO run VALUES (?, ?, ?, ?, ?, ?)", row)
    return written, deleted


def put_resources(mirror: Mirror, bodies: Iterable[bytes]) -> int:
    """Add or replace resources that were read in another way than by an export; how many."""
    with mirror.transaction() as database:
        before = database.total_changes
        database.executemany(_PUT, (_row(body, 0) for body in bodies))
        return database.total_changes - before


def _put(database: sqlite3.Connection, path: Path, run: int) -> int:
    before = database.total_changes
    with path.open("rb") as file:
        database.executemany(_PUT, (_row(line, run) for line in file))
    return database.total_changes - before


def _row(line: bytes, run: int) -> tuple[str, str, float, int, bytes]:
    head = _decoded(_HEAD, line)
    if not head.id:
        message = f"a {head.resourceType} has no id; nothing was changed"
        raise MirrorError(message)
    return head.resourceType, head.id, _seconds(head.meta.lastUpdated), run, line.strip()


def _decoded(decoder: "msgspec.json.Decoder[T]", line: bytes) -> T:
    try:
        return decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        message = (
            f"a line is not what a copy can take ({error}); nothing was changed. Leave such lines out (--on-bad skip)"
        )
        raise MirrorError(message) from None


def _seconds(instant: str) -> float:
    try:
        return datetime.fromisoformat(instant).timestamp()
    except (ValueError, OverflowError):
        return 0.0  # without a time of its own, what comes later is newer


def _delete(database: sqlite3.Connection, path: Path) -> int:
    before = database.total_changes
    with path.open("rb") as file:
        for line in file:
            database.executemany("DELETE FROM resource WHERE type = ? AND id = ?", _deletions(line))
    return database.total_changes - before


def _deletions(line: bytes) -> Iterator[tuple[str, str]]:
    for entry in _decoded(_BUNDLE, line).entry:
        type, _, id = entry.request.url.rpartition("/")
        if entry.request.method == "DELETE" and type:
            yield type.rpartition("/")[2], id


def _sweep(database: sqlite3.Connection, run: int, types: list[str]) -> int:
    marks = ",".join("?" * len(types))
    of = f" AND type IN ({marks})" if types else ""
    # Only question marks are put together.
    return database.execute(f"DELETE FROM resource WHERE run < ?{of}", (run, *types)).rowcount  # noqa: S608
