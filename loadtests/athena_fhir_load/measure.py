"""Measures CPU time, and collects figures to be shown when all is done.

The time that the process computed is measured, not the time that passed: on a machine that does other things as well it
repeats within a few percent. The least of several rounds is taken, since disturbances only ever add.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

ROUNDS = 5


def cpu_microseconds(
    run: Callable[[], object], calls: int, rounds: int = ROUNDS, between: Callable[[], object] | None = None
) -> float:
    """CPU time of one call, in microseconds.

    Args:
        run: makes ``calls`` calls.
        between: runs before each round, unmeasured.
    """
    best = float("inf")
    for _ in range(rounds):
        if between:
            between()
        began = time.process_time_ns()
        run()
        best = min(best, (time.process_time_ns() - began) / calls / 1000)
    return best


def real_microseconds(run: Callable[[], object], calls: int, rounds: int = ROUNDS) -> float:
    """Time that passed for one call, in microseconds, where the work is another process's."""
    best = float("inf")
    for _ in range(rounds):
        began = time.perf_counter_ns()
        run()
        best = min(best, (time.perf_counter_ns() - began) / calls / 1000)
    return best


@dataclass
class Figures:
    """Lines of a report."""

    lines: list[str] = field(default_factory=list)

    def add(self, what: str, value: float, unit: str, note: str = "") -> None:
        """One figure."""
        self.lines.append(f"{what:<52} {value:>9,.2f} {unit:<3} {note}".rstrip())
