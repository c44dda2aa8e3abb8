"""The bytes of an export's files: https://hl7.org/fhir/uv/bulkdata/STU2/export.html#file-request.

Stored bodies are joined, never parsed, in chunks of about 256 kB: measured to be as fast as larger ones, and small
enough that many downloads fit into memory.
"""

import json
import zlib
from collections.abc import Iterable, Iterator

from mock_athena.fhir.outcome import issue, operation_outcome
from mock_athena.fhir.placeholders import filled

CHUNK = 256 * 1024

_GZIP = 16 + zlib.MAX_WBITS


def ndjson(bodies: Iterable[bytes], fhir_base: str, documents: str) -> Iterator[bytes]:
    """One resource a line, in chunks, with our URLs filled in."""
    for chunk in _joined(bodies):
        yield filled(chunk, fhir_base, documents)


def gzipped(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same compressed; at level 1, since a local network is faster than any higher one."""
    compressor = zlib.compressobj(1, zlib.DEFLATED, _GZIP)
    for chunk in chunks:
        packed = compressor.compress(chunk)
        if packed:
            yield packed
    yield compressor.flush()


def outcomes(sentences: Iterable[str]) -> Iterator[bytes]:
    """An OperationOutcome for each thing that an export left out."""
    for sentence in sentences:
        outcome = operation_outcome(issue("warning", "not-supported", sentence))
        # A lone surrogate in a parameter's name has no UTF-8; it becomes a question mark.
        yield json.dumps(outcome, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


def _joined(bodies: Iterable[bytes]) -> Iterator[bytes]:
    lines: list[bytes] = []
    size = 0
    for body in bodies:
        lines.append(body)
        size += len(body) + 1
        if size >= CHUNK:
            yield b"\n".join(lines) + b"\n"
            lines.clear()
            size = 0
    if lines:
        yield b"\n".join(lines) + b"\n"
