"""Many bodies as NDJSON: in blocks whose size is known before a body is read, and each of which is read by itself.

Whoever sends a file for hours has no statement open meanwhile, begins in the middle as easily as at the start, and can
leave a block to another thread. A block is joined within SQLite: that takes a third of the time of fetching its rows,
and other threads run meanwhile.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from mock_athena.errors import DataError
from mock_athena.store.conditions import Statement
from mock_athena.store.driver import Rows, Runs
from mock_athena.store.statements import Prepared, by_key, prepared

CHUNK = 262_144
"""Bytes of a block, about: as fast as larger ones, and many fit into memory."""

_ROWS = 128  # of a block, at most; few enough that those of ordinary resources are no larger than a chunk

_MEASURES = "d.vk AS vk, d.size + 1 AS size, d.fhir_urls AS fhir_urls, d.document_urls AS document_urls"
LINES = (
    "SELECT CAST(group_concat(v.body || x'0a', '') AS BLOB) "
    "FROM json_each(?) AS j CROSS JOIN version AS v ON v.vk = j.value"
)

_Row = tuple[int, int, int, int]


class Block(NamedTuple):
    """Consecutive lines of a file.

    Attributes:
        keys: of the versions, in order, separated by commas.
        size: bytes of their bodies as they are stored, each with a line feed.
        fhir_urls: how many placeholders of the FHIR base are in them. document_urls: likewise.
    """

    keys: str
    size: int
    fhir_urls: int
    document_urls: int


def measured(statement: Statement, first: int, last: int) -> Prepared:
    """Rows (key, size, placeholders) of the versions whose keys are from ``first`` to ``last``, in that order."""
    return prepared(f"SELECT {_MEASURES} {by_key(statement, first, last)} ORDER BY d.vk", statement)


def summed(statement: Statement, first: int, last: int) -> Prepared:
    """One row, a :class:`Block` of the first of these versions; only NULLs, if there are none."""
    rows = measured(statement, first, last).text
    sums = "sum(size), sum(fhir_urls), sum(document_urls)"
    return prepared(f"SELECT group_concat(vk), {sums} FROM ({rows} LIMIT {_ROWS}) AS m", statement)


def blocks(rows: Rows) -> Iterator[Block]:
    """Measured versions as blocks."""
    while some := rows.fetchmany(_ROWS):
        yield from _split(some)


def is_large(block: Block) -> bool:
    """Whether it is to be made of its rows, one by one, so that large resources come in blocks of their own."""
    return block.size > 2 * CHUNK and "," in block.keys


def last_key(block: Block) -> int:
    """The key of its last line."""
    return int(block.keys.rpartition(",")[2])


def lines(connection: Runs, block: Block) -> bytes:
    """The bodies of a block as they are stored, each with a line feed.

    Raises:
        DataError: they are not there any more: the store was rewound.
    """
    text: bytes | None = connection.execute(LINES, (f"[{block.keys}]",)).fetchone()[0]
    if text is None or len(text) != block.size:
        message = "the data were reset while they were read"
        raise DataError(message)
    return text


def _split(rows: Sequence[_Row]) -> Iterator[Block]:
    """One block; several where resources are large."""
    keys, sizes, fhir_urls, document_urls = zip(*rows, strict=True)
    size = sum(sizes)
    if size <= 2 * CHUNK or len(rows) == 1:
        yield Block(",".join(map(str, keys)), size, sum(fhir_urls), sum(document_urls))
        return
    half = len(rows) // 2
    yield from chain(_split(rows[:half]), _split(rows[half:]))
