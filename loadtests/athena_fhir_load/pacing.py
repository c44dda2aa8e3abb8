"""A client's pace against a limiter on virtual time: the client's own functions, and a server that only counts.

Nobody waits: ten thousand requests take twenty minutes of virtual time and less than a second. What differs from a real
client are sockets and threads; what it decides is the same code.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from math import inf

from athena_fhir_client.pace.state import Mark, Pace
from athena_fhir_client.pace.strategies import NEXT, Strategy, adapted
from athena_fhir_client.pace.told import told_by
from athena_fhir_client.pace.window import DAY, Reply, give_back, take

Headers = dict[str, str]
Hit = Callable[[float], tuple[bool, Headers]]
"""Decides on a request at a server's instant: whether it is admitted, and the header fields that tell."""


@dataclass(frozen=True, slots=True)
class Network:
    """How long a request is under way, each drawn anew: seconds.

    Attributes:
        there, back: before it is decided on, and after it was worked on.
        service: the work in between.
        ahead: how far the server's clock is ahead of the client's.
    """

    there: Callable[[], float] = lambda: 0.0005
    service: Callable[[], float] = lambda: 0.0
    back: Callable[[], float] = lambda: 0.0005
    ahead: float = 1_700_000_000.0


@dataclass(frozen=True, slots=True)
class Run:
    """What came of it.

    Attributes:
        seconds: from the first sending to the last answer.
        refused: how many 429s.
        sent: how many requests, those that were refused included.
        pace: as the client has it in the end.
    """

    seconds: float
    refused: int
    sent: int
    pace: Pace


def run(
    hit: Hit,
    requests: int,
    *,
    workers: int = 1,
    network: Network | None = None,
    strategy: Strategy = Strategy.PACED,
    pace: Pace | None = None,
    began: float = 100.0,
) -> Run:
    """Send so many requests that are not refused, from so many threads that share one pace."""
    return _Simulation(hit, requests, network or Network(), strategy, pace or Pace()).run(workers, began)


class _Simulation:
    def __init__(self, hit: Hit, requests: int, network: Network, strategy: Strategy, pace: Pace) -> None:
        self.hit, self.left, self.network, self.pace = hit, requests, network, pace
        self.strategy, self.next = strategy, NEXT[strategy]
        self.events: list[tuple[float, int, Callable[[float], None]]] = []
        self.order = count()
        self.idle = 0
        self.refused = self.sent = self.open = 0
        self.ended, self.planned = 0.0, inf

    def run(self, workers: int, began: float) -> Run:
        self.idle = workers
        self.at(began, self.awake)
        while self.events:
            now, _, event = heapq.heappop(self.events)
            event(now)
        return Run(self.ended - began, self.refused, self.sent, self.pace)

    def at(self, when: float, event: Callable[[float], None]) -> None:
        heapq.heappush(self.events, (when, next(self.order), event))

    def awake(self, now: float) -> None:
        """Idle workers ask for a turn."""
        while self.idle and self.left > self.open:
            at = self.next(self.pace, now)
            if at is None:
                return  # an answer will tell
            if at > now:
                self.plan(at)
                return
            self.send(now)

    def plan(self, when: float) -> None:
        """Ask again then, once."""
        if when < self.planned:
            self.planned = when
            self.at(when, self.planned_awake)

    def planned_awake(self, now: float) -> None:
        if now >= self.planned:
            self.planned = inf
            self.awake(now)

    def send(self, now: float) -> None:
        self.pace, mark = take(self.pace, now, int(now // DAY))
        self.idle, self.open, self.sent = self.idle - 1, self.open + 1, self.sent + 1
        self.at(now + self.network.there(), lambda arrived: self.arrive(arrived, mark))

    def arrive(self, now: float, mark: Mark) -> None:
        admitted, headers = self.hit(now + self.network.ahead)
        worked = self.network.service() if admitted else 0.0
        if "Server-Timing" in headers:
            headers = {**headers, "Server-Timing": f"total;dur={worked * 1000:.3f}"}
        status = 200 if admitted else 429
        self.at(now + worked + self.network.back(), lambda then: self.answer(then, mark, status, headers))

    def answer(self, now: float, mark: Mark, status: int, headers: Headers) -> None:
        told = told_by(headers, now + self.network.ahead)
        self.pace = give_back(self.pace, mark, Reply(now, status, told, warm=True))
        if self.strategy is Strategy.ADAPTIVE:
            self.pace = adapted(self.pace, status)
        if status == 429:
            self.refused += 1
            wait = told.retry_after or 0.5
            self.pace = self.pace._replace(blocked=max(self.pace.blocked, now + wait))
        else:
            self.left -= 1
            self.ended = now
        self.idle, self.open = self.idle + 1, self.open - 1
        self.awake(now)
