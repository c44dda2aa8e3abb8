"""Time, as a value that is handed in.

Everything in this package that asks what time it is, or waits, asks a :class:`Clock`. :class:`SystemClock` is the
machine's; that of an emulator, which may stand still or run sixty times as fast, is in :mod:`.emulator_clock`.
"""

import threading
import time
from collections.abc import Mapping
from typing import Protocol


class Clock(Protocol):
    """Tells the time and waits. All in seconds."""

    def now(self) -> float:
        """Seconds since 1970, for what is told in dates: expiry of tokens, midnight, ``Retry-After``."""
        ...

    def monotonic(self) -> float:
        """Seconds since some instant; never goes back. The same for all processes of the machine."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait so long."""
        ...

    def wait(self, condition: threading.Condition, seconds: float | None) -> None:
        """Wait until the condition, which the caller holds, is notified, or so long at most. May return early."""
        ...

    def headers(self) -> Mapping[str, str]:
        """Header fields that requests of this thread carry, so that the server knows who waits for its clock."""
        ...


class SystemClock:
    """The machine's."""

    def now(self) -> float:
        """See :class:`Clock`."""
        return time.time()  # noqa: TID251 - the one place that may

    def monotonic(self) -> float:
        """See :class:`Clock`."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """See :class:`Clock`."""
        if seconds > 0:
            time.sleep(seconds)  # noqa: TID251 - the one place that may

    def wait(self, condition: threading.Condition, seconds: float | None) -> None:
        """See :class:`Clock`."""
        condition.wait(seconds)

    def headers(self) -> Mapping[str, str]:
        """None: nobody waits for this clock."""
        return {}


def stopwatch() -> float:
    """Real seconds since some instant, whatever the :class:`Clock`: a socket's timeouts are real ones."""
    return time.monotonic()
