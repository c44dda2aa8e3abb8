"""``_pretty=true``: https://hl7.org/fhir/R4/http.html#pretty. Only white space changes: no number, no text is read."""

import re

_INDENT = b"  "
# A string, a bracket, comma or colon, or what else has no space in it: a number, true, false, null.
_PIECE = re.compile(rb'"(?:[^"\\]|\\.)*"|[][{},:]|[^\s][^\s,\]}]*')
_OPENING, _CLOSING = (b"{", b"["), (b"}", b"]")


def indented(body: bytes) -> bytes:
    """JSON with each member and item on a line of its own."""
    written: list[bytes] = []
    depth, before = 0, b""
    for piece in _PIECE.findall(body):
        if piece in _CLOSING:
            depth -= 1
            if before not in _OPENING:
                written.append(_line(depth))
        elif before in _OPENING or before == b",":
            written.append(_line(depth))
        written.append(b": " if piece == b":" else piece)
        depth += piece in _OPENING
        before = piece
    return b"".join(written) + b"\n"


def _line(depth: int) -> bytes:
    return b"\n" + _INDENT * depth
