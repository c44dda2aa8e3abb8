"""What is simulated: crowds of callers, what they want, how they behave, and the network between."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from math import inf
from random import Random
from typing import Protocol

DAY = 86_400.0

Want = tuple[float, int]
"""At an instant, in seconds of the scene, so many requests at once."""


class Behaviour(StrEnum):
    """How a process sends. The first four are the reference client's strategies (its own code).

    ``obedient`` has no pace: it sends at once and, refused, comes back with that request when it was told to.
    ``greedy`` comes back a second later, whatever it was told.
    """

    PACED = "paced"
    SPACED = "spaced"
    BACKOFF = "backoff"
    ADAPTIVE = "adaptive"
    OBEDIENT = "obedient"
    GREEDY = "greedy"


class Demand(Protocol):
    """When the application of a process wants something, whether or not it gets it: an open model."""

    def wants(self, chance: Random, seconds: float) -> Iterator[Want]:
        """In order; ``seconds`` is how long the scene lasts."""
        ...


@dataclass(frozen=True, slots=True)
class Job:
    """So many requests at once, once."""

    requests: int
    at: float = 0.0

    def wants(self, chance: Random, seconds: float) -> Iterator[Want]:  # noqa: ARG002
        """See :class:`Demand`."""
        yield self.at, self.requests


@dataclass(frozen=True, slots=True)
class Regular:
    """So many requests at once, again and again.

    Attributes:
        every: seconds.
        spread: the first time is drawn, evenly, from so many seconds; 0: everybody comes at the same moment.
    """

    requests: int
    every: float = DAY
    spread: float = DAY
    at: float = 0.0

    def wants(self, chance: Random, seconds: float) -> Iterator[Want]:
        """See :class:`Demand`."""
        at = self.at + chance.uniform(0.0, self.spread)
        while at < seconds:
            yield at, self.requests
            at += self.every


_OFFICE = (0.02,) * 6 + (0.1, 0.5, 1.0, 1.0, 1.0, 0.9, 0.6, 0.9, 1.0, 1.0, 0.9, 0.6, 0.2, 0.1, 0.05, 0.05, 0.02, 0.02)
"""How busy each hour of a working day is, as a part of the busiest."""
_FREE_DAY = 0.15  # of a working day
_WEEKEND = (5, 6)


@dataclass(frozen=True, slots=True)
class Office:
    """People at work: a chart is opened now and then, in office hours mostly, seldom at the weekend.

    Arrivals are a Poisson process whose rate follows the hours; the first day of a scene is a Monday.

    Attributes:
        requests: at once, for one chart.
        per_day: charts on a working day, on average.
    """

    requests: int
    per_day: float

    def wants(self, chance: Random, seconds: float) -> Iterator[Want]:
        """See :class:`Demand`."""
        busiest = self.per_day / (sum(_OFFICE) * 3600)
        at = 0.0
        while (at := at + chance.expovariate(busiest)) < seconds:
            day, rest = divmod(at, DAY)
            busy = _OFFICE[int(rest // 3600)] * (_FREE_DAY if int(day) % 7 in _WEEKEND else 1.0)
            if chance.random() < busy:
                yield at, self.requests


@dataclass(frozen=True, slots=True)
class Network:
    """Seconds under way, one way; each time drawn evenly between ``least`` and ``least + jitter``.

    Attributes:
        service: seconds that the server works after it decided to.
    """

    least: float = 0.020
    jitter: float = 0.010
    service: float = 0.010


@dataclass(frozen=True, slots=True)
class Crowd:
    """Callers who are alike.

    Attributes:
        callers: how many, each with a client id and so a quota of its own.
        processes: of each caller, which share its quota. What they want is wanted by each.
        shares_pace: whether those processes share one pace too, as through the client's file on one machine; else
            each has its own and learns of the others from what the server tells.
        workers: requests in flight at most, of each process.
        client: another crowd's name, whose quotas are spent.
        pauses: seconds between an answer and the next request, for steps that follow each other (one worker); the last
            one holds for all that come after.
    """

    name: str
    demand: Demand
    callers: int = 1
    behaviour: Behaviour = Behaviour.PACED
    processes: int = 1
    shares_pace: bool = True
    workers: int = 8
    client: str = ""
    pauses: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Numbers that mean nothing are refused.

        Raises:
            ValueError: which, and what it must be.
        """
        for name in ("callers", "processes", "workers"):
            if getattr(self, name) < 1:
                message = f"crowd {self.name!r}: {name} must be 1 or more, not {getattr(self, name)}"
                raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Scene:
    """One simulation.

    Attributes:
        seconds: how long it lasts; infinite: until everybody has what was wanted.
        policy: as ``mock-athena serve --limits`` names it.
    """

    name: str
    crowds: tuple[Crowd, ...]
    seconds: float = inf
    seed: int = 1
    policy: str = "mission"
    network: Network = field(default_factory=Network)
