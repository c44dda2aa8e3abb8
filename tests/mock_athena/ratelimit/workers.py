"""Processes that share counters and ask without a pause."""

import time
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from typing import Any

from mock_athena.clock import Clock
from mock_athena.ratelimit import policy_named
from mock_athena.ratelimit.history import Judged
from mock_athena.ratelimit.holders import counters_named
from tests.mock_athena.ratelimit.keys import ONE


class OneClock:
    """A fast clock on which all processes of a machine agree."""

    def __init__(self, rate: float) -> None:
        self._rate, self._anchor = rate, time.monotonic_ns()

    def now(self) -> int:
        """Our time since 1970."""
        return int((time.monotonic_ns() - self._anchor) * self._rate)

    def wall(self) -> int:
        """The same."""
        return self.now()

    def reset(self) -> None:
        """It was never moved."""


def hammer(counters: str, processes: int, span: int, *, rate: float = 1.0, own_time: bool = False) -> list[Judged]:
    """What so many processes were told who ask for ``span`` nanoseconds of our time, in order of numbers.

    Args:
        counters: as for ``--counters``. own_time: a server's own time counts, which is real time.
    """
    context, clock = get_context("spawn"), OneClock(rate)
    barrier, results = context.Barrier(processes), context.SimpleQueue()
    crew = [
        context.Process(target=_ask, args=(counters, span, clock, own_time, barrier, results)) for _ in range(processes)
    ]
    for process in crew:
        process.start()
    told = [decision for _ in crew for decision in results.get()]
    for process in crew:
        process.join()
        assert process.exitcode == 0
    return sorted((Judged(*decision) for decision in told), key=lambda judged: judged.seq)


def _ask(name: str, span: int, clock: Clock, own_time: bool, barrier: Barrier, results: Any) -> None:
    counters = counters_named(name, policy_named("mission"), clock, own_time=own_time, fail="closed")
    told = []
    barrier.wait()
    until = clock.now() + span
    while clock.now() < until:
        decision = counters.hit(ONE)
        told.append((decision.seq, decision.instant, "one", decision.allowed))
    results.put(told)
    counters.close()
