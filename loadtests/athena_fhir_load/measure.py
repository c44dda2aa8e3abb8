"""Measures CPU time, and collects figures to be shown when all is done.

The time that the process computed is measured, not the time that passed: on a machine that does other things as well it
repeats within a few percent. The least of several rounds is taken, since disturbances only ever add.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

ROUNDS = 5
NOW = 1_790_000_000_000_000  # the instant of what is loaded and asked, in microseconds since 1970 UTC


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


def in_turns(
    run: Callable[[], object],
    beside: Callable[[], object],
    calls: int,
    rounds: int = 2 * ROUNDS,
    between: Callable[[], object] | None = None,
) -> tuple[float, float]:
    """CPU time of one call of each of two, in microseconds, measured in turns: what disturbs one disturbs the other."""
    took, other = float("inf"), float("inf")
    for _ in range(rounds):
        other = min(other, cpu_microseconds(beside, calls, 1))
        took = min(took, cpu_microseconds(run, calls, 1, between))
    return took, other


def real_microseconds(run: Callable[[], object], calls: int, rounds: int = ROUNDS) -> float:
    """Time that passed for one call, in microseconds, where the work is another process's."""
    best = float("inf")
    for _ in range(rounds):
        began = time.perf_counter_ns()
        run()
        best = min(best, (time.perf_counter_ns() - began) / calls / 1000)
    return best


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a report.

    Attributes:
        baseline: what it was compared with, of the same run; empty if with nothing. ratio: the figure by that.
    """

    what: str
    value: float
    unit: str
    note: str = ""
    baseline: str = ""
    ratio: float | None = None

    @property
    def line(self) -> str:
        """As it is shown."""
        compared = "" if self.ratio is None else f"{self.ratio:.3g} x {self.baseline}"
        told = ", ".join(filter(None, (compared, self.note)))
        return f"{self.what:<52} {self.value:>9,.2f} {self.unit:<3} {told}".rstrip()


@dataclass
class Figures:
    """The figures of a run.

    Attributes:
        baselines: by name what others are compared with; see :mod:`.baselines`.
    """

    found: list[Figure] = field(default_factory=list)
    baselines: dict[str, float] = field(default_factory=dict)

    def add(
        self, what: str, value: float, unit: str, note: str = "", by: str = "", baseline: float | None = None
    ) -> None:
        """One figure.

        Args:
            by: name of the baseline that it is compared with, in the same unit.
            baseline: what that took in turns with it; what it took at the start of the run if left out.
        """
        ratio = value / (baseline or self.baselines[by]) if by else None
        self.found.append(Figure(what, value, unit, note, by, ratio))
