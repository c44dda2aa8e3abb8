"""Checks NDJSON while it passes by: every line is one JSON object of the expected type, in UTF-8.

https://github.com/ndjson/ndjson-spec. Made to keep up with a fast network: whole chunks are decoded at once, only the
head of each resource becomes an object, and a chunk is looked at line by line only if something in it is wrong.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from athena_fhir_client.libraries import msgspec


class _Head(msgspec.Struct, gc=False):
    resourceType: str


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is not what it should be.

    Attributes:
        number: from 1. reason: what is wrong with it. text: how it begins.
    """

    number: int
    reason: str
    text: str


_DECODER = msgspec.json.Decoder(_Head)
_SHOWN = 60
_REMEMBERED = 1000  # bad lines that are kept; all are counted


@dataclass
class LineCheck:
    """Counts and checks lines; :meth:`feed` it bytes in any portions, then :meth:`finish`.

    Attributes:
        type: of every resource; empty if any will do.
        keep: is given the lines, their end included, that are good, if somebody wants them apart.
        lines: so many there are, good or bad; ``bad_count`` of them bad. types: how many of each type.
    """

    type: str = ""
    keep: Callable[[bytes], object] | None = None
    lines: int = 0
    bad_count: int = 0
    bad: list[BadLine] = field(default_factory=list)
    types: dict[str, int] = field(default_factory=dict)
    _rest: list[bytes] = field(default_factory=list)  # of a line whose end has not come; joined once

    def __post_init__(self) -> None:
        """A decoder that takes no other type, so that nothing is left to compare."""
        of = msgspec.defstruct("Head", [("resourceType", Literal[self.type])], gc=False) if self.type else _Head
        self._decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(of)

    def feed(self, data: bytes) -> None:
        """The next bytes."""
        end = data.rfind(b"\n") + 1
        if not end:
            self._rest.append(data)
            return
        if self._rest:
            first = data.find(b"\n") + 1
            self._rest.append(data[:first])
            self.finish()
            if first < end:
                self._whole(data[first:end])
        else:
            self._whole(data if end == len(data) else data[:end])
        if end < len(data):
            self._rest.append(data[end:])

    def finish(self) -> None:
        """No more comes: what is left is a line without an end, which is a line too."""
        if rest := b"".join(self._rest):
            self._whole(rest)
        self._rest.clear()

    def _whole(self, data: bytes) -> None:
        heads = self._heads(data)
        if heads is None:
            self._one_by_one(data)
            return
        self.lines += len(heads)
        if self.type:
            self._count(self.type, len(heads))
        else:
            for head in heads:
                self._count(head.resourceType)
        if self.keep:
            self.keep(data)

    def _heads(self, data: bytes) -> list[Any] | None:
        """One for each line; None if there is something wrong."""
        try:
            heads: list[Any] = self._decoder.decode_lines(data)
        except msgspec.DecodeError:
            return None
        return heads if len(heads) == _lines_in(data) and _is_utf8(data) else None

    def _one_by_one(self, data: bytes) -> None:
        for line in _split(data):
            self.lines += 1
            reason = self._wrong(line)
            if not reason:
                if self.keep:
                    self.keep(line)
                continue
            self.bad_count += 1
            if len(self.bad) < _REMEMBERED:
                shown = line[:_SHOWN].decode("utf-8", "backslashreplace").strip()
                self.bad.append(BadLine(self.lines, reason, shown))

    def _wrong(self, line: bytes) -> str:
        """What is wrong with a line; empty if nothing is."""
        if not line.strip():
            return "it is blank"
        try:
            line.decode("utf-8")
            head = _DECODER.decode(line)
        except UnicodeDecodeError as error:
            return f"it is not UTF-8: byte {error.start}"
        except msgspec.ValidationError:
            return "it is not a resource: no resourceType"
        except msgspec.DecodeError as error:
            return f"it is not JSON: {error}"
        if self.type and head.resourceType != self.type:
            return f"it is a {head.resourceType}, expected a {self.type}"
        self._count(head.resourceType)
        return ""

    def _count(self, type: str, times: int = 1) -> None:
        self.types[type] = self.types.get(type, 0) + times


def _lines_in(data: bytes) -> int:
    """Lines, blank ones too; in a third of the time of ``bytes.count``, since resources are long lines."""
    lines, at, find = 0, 0, data.find
    while at := find(b"\n", at) + 1:
        lines += 1
    return lines + (not data.endswith(b"\n"))


def _split(data: bytes) -> list[bytes]:
    """Lines with their ends; at line feeds only, since a carriage return within a line is its own mistake."""
    lines = [line + b"\n" for line in data.split(b"\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def _is_utf8(data: bytes) -> bool:
    """Most lines are ASCII, which is told at once; only those that are not are decoded."""
    if data.isascii():
        return True
    try:
        for line in data.split(b"\n"):
            if not line.isascii():
                line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
