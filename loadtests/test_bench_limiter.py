"""What a decision of the limiter costs, by who holds the counters and how many callers there are.

CPU time, the least of several rounds, on a clock that stands still or that the benchmark moves.
"""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle, islice
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from athena_fhir_load.baselines import FLASK
from athena_fhir_load.measure import Figures, cpu_microseconds
from mock_athena.clock import ManualClock
from mock_athena.ratelimit import Limiter, Policy, QuotaKey, policy_named
from mock_athena.ratelimit.headers import decision_headers
from mock_athena.ratelimit.holders import counters_named
from mock_athena.ratelimit.limits import DailyQuota, SlidingWindow

QUOTA = 16
TWO_SECONDS = 2_000_000_000
CALLS = 16_000  # in a round
LONG_ROUNDS = 9
ALLOWED_US = {"memory": 1.5, "file": 3.0}
"""Microseconds that a decision may take, with its Decision."""

Make = Callable[..., Limiter]


def keys(callers: int) -> list[QuotaKey]:
    return [QuotaKey("production", "client", f"client-{number}") for number in range(callers)]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(1_699_920_000_000_000_000)  # a midnight


@pytest.fixture
def make(tmp_path: Path, clock: ManualClock) -> Iterator[Make]:
    """Makes a limiter whose counters are held in ``memory`` or in a ``file``."""
    made: list[Limiter] = []

    def make(holder: str = "memory", policy: Policy | None = None) -> Limiter:
        policy = policy or policy_named("mission")
        name = f"file:{tmp_path / str(len(made))}" if holder == "file" else holder
        made.append(Limiter(policy, clock, counters_named(name, policy, clock, own_time=False, fail="closed")))
        return made[-1]

    yield make
    for limiter in made:
        limiter.close()


def hits(limiter: Limiter, asked: list[QuotaKey]) -> None:
    hit = limiter.hit
    for key in asked:
        hit(key)


def loop(asked: list[QuotaKey]) -> None:
    for _ in asked:
        pass


def decided(limiter: Limiter, asked: list[QuotaKey], between: Callable[[], object] | None = None) -> float:
    """Microseconds of one decision, without the loop around it."""
    around = cpu_microseconds(partial(loop, asked), len(asked))
    return cpu_microseconds(partial(hits, limiter, asked), len(asked), rounds=LONG_ROUNDS, between=between) - around


@pytest.mark.parametrize("callers", [1000, 10_000, 100_000])
@pytest.mark.parametrize("holder", ["memory", "file"])
def test_admitted(make: Make, clock: ManualClock, figures: Figures, holder: str, callers: int) -> None:
    """Each caller has its turn; between rounds two seconds pass, so that nobody is refused."""
    limiter, asked = make(holder), list(islice(cycle(keys(callers)), max(CALLS, callers)))
    took = decided(limiter, asked, partial(clock.advance, TWO_SECONDS))
    used = sum(standing.allowances[1].quota - standing.allowances[1].remaining for standing in limiter.standings())
    assert used == len(asked) * LONG_ROUNDS, "nobody was refused"
    figures.add(f"limiter: admitted, {holder}, {callers:,} callers", took, "µs", by=FLASK)
    assert took < ALLOWED_US[holder] * 1.5, "half as much again for a busy machine"


@pytest.mark.parametrize("used", [0, 50_000, 99_000])
def test_admitted_late_in_the_day(make: Make, clock: ManualClock, figures: Figures, used: int) -> None:
    limiter, asked = make(), keys(1) * 8
    for _ in range(used // QUOTA):
        limiter.hit(asked[0], QUOTA)
        clock.advance(TWO_SECONDS)
    took = decided(limiter, asked, partial(clock.advance, TWO_SECONDS))
    figures.add(f"limiter: admitted, memory, {used:,} of the day used", took, "µs", by=FLASK)


@pytest.mark.parametrize("holder", ["memory", "file"])
def test_refused(make: Make, figures: Figures, holder: str) -> None:
    limiter, asked = make(holder), keys(1) * CALLS
    hits(limiter, asked[:QUOTA])
    took = decided(limiter, asked)
    assert not limiter.hit(asked[0]).allowed
    figures.add(f"limiter: refused, {holder}", took, "µs", by=FLASK)
    assert took < ALLOWED_US[holder] * 1.5, "half as much again for a busy machine"


def test_a_day_and_midnight(make: Make, clock: ManualClock, figures: Figures) -> None:
    """A hundred thousand requests, each an eighth of a second after the other, a refusal, and the next day."""
    limiter, key = make(), keys(1)[0]

    def day() -> None:
        for _ in range(100_000):
            limiter.hit(key)
            clock.advance(125_000_000)
        refused = limiter.hit(key)
        assert not refused.allowed
        clock.advance(refused.retry_after * 1_000_000_000)
        assert limiter.hit(key).allowances[1].remaining == 99_999
        limiter.reset()
        clock.reset()

    took = cpu_microseconds(day, 1, rounds=3) / 1e6
    figures.add("limiter: a day of 100,000 requests, and midnight", took, "s")
    assert took < 2


def test_of_three_limits(make: Make, clock: ManualClock, figures: Figures) -> None:
    policy = Policy(
        "three", (SlidingWindow("burst", 16, 2), SlidingWindow("minute", 400, 60), DailyQuota("daily", 10**6))
    )
    limiter, asked = make("memory", policy), keys(1000) * 8
    took = decided(limiter, asked, partial(clock.advance, 60 * TWO_SECONDS))
    figures.add("limiter: admitted, memory, three limits", took, "µs", by=FLASK)


def test_headers_are_made_of_a_decision(benchmark: BenchmarkFixture, make: Make) -> None:
    headers = benchmark(decision_headers, make().hit(keys(1)[0]))
    assert dict(headers)["X-RateLimit-Remaining"] == str(QUOTA - 1)


def test_a_look(benchmark: BenchmarkFixture, make: Make) -> None:
    assert benchmark(make().look, keys(1)[0]).allowed is True
