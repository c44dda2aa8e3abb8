"""When requests are due: instants that do not ask how long answers take (an open model).

A closed model, which sends the next request when the last was answered, slows down with the server that it measures,
and so never sees a queue.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from random import Random


@dataclass(frozen=True, slots=True)
class Even:
    """One every ``1/rate`` seconds, from a phase of its own."""

    rate: float

    def due(self, random: Random) -> Iterator[float]:
        """Seconds since the beginning, for ever."""
        phase = random.random()
        return ((number + phase) / self.rate for number in count())


@dataclass(frozen=True, slots=True)
class Poisson:
    """``rate`` a second in the mean, each independent of the others, as people come."""

    rate: float

    def due(self, random: Random) -> Iterator[float]:
        """Seconds since the beginning, for ever."""
        at = 0.0
        while True:
            at += random.expovariate(self.rate)
            yield at


@dataclass(frozen=True, slots=True)
class Bursts:
    """``size`` at once, every ``every`` seconds."""

    size: int
    every: float

    def due(self, random: Random) -> Iterator[float]:  # noqa: ARG002 - nothing is left to chance
        """Seconds since the beginning, for ever."""
        return ((number // self.size) * self.every for number in count())


Arrivals = Even | Poisson | Bursts
