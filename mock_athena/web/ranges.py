"""A part of an answer: https://www.rfc-editor.org/rfc/rfc9110#section-14."""

import re
from typing import Protocol

from mock_athena.errors import RangeNotSatisfiable, shortened

# One range of bytes; what asks for several, or in other units, is answered with the whole, as RFC 9110 §14.2 allows.
_ONE_RANGE = re.compile(r"bytes *= *(\d{0,18})-(\d{0,18})", re.IGNORECASE)


class _Headers(Protocol):
    def get(self, key: str, default: str) -> str: ...


def part_of(headers: _Headers, etag: str, modified: str, size: int) -> range | None:
    """The bytes that a GET asks for; None for the whole.

    A range with ``If-Range`` counts only while what the caller has is still current: the same strong tag, or the very
    date that it was told.

    Args:
        etag: strong, of what would be sent. modified: its ``Last-Modified``. size: its bytes.

    Raises:
        RangeNotSatisfiable: the range has no byte of it.
    """
    asked = _ONE_RANGE.fullmatch(headers.get("Range", "").strip())
    if not asked or headers.get("If-Range", etag) not in (etag, modified):
        return None
    first, last = asked.groups()
    if not first:
        return _suffix(last, size)
    if last and int(last) < int(first):
        return None  # no range at all
    start, stop = int(first), min(int(last) + 1, size) if last else size
    if start >= size:
        raise _behind_the_end(asked[0], size)
    return range(start, stop)


def _suffix(last: str, size: int) -> range | None:
    """The last so many bytes."""
    if not last:
        return None
    if not int(last) or not size:
        raise _behind_the_end(f"bytes=-{last}", size)
    return range(max(size - int(last), 0), size)


def _behind_the_end(asked: str, size: int) -> RangeNotSatisfiable:
    message = f"Range: {shortened(asked)} has no byte of this file, which has {size} bytes"
    return RangeNotSatisfiable(message, headers=(("Content-Range", f"bytes */{size}"),))
