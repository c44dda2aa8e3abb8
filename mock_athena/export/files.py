"""The bytes of an export's files: https://hl7.org/fhir/uv/bulkdata/STU2/export.html#file-request.

Stored bodies are joined, never parsed. How long a file is, is known before a body of it is read, so a part of it can be
sent as well as the whole; and between two chunks nothing is held open, however slow its reader.
"""

import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, chain
from typing import NamedTuple, Protocol

from mock_athena.fhir.outcome import issue, operation_outcome
from mock_athena.fhir.placeholders import filled, growth
from mock_athena.store import Snapshot
from mock_athena.store.blocks import CHUNK, Block


class Bases(NamedTuple):
    """The URLs that placeholders stand for: of FHIR, and of documents."""

    fhir: str
    documents: str


class Text(Protocol):
    """The bytes of a file, for one name under which we were reached.

    Attributes:
        size: how many they are; None where that is not known before they are made.
    """

    @property
    def size(self) -> int | None:
        """See above."""
        ...

    def chunks(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """From byte ``start`` to before ``stop`` (None: the end), in chunks of about 256 kB.

        Of what has no size, only the whole can be had.
        """
        ...


class StoredText:
    """Lines as they are in the store."""

    def __init__(self, snapshot: Snapshot, blocks: Sequence[Block], bases: Bases) -> None:
        self._snapshot, self._blocks, self._bases = snapshot, blocks, bases
        sizes = (block.size + growth(block.fhir_urls, block.document_urls, *bases) for block in blocks)
        self._starts = list(accumulate(sizes, initial=0))
        self.size = self._starts.pop()

    def chunks(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """See :class:`Text`."""
        stop = self.size if stop is None else stop
        first = max(bisect_right(self._starts, start) - 1, 0)
        for block, begin in zip(self._blocks[first:], self._starts[first:], strict=True):
            if begin >= stop:
                return
            chunk = self._snapshot.lines(block)
            if block.fhir_urls or block.document_urls:
                chunk = filled(chunk, *self._bases)
            if begin < start or begin + len(chunk) > stop:
                chunk = chunk[max(start - begin, 0) : stop - begin]
            yield chunk


class MadeText:
    """Lines that are made while they are sent."""

    size = None

    def __init__(self, lines: Callable[[], Iterable[bytes]], bases: Bases) -> None:
        self._lines, self._bases = lines, bases

    def chunks(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """See :class:`Text`."""
        assert (start, stop) == (0, None)  # noqa: S101 - nobody asks for a part of what has no size
        return (filled(chunk, *self._bases) for chunk in joined(self._lines()))


class ShortText:
    """A few lines that were made already."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._text = b"".join(chain.from_iterable((line, b"\n") for line in lines))
        self.size = len(self._text)

    def chunks(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """See :class:`Text`."""
        return iter((self._text[start:stop],))


def joined(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Lines in chunks, each with a line feed."""
    some: list[bytes] = []
    size = 0
    for line in lines:
        some.append(line)
        size += len(line) + 1
        if size >= CHUNK:
            yield b"\n".join(some) + b"\n"
            some.clear()
            size = 0
    if some:
        yield b"\n".join(some) + b"\n"


def outcomes(sentences: Iterable[str]) -> Iterator[bytes]:
    """An OperationOutcome for each thing that an export left out."""
    for sentence in sentences:
        outcome = operation_outcome(issue("warning", "not-supported", sentence))
        # A lone surrogate in a parameter's name has no UTF-8; it becomes a question mark.
        yield json.dumps(outcome, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
