"""bad-line: one line of an export's file is not what it should be."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from mock_athena.faults.answer import Answer
from mock_athena.faults.fault import Call, Fault, check
from mock_athena.faults.lines import NDJSON, changed, is_of, lines


@dataclass(frozen=True, slots=True)
class BadLine(Fault):
    """Line ``line`` of an NDJSON file, counted from 1, is broken; all others are right. 0 breaks every line.

    ``how``: ``cut`` ends it in the middle, ``not-json`` is a line of a log, ``control-character`` has a raw tab in a
    string (reported of the real API's export files), ``latin-1`` has a byte that is no UTF-8, ``blank`` has an empty
    line before it, ``duplicated`` has it twice, ``missing`` leaves it out, ``wrong-type`` is of another type,
    ``pretty`` is spread over several lines, ``byte-order-mark`` begins with one.
    """

    line: int = 1
    how: Literal[
        "cut", "not-json", "control-character", "latin-1", "blank", "duplicated", "missing", "wrong-type", "pretty",
        "byte-order-mark",
    ] = "cut"  # fmt: skip

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        check(self.line >= 0, f"line = {self.line}: expected the number of a line, from 1, or 0 for all")

    def alter(self, answer: Answer, call: Call) -> Answer:  # noqa: ARG002 - it is the same for everybody
        """Break it."""
        if answer.status != 200 or not is_of(answer, NDJSON):
            return answer
        return changed(answer, self._changed)

    def _changed(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        number = 0
        for chunk in _whole_lines(chunks):
            first, number = number + 1, number + chunk.count(b"\n")
            if self.line and not first <= self.line <= number:
                yield chunk
            else:
                found = enumerate(lines((chunk,)), first)
                yield b"".join(self._broken(line) if self.line in (0, n) else line for n, line in found)

    def _broken(self, line: bytes) -> bytes:
        first, quote, rest = line.partition(b'":"')
        inside = {"control-character": b"\t", "latin-1": b"\xe9"}.get(self.how)
        if inside is not None:
            return first + quote + inside + rest
        made = {
            "cut": line[: len(line) // 2] + b"\n",
            "not-json": b"ERROR export worker 3: timeout while reading\n",
            "blank": b"\n" + line,
            "duplicated": line + line,
            "missing": b"",
            "wrong-type": b'{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"exception"}]}\n',
            "pretty": line.replace(b',"', b',\n  "'),
            "byte-order-mark": b"\xef\xbb\xbf" + line,
        }
        return made[self.how]


def _whole_lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same in chunks that end where a line does."""
    rest = b""
    for chunk in chunks:
        end = chunk.rfind(b"\n") + 1
        if end:
            yield rest + chunk[:end]
            rest = chunk[end:]
        else:
            rest += chunk
    if rest:
        yield rest
