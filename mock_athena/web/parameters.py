"""The parameters of a request as (name, value) pairs, in the order in which they came."""

import re
from urllib.parse import parse_qsl, unquote_to_bytes

from mock_athena.errors import BadRequest, shortened

Pairs = list[tuple[str, str]]

_BROKEN = re.compile(rb"%(?![0-9A-Fa-f]{2})")


def pairs_of(text: str) -> Pairs:
    """The pairs of a query string or a form, decoded as far as that is possible."""
    return parse_qsl(text, keep_blank_values=True)


def exact_pairs(text: str | bytes) -> Pairs:
    """The pairs of a query string, as WSGI has it, or of a form; what cannot be decoded is refused.

    Raises:
        BadRequest: a percent sign without two hexadecimal digits, or bytes that are no UTF-8; names the parameter.
    """
    # WSGI has a byte in each character; https://peps.python.org/pep-3333/#unicode-issues
    raw = text.encode("latin-1") if isinstance(text, str) else text
    if b"%" not in raw and raw.isascii():
        return pairs_of(raw.decode())
    return [_pair(part) for part in raw.split(b"&") if part]


def _pair(part: bytes) -> tuple[str, str]:
    name, _, value = part.replace(b"+", b" ").partition(b"=")
    try:
        return _decoded(name), _decoded(value)
    except ValueError as error:
        shown = unquote_to_bytes(name).decode("utf-8", "replace")
        message = f"{shown}={shortened(value.decode('latin-1'))}: {error}"
        raise BadRequest(message, expression=[shown]) from None


def _decoded(text: bytes) -> str:
    broken = _BROKEN.search(text)
    if broken:
        message = f"{text[broken.start() : broken.start() + 3].decode('latin-1')} is no percent-encoding of a byte"
        raise ValueError(message)
    try:
        return unquote_to_bytes(text).decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"byte {error.object[error.start]:#04x} at {error.start} is not UTF-8"
        raise ValueError(message) from None
