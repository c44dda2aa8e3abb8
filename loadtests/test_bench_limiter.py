"""What a decision of the limiter costs, on a clock that stands still."""

from itertools import count

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from mock_athena.clock import ManualClock
from mock_athena.ratelimit import Decision, Limiter, QuotaKey, policy_named
from mock_athena.ratelimit.headers import decision_headers

CALLERS = 1000
QUOTA = 16
TWO_SECONDS = 2_000_000_000
KEYS = [QuotaKey("production", "client", f"client-{number}") for number in range(CALLERS)]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(1_700_000_000_000_000_000)


@pytest.fixture
def limiter(clock: ManualClock) -> Limiter:
    return Limiter(policy_named("mission"), clock)


def test_a_request_is_admitted(benchmark: BenchmarkFixture, limiter: Limiter, clock: ManualClock) -> None:
    """Many callers in turn; the clock moves on by itself, so that nobody is refused."""
    numbers, step = count(), TWO_SECONDS // CALLERS // QUOTA + 1
    refused: list[Decision] = []

    def admitted() -> None:
        clock.advance(step)
        decision = limiter.hit(KEYS[next(numbers) % CALLERS])
        if not decision.allowed:
            refused.append(decision)

    benchmark(admitted)
    assert refused == []


def test_a_request_is_refused(benchmark: BenchmarkFixture, limiter: Limiter) -> None:
    for _ in range(QUOTA):
        assert limiter.hit(KEYS[0]).allowed
    assert benchmark(limiter.hit, KEYS[0]).allowed is False


def test_a_route_that_costs_nothing(benchmark: BenchmarkFixture, limiter: Limiter) -> None:
    assert benchmark(limiter.look, KEYS[0]).allowed is True
    assert limiter.hit(KEYS[0]).allowances[0].remaining == QUOTA - 1


def test_headers_are_made_of_a_decision(benchmark: BenchmarkFixture, limiter: Limiter) -> None:
    headers = benchmark(decision_headers, limiter.hit(KEYS[0]))
    assert dict(headers)["X-RateLimit-Remaining"] == str(QUOTA - 1)
