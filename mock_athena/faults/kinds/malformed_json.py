"""malformed-json: the body is not the JSON that it claims to be."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from mock_athena.faults.answer import Answer, split_at
from mock_athena.faults.fault import Call, Fault
from mock_athena.faults.lines import changed

# What is put behind the first quotation mark.
_INSIDE = {"control-character": b"\n", "latin-1": b"\xe9", "not-a-number": b'broken": NaN, "'}


@dataclass(frozen=True, slots=True)
class MalformedJson(Fault):
    """The body is not the JSON that it claims to be, while its length is right.

    ``how``: ``cut`` ends it in the middle, ``comma`` leaves one too many, ``control-character`` has a raw line feed in
    a string (reported of the real API's export files), ``latin-1`` has a byte that is no UTF-8, ``not-a-number`` has a
    NaN, ``empty`` has nothing at all.
    """

    how: Literal["cut", "comma", "control-character", "latin-1", "not-a-number", "empty"] = "cut"

    def alter(self, answer: Answer, call: Call) -> Answer:  # noqa: ARG002 - it is the same for everybody
        """Break it."""
        if self.how in _INSIDE:
            return changed(answer, self._inside, len(_INSIDE[self.how]))
        if self.how == "comma":
            return changed(answer, _one_too_many, 1)
        if self.how == "empty":
            answer.close()
            return answer.with_body(b"")
        length = answer.get("Content-Length")
        if length is None:
            body = answer.whole()
            return answer.with_body(body[: len(body) // 2])
        half = int(length) // 2
        return answer.with_header("Content-Length", str(half)).streaming(split_at(answer.body, half))

    def _inside(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            first, quote, rest = chunk.partition(b'"')
            yield first + quote + (_INSIDE[self.how] if quote else b"") + rest
            if quote:
                break
        yield from chunks


def _one_too_many(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """A comma before the last brace, which is in the last chunk but one at the latest."""
    held = b""
    for chunk in chunks:
        if b"}" in chunk:
            yield held
            held = chunk
        else:
            held += chunk
    end = held.rfind(b"}")
    yield held[:end] + b"," + held[end:]
