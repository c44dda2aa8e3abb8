"""What faults do to bodies that are too large to be held: they are changed while they are sent."""

import zlib
from collections.abc import Callable, Iterable, Iterator

from mock_athena.faults.answer import Answer

NDJSON = ("application/fhir+ndjson", "application/ndjson")
JSON = ("application/json", "application/fhir+json")

_GZIP_WINDOW = 31  # zlib's number for 32 kB and the header of gzip

Change = Callable[[Iterator[bytes]], Iterator[bytes]]


def is_of(answer: Answer, types: tuple[str, ...]) -> bool:
    """Whether the media type of an answer is one of these."""
    return (answer.get("Content-Type") or "").partition(";")[0].strip().lower() in types


def changed(answer: Answer, change: Change, grows: int | None = None) -> Answer:
    """The answer with another body, made chunk by chunk; of one that is packed, what is packed is changed.

    Args:
        grows: by how many bytes; None where nobody knows, so that no length is promised.
    """
    chunks = iter(answer.body)
    if answer.get("Content-Encoding") == "gzip":
        return answer.with_header("Content-Length", None).streaming(_packed(change(_unpacked(chunks))))
    length = answer.get("Content-Length")
    told = None if grows is None or length is None else str(int(length) + grows)
    return answer.with_header("Content-Length", told).streaming(change(chunks))


def lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of a body, each with its line feed; the last as it is."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line + b"\n"
    if rest:
        yield rest


def replaced(chunks: Iterable[bytes], old: bytes, new: bytes) -> Iterator[bytes]:
    """The body with ``new`` for ``old``, also where two chunks meet."""
    held = b""
    for chunk in chunks:
        *done, last = (held + chunk).split(old)
        # What may be the beginning of another one waits for the next chunk.
        keep = min(len(old) - 1, len(last))
        yield new.join((*done, last[: len(last) - keep]))
        held = last[len(last) - keep :]
    yield held


def _unpacked(chunks: Iterable[bytes]) -> Iterator[bytes]:
    unpacking = zlib.decompressobj(_GZIP_WINDOW)
    for chunk in chunks:
        yield unpacking.decompress(chunk)
    yield unpacking.flush()


def _packed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    packing = zlib.compressobj(1, zlib.DEFLATED, _GZIP_WINDOW)
    for chunk in chunks:
        yield packing.compress(chunk)
    yield packing.flush()
