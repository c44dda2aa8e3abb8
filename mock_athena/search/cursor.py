"""The opaque value of ``cursor=`` in a next link: a snapshot and a place in its order, bound to one search.

A cursor that was changed, or used with other parameters, is refused: it would point to nowhere in particular.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from struct import Struct

from mock_athena.errors import BadRequest, shortened
from mock_athena.store.criteria import Position

_PLACE = Struct(">qqq")
_CHECK_BYTES = 8


def encode(seq: int, after: Position, name: str, used: Sequence[tuple[str, str]]) -> str:
    """The cursor of the page after ``after`` in the snapshot of commit ``seq``; ``name`` says of which list."""
    place = _PLACE.pack(seq, after.date, after.vk)
    return urlsafe_b64encode(place + _check(place, name, used)).decode()


def decode(text: str, name: str, used: Sequence[tuple[str, str]]) -> tuple[int, Position]:
    """The commit and the place that a cursor stands for.

    Raises:
        BadRequest: it is not one of ours, or was given out for another search.
    """
    try:
        raw = urlsafe_b64decode(text.encode("ascii"))
    except ValueError:
        raw = b""
    place, check = raw[: _PLACE.size], raw[_PLACE.size :]
    # Compared as text too: decoding skips over characters that are not of the alphabet.
    unchanged = urlsafe_b64encode(raw).decode() == text
    if not unchanged or len(place) != _PLACE.size or check != _check(place, name, used):
        message = (
            f"cursor={shortened(text)}: not a cursor of this search; follow the next link as it was given, unchanged"
        )
        raise BadRequest(message, expression=["cursor"])
    seq, date, vk = _PLACE.unpack(place)
    return seq, Position(date, vk)


def _check(place: bytes, name: str, used: Sequence[tuple[str, str]]) -> bytes:
    text = repr((name, sorted(used))).encode()
    return hashlib.blake2b(place + text, digest_size=_CHECK_BYTES, person=b"cursor").digest()
