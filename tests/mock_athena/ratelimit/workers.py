"""Processes that share one file of counters and ask without a pause."""

import time
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from mock_athena.clock import Clock
from mock_athena.ratelimit import policy_named
from mock_athena.ratelimit.engine import Engines
from mock_athena.ratelimit.history import Judged
from mock_athena.ratelimit.shared_file import SharedFileCounters
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


def hammer(path: Path, processes: int, span: int, *, rate: float = 1.0, policy: str = "mission") -> list[Judged]:
    """What so many processes were told who ask for ``span`` nanoseconds of our time, in order of numbers."""
    context, clock = get_context("spawn"), OneClock(rate)
    barrier, results = context.Barrier(processes), context.SimpleQueue()
    crew = [context.Process(target=_ask, args=(path, span, clock, policy, barrier, results)) for _ in range(processes)]
    for process in crew:
        process.start()
    told = [decision for _ in crew for decision in results.get()]
    for process in crew:
        process.join()
        assert process.exitcode == 0
    return sorted((Judged(*decision) for decision in told), key=lambda judged: judged.seq)


def _ask(path: Path, span: int, clock: Clock, policy: str, barrier: Barrier, results: Any) -> None:
    counters = SharedFileCounters(path, Engines(policy_named(policy)), clock)
    told = []
    barrier.wait()
    until = clock.now() + span
    while clock.now() < until:
        decision = counters.hit(ONE)
        told.append((decision.seq, decision.instant, "one", decision.allowed))
    results.put(told)
    counters.close()
