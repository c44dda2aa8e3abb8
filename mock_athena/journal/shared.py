"""One journal for several processes, in a file to which all of them append.

So its order is one for all, and nothing is lost with a process that is killed. Who reads, reads on from where it was. A
file that is full is left behind: the next begins with what was counted until then, and the one before it is removed, so
that at least the last ``size`` exchanges are always there. A :class:`~mock_athena.board.Board` says which file it is.
"""

import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

from mock_athena.board import Board, BoardLock
from mock_athena.clock import NANOSECONDS
from mock_athena.journal import Journal
from mock_athena.journal.entry import Entry

_LOOK_EVERY = 0.02  # real seconds between two looks whether somebody appended
_USUAL = 400  # bytes of an entry
_READ_AT_ONCE = 1 << 22  # bytes, many times the longest entry


class SharedJournal(Journal):
    """The last ``size`` exchanges of all processes, in ``folder``, and counts of all."""

    def __init__(self, size: int, folder: Path, *, log: bool = False) -> None:
        super().__init__(size, log=log)
        self._size, self._folder = size, folder
        self._board = Board(folder / "journal", 64)
        self._words = self._board.words
        self._writing = BoardLock(self._board, self._turn_over, lambda: None)
        self._out, self._out_segment, self._full = -1, 0, size * _USUAL
        self._in, self._in_segment = -1, 0
        self._at = self._in_this = 0  # bytes and entries of that file that were read
        with self._writing:
            if not self._words[0]:
                self._begin(forget=True)

    def append(self, entry: Entry) -> None:
        """See :meth:`Journal.append`."""
        line = _line(entry)
        with self._writing:
            os.write(self._out, line)
            end = os.lseek(self._out, 0, os.SEEK_CUR)
        self._logged(entry)
        if end > self._full:
            self._leave_behind()

    def reset(self) -> None:
        """See :meth:`Journal.reset`."""
        with self._writing:
            self._begin(forget=True)

    # Writing.

    def _path(self, segment: int) -> Path:
        return self._folder / f"journal.{segment}"

    def _turn_over(self) -> None:
        """Write where all write."""
        segment = self._words[0]
        if segment != self._out_segment:
            if self._out >= 0:
                os.close(self._out)
            self._out = os.open(self._path(segment), os.O_WRONLY | os.O_APPEND)
            self._out_segment, self._full = segment, self._size * _USUAL

    def _leave_behind(self) -> None:
        """Begin another file, if this one holds enough."""
        with self._lock:
            self._catch_up()  # most of it, as long as nobody is kept from writing
        with self._writing, self._lock:
            self._catch_up()
            if self._in_this >= self._size:
                self._begin(forget=False)
            else:
                self._full *= 2

    def _begin(self, *, forget: bool) -> None:
        """Under the lock of who writes: a file that begins with what was counted, or with nothing."""
        before = self._words[0]
        counts = [] if forget else [[*key, count] for key, count in self._counts.items()]
        head = {"forget": forget, "appended": 0 if forget else self._appended, "counts": counts}
        with self._path(before + 1).open("wb") as file:
            file.write(json.dumps(head).encode() + b"\n")
        self._board.write(0)
        for left in (before, before - 1) if forget else (before - 1,):
            self._path(left).unlink(missing_ok=True)
        self._turn_over()

    # Reading.

    def _catch_up(self) -> None:
        while True:
            last = self._words[0]  # whoever wrote into an earlier one is done
            self._read_on()
            if self._in_segment >= last:
                return
            self._next_segment(last)

    def _read_on(self) -> None:
        while self._in >= 0 and (whole := self._lines()):
            for entry in filter(None, map(_entry, whole)):
                self._entries.append(entry)
                self._appended += 1
                self._in_this += 1
                self._counts[entry.status, entry.verdict, entry.faults] += 1

    def _lines(self) -> list[bytes]:
        """Whole lines that were not read yet; none at the end."""
        read = os.pread(self._in, _READ_AT_ONCE, self._at)
        whole = read.rfind(b"\n") + 1
        self._at += whole
        return read[:whole].splitlines()

    def _next_segment(self, last: int) -> None:
        for segment in range(max(self._in_segment + 1, last - 1), last + 1):
            with suppress(FileNotFoundError):  # a reset was as fast
                file = os.open(self._path(segment), os.O_RDONLY)
                self._open(segment, file)
                return
        self._in_segment = last - 1

    def _open(self, segment: int, file: int) -> None:
        if self._in >= 0:
            os.close(self._in)
        head_line = os.pread(file, _READ_AT_ONCE, 0).partition(b"\n")[0]
        head = json.loads(head_line)
        if head["forget"] or segment != self._in_segment + 1:
            self._entries.clear()
        self._appended = head["appended"]
        self._counts = Counter(
            {(status, verdict, tuple(faults)): count for status, verdict, faults, count in head["counts"]}
        )
        self._in, self._in_segment = file, segment
        self._at, self._in_this = len(head_line) + 1, 0

    def _waited(self, last: int, quiet_for: float) -> bool:
        for _ in range(max(1, round(quiet_for / _LOOK_EVERY))):
            if self._news.wait_for(lambda: self._closed, min(quiet_for, _LOOK_EVERY)):
                return True
            self._catch_up()
            if self._appended != last:
                return True
        return False


def _line(entry: Entry) -> bytes:
    seq, instant, *rest = entry
    values = (seq, *divmod(instant, NANOSECONDS), *rest)  # the numbers of orjson have 64 bits
    try:
        return orjson.dumps(values, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:
        return json.dumps(values).encode() + b"\n"


def _entry(line: bytes) -> Entry | None:
    """The entry; None where its process was killed while it wrote."""
    with suppress(ValueError):
        values: list[Any] = _loaded(line)
        seq, seconds, nanoseconds, *rest = values
        entry = Entry(seq, seconds * NANOSECONDS + nanoseconds, *rest)
        return entry._replace(
            faults=tuple(entry.faults),
            told=_pairs(entry.told),
            asked=_pairs(entry.asked),
            answered=_pairs(entry.answered),
        )
    return None


def _pairs(fields: Iterable[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in fields)


def _loaded(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except ValueError:
        return json.loads(line)
