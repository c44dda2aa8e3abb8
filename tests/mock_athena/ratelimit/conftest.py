"""A limiter of the default policy, on a clock that stands at 2026-01-01T00:00:00Z; and everybody who holds counters."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mock_athena.clock import Clock, ManualClock
from mock_athena.ratelimit import Counters, Limiter, Policy, policy_named
from mock_athena.ratelimit.holders import counters_named

MIDNIGHT = 1_767_225_600 * 10**9

MakeCounters = Callable[[Policy, Clock], Counters]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(MIDNIGHT)


@pytest.fixture
def limiter(clock: ManualClock) -> Limiter:
    return Limiter(policy_named("mission"), clock)


@pytest.fixture(params=["memory", "file", "valkey"])
def make_counters(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeCounters]:
    """Makes counters of one kind, empty ones for each call; the same test runs for every kind."""
    made: list[Counters] = []

    def make(policy: Policy, clock: Clock) -> Counters:
        name = request.param
        if name == "file":
            name = f"file:{tmp_path / str(len(made))}"
        elif name == "valkey":
            name = request.getfixturevalue("valkey").url
        counters = counters_named(name, policy, clock, own_time=False, fail="closed")
        counters.reset()
        made.append(counters)
        return counters

    yield make
    for counters in made:
        counters.reset()
        counters.close()
