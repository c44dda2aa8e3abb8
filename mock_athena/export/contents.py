"""What is in the files of the jobs of one environment, and how many of them are sent at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from mock_athena.export.deleted import bundles, deleted_of
from mock_athena.export.elements import parts
from mock_athena.export.files import Bases, MadeText, ShortText, StoredText, Text, outcomes
from mock_athena.export.job import ExportJob
from mock_athena.export.plan import OutputFile
from mock_athena.export.queries import selection_of, selections_whenever
from mock_athena.export.streams import FileStream, StreamSlots
from mock_athena.store import ResourceStore
from mock_athena.store.blocks import Block
from mock_athena.store.hot import Hot
from mock_athena.store.statements import LAST_KEY

_MOST_KEPT = 8_388_608  # bytes of blocks, which are of about a million resources then
_BLOCK = 300  # bytes of a block beside its keys, about

Blocks = tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file that its caller may download: a row of the plan of its job."""

    job: ExportJob
    planned: OutputFile


class Contents:
    """The bytes of files.

    Args:
        slots: how many may be sent at once.
    """

    def __init__(self, store: ResourceStore, slots: StreamSlots) -> None:
        self._store = store
        self._slots = slots
        # A file is asked for again: its length, then the whole, then what was missing.
        self._blocks: Hot[Blocks] = Hot(_bytes_of, _MOST_KEPT, _MOST_KEPT)

    def text(self, file: ExportFile, bases: Bases) -> Text:
        """The bytes of a file, with URLs under these bases."""
        job, planned = file.job, file.planned
        if planned.kind == "error":
            return ShortText(outcomes(job.ignored))
        snapshot = self._store.snapshot(job.seq)
        if planned.kind == "deleted":
            query = next(query for query in selections_whenever(job, snapshot) if query.type == planned.of)
            return ShortText(bundles(planned.of, deleted_of(job, snapshot, query)))
        selection = partial(selection_of, job, snapshot, planned.of)
        if job.elements:
            return MadeText(lambda: parts(snapshot.bodies(selection(), planned.part), planned.of, job.elements), bases)
        first, last, _ = planned.part or (0, LAST_KEY, 0)

        def blocks() -> Blocks:
            return tuple(snapshot.blocks(selection(), first, last))

        return StoredText(snapshot, self._blocks.answer((job.id, planned.name), blocks), bases)

    def stream(self, chunks: Iterator[bytes]) -> FileStream:
        """Chunks that hold a slot while they are sent; close it in the end.

        Raises:
            Unavailable: too many files are being downloaded.
        """
        return FileStream(chunks, self._slots.take())


def _bytes_of(blocks: Blocks) -> int:
    return sum(len(block.keys) + _BLOCK for block in blocks)
