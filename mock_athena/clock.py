"""Time is a value: the only module that reads the machine's clock.

Whatever knows time (limiter, daily quota, tokens, export progress, journal) takes a :class:`Clock`, so that one
call moves them all together and no test sleeps. Instants are integers: nanoseconds since 1970-01-01T00:00:00Z.

Two times are told apart. :meth:`Clock.now` is *our* time: what the emulator issued (tokens, jobs, files, quotas)
is judged by it, and a user may freeze, scale or move it. :meth:`Clock.wall` is the machine's time: what others
signed (client assertions) is judged by it, because their clocks do not follow ours.
"""

import threading
import time
from typing import Protocol

from mock_athena.errors import ConfigurationError

NANOSECONDS = 1_000_000_000
LATEST = 221_845_392_000 * NANOSECONDS
"""9000-01-01: no clock goes beyond, so that what expires years later still has a date of four digits."""

_FASTEST = 1_000_000


def unix_text(nanoseconds: int) -> str:
    """Nanoseconds since 1970 UTC as unix seconds with nine decimals, such as ``1767225600.000000000``."""
    return "%d.%09d" % divmod(nanoseconds, NANOSECONDS)  # noqa: UP031 - with every request, in two thirds of the time


class Clock(Protocol):
    """What every room asks for the time."""

    def now(self) -> int:
        """Our time, in nanoseconds since 1970 UTC; never goes backward by itself."""
        ...

    def wall(self) -> int:
        """The machine's time, in nanoseconds since 1970 UTC."""
        ...

    def reset(self) -> None:
        """Stand where this clock stood when it was made, if it is one that was moved."""
        ...


class SystemClock:
    """Our time is the machine's, anchored at start to its monotonic clock and running ``rate`` times as fast.

    Anchoring means that a step of the machine's clock (NTP, an administrator) neither frees quota nor locks
    anybody out: only elapsed time counts.
    """

    def __init__(self, rate: float = 1.0, start: int | None = None) -> None:
        self.rate = rate
        self._anchor = time.monotonic_ns()
        self._start = time.time_ns() if start is None else start  # noqa: TID251 - the one place that may

    def now(self) -> int:
        """See :meth:`Clock.now`."""
        elapsed = time.monotonic_ns() - self._anchor
        return self._start + (elapsed if self.rate == 1.0 else int(elapsed * self.rate))

    def wall(self) -> int:
        """See :meth:`Clock.wall`."""
        return time.time_ns()  # noqa: TID251 - the one place that may

    def reset(self) -> None:
        """Nothing to do: this clock was never moved."""


class ManualClock:
    """Our time stands still until it is told to move, and only moves forward."""

    def __init__(self, start: int | None = None) -> None:
        self._lock = threading.Lock()
        self._start = time.time_ns() if start is None else start  # noqa: TID251 - the one place that may
        self._now = self._start

    def now(self) -> int:
        """See :meth:`Clock.now`."""
        return self._now

    def wall(self) -> int:
        """See :meth:`Clock.wall`."""
        return time.time_ns()  # noqa: TID251 - the one place that may

    def advance(self, nanoseconds: int) -> int:
        """Move forward by so many nanoseconds; answers the new instant.

        Raises:
            ValueError: the step is negative, since time does not run backward here, or leads beyond :data:`LATEST`.
        """
        if nanoseconds < 0:
            message = f"a clock moves forward only, not by {nanoseconds / NANOSECONDS:g} s"
            raise ValueError(message)
        with self._lock:
            return self._move(self._now + nanoseconds)

    def advance_to(self, instant: int) -> int:
        """Move forward to ``instant`` (nanoseconds since 1970 UTC); answers the new instant.

        Raises:
            ValueError: the instant is in this clock's past, or beyond :data:`LATEST`.
        """
        with self._lock:
            if instant < self._now:
                now, past = unix_text(self._now), unix_text(instant)
                message = f"the clock already stands at {now}, later than {past} (unix seconds)"
                raise ValueError(message)
            return self._move(instant)

    def reset(self) -> None:
        """See :meth:`Clock.reset`."""
        with self._lock:
            self._now = self._start

    def _move(self, instant: int) -> int:
        if instant > LATEST:
            message = "the clock ends with the year 8999; move it less far, or POST /_mock/reset"
            raise ValueError(message)
        self._now = instant
        return instant


def clock_from(name: str, start: int | None = None) -> SystemClock | ManualClock:
    """The clock that ``--clock`` names: ``system``, ``manual``, or ``xK`` for K times as fast as real time.

    Raises:
        ConfigurationError: any other name, a K that is not a positive number up to a million, or a start before
            1970 or beyond :data:`LATEST`.
    """
    if start is not None and not 0 <= start <= LATEST:
        message = "start: expected an instant from 1970 to the year 8999"
        raise ConfigurationError(message)
    if name == "system":
        return SystemClock(start=start)
    if name == "manual":
        return ManualClock(start)
    try:
        rate = float(name.removeprefix("x")) if name.startswith("x") else 0.0
    except ValueError:
        rate = 0.0
    if not 0.0 < rate <= _FASTEST:
        message = f"unknown clock {name!r}: expected 'system', 'manual' or 'x60' (times as fast, up to x{_FASTEST})"
        raise ConfigurationError(message)
    return SystemClock(rate, start)


stopwatch = time.perf_counter_ns
"""Nanoseconds of real time from an arbitrary origin: for reporting how long something took, never to decide."""
