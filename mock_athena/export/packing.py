"""Files packed by gzip while they are sent: https://hl7.org/fhir/uv/bulkdata/STU2/export.html#file-request.

Level 1, since a local network is faster than any higher one. With the ``fast`` extra, Intel's ISA-L packs ten times
as many bytes a second; both let other threads run meanwhile.
"""

from collections.abc import Iterable, Iterator
from typing import Any

_GZIP_WINDOW = 31  # zlib's number for 32 kB and the header of gzip


def gzipped(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same packed."""
    compressor = _compressor()
    for chunk in chunks:
        packed = compressor.compress(chunk)
        if packed:
            yield packed
    yield compressor.flush()


def packer() -> str:
    """The library that packs here: whatever it makes is not, byte for byte, what another one does."""
    name: str = _library().__name__
    return name.rpartition(".")[2]


def _compressor() -> Any:
    library = _library()
    return library.compressobj(1, library.DEFLATED, _GZIP_WINDOW)


def _library() -> Any:
    try:
        from isal import isal_zlib  # an extra
    except ImportError:
        import zlib

        return zlib
    return isal_zlib
