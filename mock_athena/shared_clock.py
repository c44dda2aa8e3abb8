"""One clock for several processes: what one of them moves, freezes or waits for, all of them know.

The machine's monotonic clock is the same for all its processes, so that of a clock that runs only the anchor has to be
shared. It is on a :class:`~mock_athena.board.Board`, with where a clock stands and who waits for it; to ask for the
time is to look whether anything changed there.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mock_athena.board import Board, BoardLock
from mock_athena.clock import ManualClock, MovableClock, SystemClock
from mock_athena.clocks import clock_from
from mock_athena.waiters import Wait

_LOOK_EVERY = 0.002  # real seconds between two looks whether another process moved the clock for somebody who waits


class _Shared(MovableClock):
    """What makes a clock a shared one."""

    _FIELDS: tuple[str, ...]

    def share(self, board: Board) -> None:
        """Be the clock on the board; of a board that is empty, the first."""
        self._board, self._words, self._seen = board, board.words, 0
        self._before: Any = None
        self._here, self._here_lock = 0, threading.Lock()
        self._watcher: threading.Thread | None = None
        self._pause = threading.Event()  # that never comes: the machine has no other way to tell us
        lock: Any = BoardLock(board, self._follow, self._tell)
        self._lock = lock
        with self._lock:
            pass

    def now(self) -> int:
        """See :meth:`Clock.now`."""
        if self._words[0] != self._seen:
            self._look()
        return super().now()

    @property
    def stands(self) -> bool:
        """See :class:`MovableClock`."""
        self._look()
        return self._stands_at is not None

    def close(self) -> None:
        """See :meth:`MovableClock.close`: only whoever waits in this process is sent away."""
        with self._lock:
            self._closed = True
            self._waiters.nudge()

    def _own(self) -> list[Any]:
        return [getattr(self, name) for name in self._FIELDS]

    def _everything(self) -> list[Any]:
        return [self._own(), self._waiters.as_json()]

    def _follow(self) -> None:
        """Take what is on the board for true, where it is not known."""
        if self._words[0] != self._seen:
            self._seen, (own, waiters) = self._board.read()
            before = self._own()
            for name, value in zip(self._FIELDS, own, strict=True):
                setattr(self, name, tuple(value) if isinstance(value, list) else value)
            self._waiters.follow(waiters)
            if self._own() != before:
                self._waiters.nudge()
        self._before = self._everything() if self._seen else None

    def _tell(self) -> None:
        """Put on the board what has changed."""
        everything = self._everything()
        if everything != self._before:
            self._seen = 0  # if it cannot be told, it did not happen
            self._seen = self._board.write(everything)

    def _look(self) -> None:
        """Know what the others did, if they did anything."""
        if self._words[0] != self._seen:
            with self._lock:
                pass

    def _awaited(self, wait: Wait, patience: float | None, abandoned: Callable[[], bool] | None) -> bool:
        with self._watched():
            return super()._awaited(wait, patience, abandoned)

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """While anybody waits in this process, one thread looks whether another process did something about it."""
        with self._here_lock:
            self._here += 1
            if self._watcher is None:
                self._watcher = threading.Thread(target=self._watch, name="clock", daemon=True)
                self._watcher.start()
        try:
            yield
        finally:
            with self._here_lock:
                self._here -= 1

    def _watch(self) -> None:
        while True:
            with self._here_lock:
                if not self._here:
                    self._watcher = None
                    return
            self._look()
            self._pause.wait(_LOOK_EVERY)


class SharedSystemClock(_Shared, SystemClock):
    """A :class:`SystemClock` of several processes."""

    _FIELDS = ("_start", "_stands_at", "_anchor", "_first_anchor")


class SharedManualClock(_Shared, ManualClock):
    """A :class:`ManualClock` of several processes."""

    _FIELDS = ("_start", "_stands_at")


def shared_clock(name: str, start: int | None, path: Path) -> SharedSystemClock | SharedManualClock:
    """The clock that ``--clock`` names, on the board at ``path``; ``start`` counts for the first who comes.

    Raises:
        ConfigurationError: as :func:`clock_from`.
    """
    alone = clock_from(name, start)
    clock: SharedSystemClock | SharedManualClock
    clock = SharedSystemClock(alone.rate, start) if isinstance(alone, SystemClock) else SharedManualClock(start)
    clock.share(Board(path))
    return clock
