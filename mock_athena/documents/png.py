"""Pictures as PNG files: https://www.w3.org/TR/png-3/. Only what is drawn here: 8 bits a pixel, grey or palette.

Written with Python's own zlib at a fixed level and without a time, so that the same picture is the same file; a library
of pictures brings its own zlib, and its files change with its version.
"""

import struct
import zlib

from PIL import Image

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _PALETTE = 0, 3
_LEVEL = 6


def png(image: Image.Image) -> bytes:
    """The file of an image of mode ``L`` (grey) or ``P`` (palette)."""
    width, height = image.size
    indexed = image.mode == "P"
    pixels = image.tobytes()
    # Every line begins with the number of its filter: 0, as it is.
    lines = b"".join(b"\0" + pixels[at : at + width] for at in range(0, len(pixels), width))
    header = struct.pack(">IIBBBBB", width, height, 8, _PALETTE if indexed else _GREY, 0, 0, 0)
    colours = _chunk(b"PLTE", bytes(image.getpalette() or ())) if indexed else b""
    return b"".join(
        (
            _SIGNATURE,
            _chunk(b"IHDR", header),
            colours,
            _chunk(b"IDAT", zlib.compress(lines, _LEVEL)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
