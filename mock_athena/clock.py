"""Time is a value: the only module that reads the machine's clock.

Whatever knows time (limiter, daily quota, tokens, export progress, journal) takes a :class:`Clock`, so that one
call moves them all together and no test sleeps. Instants are integers: nanoseconds since 1970-01-01T00:00:00Z.

Two times are told apart. :meth:`Clock.now` is *our* time: what the emulator issued (tokens, jobs, files, quotas)
is judged by it, and a user may freeze, scale or move it. :meth:`Clock.wall` is the machine's time: what others
signed (client assertions) is judged by it, because their clocks do not follow ours.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from mock_athena.errors import ClockStopped, ClockTimeout
from mock_athena.waiters import Wait, Waiters

NANOSECONDS = 1_000_000_000
LATEST = 221_845_392_000 * NANOSECONDS
"""9000-01-01: no clock goes beyond, so that what expires years later still has a date of four digits."""

PATIENCE = 60.0
"""Real seconds after which a wait ends with an error: somebody did not come, or nobody moves the clock."""

_LOOK_EVERY = 0.25  # real seconds between two looks whether somebody still waits
_FREEZING = 10_000_000  # real nanoseconds within which other threads have seen that a clock was frozen


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


class MovableClock:
    """What a clock that runs and one that stands have in common: waiting for an instant, and being moved.

    A clock that stands is moved by whoever tells it to, or by its *participants*: while any are declared, it moves on
    by itself whenever all of them wait, and one of them runs at a time (:mod:`mock_athena.waiters`).
    """

    def __init__(self, start: int | None, standing: bool) -> None:
        self._start = time.time_ns() if start is None else start  # noqa: TID251 - the one place that may
        self._stands_at: int | None = self._start if standing else None
        self._lock = threading.RLock()
        self._waiters = Waiters(self._set)
        self._thread = threading.local()
        self._closed = False

    def now(self) -> int:
        """See :meth:`Clock.now`."""
        raise NotImplementedError

    def wall(self) -> int:
        """See :meth:`Clock.wall`."""
        return time.time_ns()  # noqa: TID251 - the one place that may

    @property
    def started(self) -> int:
        """Where it began, in nanoseconds since 1970 UTC."""
        return self._start

    @property
    def stands(self) -> bool:
        """Whether it stands, and so can be moved."""
        return self._stands_at is not None

    @property
    def participant_here(self) -> str | None:
        """The participant whose thread this is."""
        return getattr(self._thread, "name", None)

    @property
    def waiting(self) -> tuple[int, ...]:
        """The instants that somebody waits for, earliest first."""
        with self._lock:
            return self._waiters.instants

    @property
    def participants(self) -> tuple[str, ...]:
        """Who was declared and has not left."""
        with self._lock:
            self._give_up_overdue()
            return self._waiters.participants

    @property
    def awaited(self) -> tuple[str, ...]:
        """The participants for whom the others wait: who runs, else who has not come yet."""
        with self._lock:
            return self._waiters.awaited

    def advance(self, nanoseconds: int) -> int:
        """Move forward by so many nanoseconds; answers the new instant.

        Raises:
            ValueError: the step is negative, since time does not run backward here, or leads beyond :data:`LATEST`;
                the clock runs, or its participants move it.
        """
        if nanoseconds < 0:
            message = f"a clock moves forward only, not by {nanoseconds / NANOSECONDS:g} s"
            raise ValueError(message)
        with self._lock:
            return self._moved(self.now() + nanoseconds)

    def advance_to(self, instant: int) -> int:
        """Move forward to ``instant`` (nanoseconds since 1970 UTC); answers the new instant.

        Raises:
            ValueError: the instant is in this clock's past, or as :meth:`advance`.
        """
        with self._lock:
            now = self.now()
            if instant < now:
                message = (
                    f"the clock already stands at {unix_text(now)}, later than {unix_text(instant)} (unix seconds)"
                )
                raise ValueError(message)
            return self._moved(instant)

    def declare(self, *names: str, lease: float | None = None) -> None:
        """Name the participants, before any of them starts; on a clock that runs, they are no more than names.

        Args:
            lease: real seconds after which one for whom everybody waits has left, since it may have crashed where
                nobody saw it; never if left out.

        Raises:
            ValueError: no name, a name twice, or one that takes part already.
        """
        with self._lock:
            self._waiters.declare(names, lease, time.monotonic())

    @contextmanager
    def participant(self, name: str) -> Iterator[None]:
        """Take part as ``name`` with this thread, once it is its turn; leave in the end.

        Raises:
            ValueError: nobody of that name was declared.
            ClockTimeout: see :meth:`wait_until`.
        """
        try:
            self._take_turn(self.now(), name, PATIENCE)
            self._thread.name = name
            yield
        finally:
            self._thread.name = None
            self.leave(name)

    def leave(self, name: str) -> None:
        """Take part no more; nothing where ``name`` does not take part."""
        with self._lock:
            if name in self._waiters.participants:
                self._waiters.leave(name)
                self._go_on()

    def wait_until(self, instant: int) -> None:
        """Wait until this clock is at ``instant``: the one documented way to do so, on every clock.

        Raises:
            ClockTimeout: it was not after :data:`PATIENCE` real seconds; on a clock that stands, nobody moved it.
            ClockStopped: the emulator was reset or ended meanwhile.
        """
        self._take_turn(instant, self.participant_here, PATIENCE)

    def sleep(self, seconds: float) -> None:
        """Wait for so many seconds of this clock; see :meth:`wait_until`."""
        self.wait_until(self.now() + round(seconds * NANOSECONDS))

    def wait(
        self,
        instant: int,
        *,
        participant: str | None = None,
        patience: float | None = None,
        abandoned: Callable[[], bool] | None = None,
    ) -> bool:
        """Wait until this clock is at ``instant``, on behalf of somebody else.

        Args:
            participant: for whom; a participant whose patience ends goes on waiting and may ask again.
            patience: real seconds after which it is given up; for ever if left out.
            abandoned: says whether he for whom we wait has gone; asked now and then. A participant then leaves.

        Returns:
            whether the instant came.

        Raises:
            ValueError: nobody of that name was declared, or it waits for another instant.
        """
        with self._lock:
            if participant is None and self.now() >= instant:
                return True
            # On a clock that runs, everybody just waits.
            wait = self._waiters.add(instant, participant if self.stands else None)
            self._go_on()
        try:
            return self._awaited(wait, patience, abandoned)
        finally:
            with self._lock:
                if wait.name is None or wait.reached:
                    self._waiters.done(wait)

    def reset(self) -> None:
        """See :meth:`Clock.reset`. Whoever waits is sent away, and nobody takes part any more."""
        with self._lock:
            self._waiters.clear()

    def stand_at(self, instant: int) -> None:
        """Stand at an instant (nanoseconds since 1970 UTC), earlier or later; otherwise as :meth:`reset`."""
        with self._lock:
            self.reset()
            self._set(instant)

    def close(self) -> None:
        """Send everybody away who waits, now and later: the emulator ends."""
        with self._lock:
            self._closed = True
            self._waiters.clear()

    def _take_turn(self, instant: int, name: str | None, patience: float) -> None:
        if self.wait(instant, participant=name, patience=patience):
            return
        with self._lock:
            gone, awaited = name is not None and name not in self._waiters.participants, self._waiters.awaited
        if self._closed or gone:
            raise ClockStopped("the emulator was reset or ended while somebody waited for its clock")
        told = f"everybody waits for {', '.join(awaited)}" if awaited else "nobody moved the clock"
        message = f"the clock did not reach {unix_text(instant)} within {patience:g} real seconds: {told}"
        raise ClockTimeout(message)

    def _awaited(self, wait: Wait, patience: float | None, abandoned: Callable[[], bool] | None) -> bool:
        deadline = None if patience is None else time.monotonic() + patience
        while not self._looked(wait):
            left = self._real_seconds_to(wait.instant)
            if deadline is not None:
                patient_for = deadline - time.monotonic()
                if patient_for <= 0:
                    return False
                left = min(left, patient_for)  # 0 where the instant came just now
            if abandoned is not None and abandoned():
                self._forsake(wait)
                return False
            if abandoned is not None or self._waiters.leased:
                left = min(left, _LOOK_EVERY)
            wait.nudged.wait(min(left, threading.TIMEOUT_MAX))
            wait.nudged.clear()
        return wait.reached

    def _looked(self, wait: Wait) -> bool:
        """Whether the wait is over, for whatever reason."""
        with self._lock:
            self._give_up_overdue()
            if not self.stands and self.now() >= wait.instant:
                wait.reached = True
            return wait.reached or self._closed or not self._waiters.holds(wait)

    def _forsake(self, wait: Wait) -> None:
        if wait.name is not None:
            self.leave(wait.name)

    def _real_seconds_to(self, instant: int) -> float:
        return threading.TIMEOUT_MAX if self.stands else max(0.0, (instant - self.now()) / NANOSECONDS)

    def _moved(self, instant: int) -> int:
        if not self.stands:
            message = "the clock runs by itself; freeze it first"
            raise ValueError(message)
        self._give_up_overdue()
        if self._waiters.participants:
            names = ", ".join(self._waiters.participants)
            message = f"the clock is moved by its participants ({names}): it goes on when all of them wait"
            raise ValueError(message)
        self._set(instant)
        self._waiters.wake(instant)
        return instant

    def _go_on(self) -> None:
        if self.stands:
            self._waiters.next_turn(self.now(), time.monotonic())

    def _give_up_overdue(self) -> None:
        for name in self._waiters.overdue(time.monotonic()) if self._waiters.leased else ():
            self.leave(name)

    def _set(self, instant: int) -> None:
        if instant > LATEST:
            message = "the clock ends with the year 8999; move it less far, or POST /_mock/reset"
            raise ValueError(message)
        self._stands_at = instant


class SystemClock(MovableClock):
    """Our time is the machine's, anchored at start to its monotonic clock and running ``rate`` times as fast.

    Anchoring means that a step of the machine's clock (NTP, an administrator) neither frees quota nor locks
    anybody out: only elapsed time counts. It can be frozen; then it stands and can be moved, until it is resumed.
    """

    def __init__(self, rate: float = 1.0, start: int | None = None) -> None:
        self.rate = rate
        # (of the monotonic clock, of ours): always replaced together
        began = time.monotonic_ns()
        super().__init__(start, standing=False)
        self._anchor = self._first_anchor = (began, self._start)

    def now(self) -> int:
        """See :meth:`Clock.now`."""
        stands_at = self._stands_at
        return self._running() if stands_at is None else stands_at

    def freeze(self) -> None:
        """Stand still from now on."""
        with self._lock:
            if self._stands_at is None:
                # A little later than now: no thread that reads it meanwhile may find that it went back.
                self._stands_at = self._running() + int(_FREEZING * self.rate)
                self._stands_at = max(self._stands_at, self._running())
                self._waiters.nudge()

    def resume(self) -> None:
        """Run on from where it stands.

        Raises:
            ValueError: its participants move it.
        """
        with self._lock:
            if self._waiters.participants:
                message = "participants move the clock; they leave first"
                raise ValueError(message)
            if self._stands_at is not None:
                self._anchor = (time.monotonic_ns(), self._stands_at)
                self._stands_at = None
                self._waiters.nudge()

    def reset(self) -> None:
        """See :meth:`Clock.reset`: as if it had never been frozen."""
        with self._lock:
            super().reset()
            self._anchor = self._first_anchor
            self._stands_at = None

    def _running(self) -> int:
        began, start = self._anchor
        elapsed = time.monotonic_ns() - began
        return start + (elapsed if self.rate == 1.0 else int(elapsed * self.rate))

    def _real_seconds_to(self, instant: int) -> float:
        return super()._real_seconds_to(instant) / self.rate


class ManualClock(MovableClock):
    """Our time stands still until it is told to move, and only moves forward."""

    def __init__(self, start: int | None = None) -> None:
        super().__init__(start, standing=True)

    def now(self) -> int:
        """See :meth:`Clock.now`."""
        assert self._stands_at is not None  # noqa: S101 - says so to the type checker
        return self._stands_at

    def reset(self) -> None:
        """See :meth:`Clock.reset`."""
        with self._lock:
            super().reset()
            self._stands_at = self._start


stopwatch = time.perf_counter_ns
"""Nanoseconds of real time from an arbitrary origin: for reporting how long something took, never to decide."""
