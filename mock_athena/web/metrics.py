"""What Prometheus scrapes: https://prometheus.io/docs/instrumenting/exposition_formats/.

Nothing is counted for it: whatever it tells is known anyway, and is looked up when somebody asks.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from mock_athena._version import __version__
from mock_athena.clock import NANOSECONDS
from mock_athena.web.world import World

MOST_CALLERS = 200
"""So many callers have series of their own: a load test with 10,000 of them is not to fill the scraper."""

_QUANTILES = (0.5, 0.9, 0.99)


def exposed(world: World, accept: str) -> tuple[bytes, str]:
    """All metrics in the format that ``Accept`` asks for, and its media type."""
    registry = CollectorRegistry()
    registry.register(_Emulator(world))
    ProcessCollector(registry=registry)
    GCCollector(registry=registry)
    encode, content_type = choose_encoder(accept)
    return encode(registry), content_type


class _Emulator(Collector):
    """One emulator; with several workers, what all of them share."""

    def __init__(self, world: World) -> None:
        self._world = world

    def collect(self) -> Iterator[Any]:
        world = self._world
        told = {"version": __version__, "profile": world.profile.name, "limits": world.limiter.policy.name}
        yield InfoMetricFamily("mock_athena", "Which emulator this is.", told)
        yield from self._requests()
        yield from self._durations()
        yield _gauge("clock_seconds", "Its time, in unix seconds.", world.clock.now() / NANOSECONDS)
        yield _gauge("clock_stands", "1 while its clock stands, else 0.", int(world.clock.stands))
        yield _gauge("faults_armed", "Rules that are armed.", len(world.faults.armed))
        yield from self._quotas()
        yield from self._environments()

    def _requests(self) -> Iterator[Any]:
        counters = self._world.journal.counters()
        for metric, label, teaches in (
            ("responses", "status", "Exchanges by status; 0 where a fault broke the connection before there was one."),
            ("decisions", "verdict", "Exchanges by what was decided."),
            ("faults", "fault", "Exchanges that a fault struck, by its kind."),
        ):
            prefix = {"responses": "status.", "decisions": "verdict.", "faults": "fault."}[metric]
            family = CounterMetricFamily(f"mock_athena_{metric}", teaches, labels=[label])
            for name, count in counters.items():
                if name.startswith(prefix):
                    family.add_metric([name.removeprefix(prefix)], count)
            yield family

    def _durations(self) -> Iterable[Any]:
        durations: dict[str, list[float]] = {}
        for entry in self._world.journal.entries():
            durations.setdefault(entry.route, []).append(entry.seconds)
        teaches = "From arrival to the first byte of the answer, of the exchanges that the journal remembers."
        family = GaugeMetricFamily("mock_athena_recent_seconds", teaches, labels=["route", "quantile"])
        for route, found in sorted(durations.items()):
            found.sort()
            for quantile in _QUANTILES:
                family.add_metric([route, str(quantile)], found[min(int(quantile * len(found)), len(found) - 1)])
        yield family

    def _quotas(self) -> Iterable[Any]:
        standings = self._world.limiter.standings()
        yield _gauge("callers", "Callers who spent something of a quota.", len(standings))
        labels = ["environment", "kind", "caller", "bucket", "limit"]
        used = GaugeMetricFamily(
            "mock_athena_quota_used", f"Requests that a caller has spent; of the first {MOST_CALLERS}.", labels=labels
        )
        allowed = GaugeMetricFamily("mock_athena_quota", "Requests that it may spend.", labels=labels)
        for standing in standings[:MOST_CALLERS]:
            key = standing.key
            for allowance in standing.allowances:
                labelled = [key.environment, key.kind, key.id, key.bucket, allowance.name]
                used.add_metric(labelled, allowance.quota - allowance.remaining)
                allowed.add_metric(labelled, allowance.quota)
        yield used
        yield allowed

    def _environments(self) -> Iterable[Any]:
        jobs = GaugeMetricFamily("mock_athena_export_jobs", "Export jobs by state.", labels=["environment", "state"])
        commits = GaugeMetricFamily("mock_athena_commits", "The last commit of the data.", labels=["environment"])
        for name, environment in self._world.environments.items():
            for state, count in sorted(Counter(str(job.state) for job in environment.exports.jobs()).items()):
                jobs.add_metric([name, state], count)
            commits.add_metric([name], environment.store.snapshot().seq)
        yield jobs
        yield commits


def _gauge(name: str, teaches: str, value: float) -> Any:
    return GaugeMetricFamily(f"mock_athena_{name}", teaches, value)
