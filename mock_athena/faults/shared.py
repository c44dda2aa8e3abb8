"""The armed rules of several processes: armed in one, they strike in all, and are counted together.

The rules are on a :class:`~mock_athena.board.Board`; how often each matched and struck is in a file beside it, a row
for each rule that ever was, under a lock of its own.
"""

import json
import os
import struct
import threading
from collections.abc import Iterable
from fcntl import LOCK_EX, LOCK_UN, flock
from pathlib import Path
from types import TracebackType
from typing import Any

from mock_athena.board import Board, BoardLock
from mock_athena.clock import NANOSECONDS
from mock_athena.faults import Faults
from mock_athena.faults.fault import Phase
from mock_athena.faults.rules import ArmedRule, Facts, Rule, Strike
from mock_athena.faults.scenarios import as_kept, rule

_ROW = struct.Struct("4Q")  # matched, struck, when first: seconds and nanoseconds


class SharedFaults(Faults):
    """The rules that are armed in all processes.

    Args:
        folder: where the board is.
        at_start: what is armed at the start and after every reset; ``now`` (nanoseconds since 1970 UTC) counts for the
            first who comes.
    """

    def __init__(self, folder: Path, at_start: Iterable[Rule], now: int) -> None:
        super().__init__()
        self._board, self._seen, self._rows = Board(folder / "faults"), 0, 0
        self._words = self._board.words
        self._tallies = os.open(folder / "fault-tallies", os.O_RDWR | os.O_CREAT, 0o600)
        self._at_start = tuple(at_start)
        self._told: Any = None
        lock: Any = BoardLock(self._board, self._follow, self._tell)
        self._lock = lock
        with self._lock:
            if not self._words[0]:
                self.arm(self._at_start, now)

    @property
    def quiet(self) -> bool:
        """See :class:`Faults`."""
        if self._words[0] != self._seen:
            self._look()
        return not self._armed

    @property
    def armed(self) -> tuple[ArmedRule, ...]:
        """See :class:`Faults`."""
        self._look()
        for each in self._armed:
            with each._lock:  # learns what was counted
                pass
        return self._armed

    def strikes(self, phase: Phase, facts: Facts, now: int) -> list[Strike]:
        """See :meth:`Faults.strikes`."""
        self._look()
        return super().strikes(phase, facts, now)

    def reset(self, now: int) -> None:
        """See :meth:`Faults.reset`."""
        with self._lock:
            super().reset(now)

    def _look(self) -> None:
        if self._words[0] != self._seen:
            with self._lock:
                pass

    def _follow(self) -> None:
        if self._words[0] == self._seen:
            return
        self._seen, told = self._board.read()
        self._told = told
        self._numbers, self._rows = told["numbers"], told["rows"]
        known = {each._lock.row: each for each in self._armed if isinstance(each._lock, _Tally)}
        self._armed = tuple(known.get(row) or self._counted(row, *rest) for row, *rest in told["armed"])

    def _tell(self) -> None:
        armed = []
        for each in self._armed:
            if not isinstance(each._lock, _Tally):
                self._rows += 1
                each._lock = _Tally(self._tallies, self._rows, each)
                each._lock.begin()
            armed.append((each._lock.row, each.number, as_kept(each.rule), each.rule.seed, each.armed_at))
        # As it will be read, where there are lists and no tuples.
        told = json.loads(json.dumps({"numbers": self._numbers, "rows": self._rows, "armed": armed}))
        if told != self._told:
            self._seen = 0  # if it cannot be told, it did not happen
            self._seen, self._told = self._board.write(told), told

    def _counted(self, row: int, number: int, sent: Any, seed: int, armed_at: int) -> ArmedRule:
        armed = ArmedRule(number, rule(sent, seed), armed_at)
        armed._lock = _Tally(self._tallies, row, armed)
        return armed


class _Tally:
    """The lock of one rule, under which its counts are those of all processes."""

    def __init__(self, file: int, row: int, rule: ArmedRule) -> None:
        self.row = row
        self._file, self._at, self._rule = file, row * _ROW.size, rule
        self._own = threading.Lock()

    def begin(self) -> None:
        """Let what the rule has counted be what all count on from."""
        rule = self._rule
        counts = (rule.matched, rule.struck, *divmod(rule.first_struck, NANOSECONDS))
        os.pwrite(self._file, _ROW.pack(*counts), self._at)

    def __enter__(self) -> None:
        self._own.acquire()
        flock(self._file, LOCK_EX)
        row = os.pread(self._file, _ROW.size, self._at).ljust(_ROW.size, b"\0")
        self._rule.matched, self._rule.struck, seconds, rest = _ROW.unpack(row)
        self._rule.first_struck = seconds * NANOSECONDS + rest

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.begin()
        flock(self._file, LOCK_UN)
        self._own.release()
