"""What the load generator notes of its own run: what was due and what became of it, in each second, and how it felt.

Latency counts from the instant at which a request was due, not from the one at which it could be sent: a generator that
waits for slow answers before it sends on would not see that they are slow. Notes of several processes add up.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any, Literal

from athena_fhir_load.histogram import Histogram

Kind = Literal["answered", "refused", "failed"]
KINDS: tuple[Kind, ...] = ("answered", "refused", "failed")

_COUNTED = ("offered", "dropped", *KINDS)


class Second:
    """One second of the run."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.latency = Histogram()

    def as_json(self) -> dict[str, Any]:
        """To send or keep."""
        return {name: self.counts[name] for name in _COUNTED} | {"latency": self.latency.as_json()}


class Notes:
    """The notes of one process, or of several that were added up.

    Attributes:
        latency: by what came of it; since it was due, and for a 429 since it was sent. lag: sent later than due by.
        loop_lag: how much later than wanted the process itself woke. cpu_seconds, seconds: of all processes together.
        processes: how many they are.
    """

    def __init__(self) -> None:
        self.timeline: defaultdict[int, Second] = defaultdict(Second)
        self.latency: dict[Kind, Histogram] = {kind: Histogram() for kind in KINDS}
        self.lag = Histogram()
        self.loop_lag = Histogram()
        self.users: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()
        self.cpu_seconds = self.seconds = 0.0
        self.processes = 0

    def offered(self, second: int) -> None:
        """A request was due."""
        self.timeline[second].counts["offered"] += 1

    def dropped(self, second: int) -> None:
        """It was not sent: its user had too many open already."""
        self.timeline[second].counts["dropped"] += 1

    def came(self, kind: Kind, second: int, milliseconds: float) -> None:
        """An answer came in that second of the run."""
        self.latency[kind].add(milliseconds)
        self.timeline[second].counts[kind] += 1
        if kind == "answered":
            self.timeline[second].latency.add(milliseconds)

    def failed(self, what: str) -> None:
        """Why a request failed."""
        self.failures[what] += 1

    @property
    def total(self) -> Counter[str]:
        """Counts of all seconds."""
        total: Counter[str] = Counter()
        for second in self.timeline.values():
            total.update(second.counts)
        return total

    def as_json(self) -> dict[str, Any]:
        """To send to the master, or keep."""
        return {
            "timeline": {str(second): told.as_json() for second, told in sorted(self.timeline.items())},
            "latency": {kind: told.as_json() for kind, told in self.latency.items() if len(told)},
            "lag": self.lag.as_json(),
            "loop_lag": self.loop_lag.as_json(),
            "users": dict(self.users),
            "failures": dict(self.failures.most_common(50)),
            "cpu_seconds": self.cpu_seconds,
            "seconds": self.seconds,
            "processes": self.processes,
        }

    def merge(self, told: Mapping[str, Any]) -> None:
        """Add what another process noted (:meth:`as_json`)."""
        for second, each in told["timeline"].items():
            mine = self.timeline[int(second)]
            mine.counts.update({name: each[name] for name in _COUNTED})
            mine.latency.merge(Histogram.from_json(each["latency"]))
        for kind in KINDS:
            self.latency[kind].merge(Histogram.from_json(told["latency"].get(kind, {})))
        self.lag.merge(Histogram.from_json(told["lag"]))
        self.loop_lag.merge(Histogram.from_json(told["loop_lag"]))
        self.users.update(told["users"])
        self.failures.update(told["failures"])
        self.cpu_seconds += told["cpu_seconds"]
        self.seconds += told["seconds"]

    @property
    def cpu_share(self) -> float:
        """Of one core, in the mean of all processes."""
        return self.cpu_seconds / self.seconds if self.seconds else 0.0
