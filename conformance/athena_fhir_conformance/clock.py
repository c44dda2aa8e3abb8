"""The one place of the suite that tells time and waits.

A target in real time is waited for by sleeping. An emulator whose clock stands still is waited for by moving its clock
over HTTP (``POST /_mock/clock``), so that a run takes no longer than its requests.
"""

import time
from collections.abc import Callable
from typing import Protocol


class Clock(Protocol):
    """The target's time, in Unix seconds, and a way to let it pass."""

    @property
    def virtual(self) -> bool:
        """Whether waiting costs no real time."""
        ...

    def now(self) -> float:
        """Unix seconds by the target's clock, as well as it is known."""
        ...

    def sleep(self, seconds: float) -> None:
        """Return when so many seconds have passed for the target."""


class RealTime:
    """The machine's own time."""

    virtual = False

    def now(self) -> float:
        """Unix seconds."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Sleep."""
        time.sleep(max(seconds, 0.0))


class MovedTime:
    """The standing clock of an emulator, which moves when somebody waits.

    Args:
        instant: the clock's Unix seconds now.
        move: moves it by so many seconds and answers where it stands then.
    """

    virtual = True

    def __init__(self, instant: float, move: Callable[[float], float]) -> None:
        self._instant, self._move = instant, move

    def now(self) -> float:
        """Where the clock was left."""
        return self._instant

    def sleep(self, seconds: float) -> None:
        """Move the clock on; nobody else moves it during a run."""
        if seconds > 0:
            self._instant = self._move(seconds)


def stopwatch() -> float:
    """Seconds since some instant, for durations of real time."""
    return time.monotonic()
