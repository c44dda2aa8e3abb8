"""How far nodes go: requests come at random, at nodes that compute one at a time and wait for what they share.

A node is a Python process: one request computes at a time there, others wait while their own asks the database or the
counters. The database has some processors, the counters have one. What each costs is measured
(``test_bench_nodes.py``); the simulation adds that requests stand in each other's way. Seeded, so it says the same
every time.
"""

import heapq
import random
import sys
from dataclasses import dataclass
from math import inf


@dataclass(frozen=True, slots=True)
class Costs:
    """CPU seconds of one request.

    Attributes:
        node: of the node, in all. database: of PostgreSQL, likewise. counters: of Valkey.
        asks: how many statements are asked one after another. network: seconds that each of them travels, both ways.
    """

    node: float
    database: float
    counters: float
    asks: int = 2
    network: float = 0.0002


@dataclass(frozen=True, slots=True)
class Figures:
    """What came out.

    Attributes:
        throughput: requests each second that were answered. p50, p99: seconds.
        busy: shares of their time that node, database and counters computed.
    """

    throughput: float
    p50: float
    p99: float
    busy: tuple[float, float, float]


def most(costs: Costs, nodes: int, processors: int) -> float:
    """Requests each second, on paper: until the first of what they need computes without a pause."""
    each = (nodes, costs.node), (processors, costs.database), (1, costs.counters)
    return min((many / cost for many, cost in each if cost), default=inf)


class _Server:
    """Some processors with one queue."""

    def __init__(self, processors: int) -> None:
        self._free = [0.0] * processors
        self.computed = 0.0

    def serves(self, at: float, seconds: float) -> float:
        """When work is done that arrives now and takes so long."""
        begins = max(at, heapq.heappop(self._free))
        heapq.heappush(self._free, begins + seconds)
        self.computed += seconds
        return begins + seconds


def simulated(
    costs: Costs, rate: float, nodes: int, processors: int, *, requests: int = 20_000, seed: int = 1
) -> Figures:
    """``requests`` requests that come at random, ``rate`` each second, each at any of the nodes.

    Args:
        processors: of the database.
    """
    chance = random.Random(seed)  # noqa: S311 - nothing is guessed from it
    machines = [_Server(1) for _ in range(nodes)]
    database, counters = _Server(processors), _Server(1)
    # (instant, number, steps left, when it came, machine): whatever happens first is done first.
    events: list[tuple[float, int, int, float, int]] = []
    at = 0.0
    for number in range(requests):
        at += chance.expovariate(rate)
        events.append((at, number, 2 * (costs.asks + 1) + 1, at, chance.randrange(nodes)))
    took, last = [], 0.0
    part = costs.node / (costs.asks + 2)
    while events:
        now, number, left, came, machine = heapq.heappop(events)
        if left % 2:  # the node computes, then asks
            done = machines[machine].serves(now, part) + (costs.network / 2 if left > 1 else 0)
        elif left == 2 * (costs.asks + 1):
            done = counters.serves(now, costs.counters) + costs.network / 2
        else:
            done = database.serves(now, costs.database / costs.asks) + costs.network / 2
        if left > 1:
            heapq.heappush(events, (done, number, left - 1, came, machine))
        else:
            took.append(done - came)
            last = max(last, done)
    took.sort()
    computed = sum(each.computed for each in machines) / nodes, database.computed / processors, counters.computed
    node, data, count = (each / last for each in computed)
    return Figures(requests / last, took[len(took) // 2], took[len(took) * 99 // 100], (node, data, count))


def main() -> None:
    """Print the table of docs/scaling.md."""
    costs = Costs(node=0.0009, database=0.0003, counters=0.00003)  # three reads to two searches
    for nodes in (1, 2, 4, 8, 16, 32):
        bound = most(costs, nodes, 4)
        at = [simulated(costs, bound * share, nodes, 4) for share in (0.5, 0.8)]
        told = " | ".join(f"{1000 * each.p50:.1f} / {1000 * each.p99:.1f}" for each in at)
        sys.stdout.write(f"| {nodes} | {bound:,.0f} | {told} |\n")


if __name__ == "__main__":
    main()
