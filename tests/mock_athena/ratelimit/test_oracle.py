"""The limiter decides like a brute-force oracle: nobody over, nobody under, and every wait exact."""

import random
from collections import deque
from collections.abc import Callable, Iterator

import pytest

from mock_athena.clock import ManualClock
from mock_athena.ratelimit import Limiter, Policy, policy_named
from mock_athena.ratelimit.limits import DailyQuota, SlidingWindow
from tests.mock_athena.ratelimit.keys import ONE
from tests.mock_athena.ratelimit.oracle import DAY, SECOND, Oracle

START = 1_767_225_600 * SECOND + 123_456_789
GRID = SECOND // 8


def seeded(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - chance that can be repeated


def random_gaps(chance: random.Random) -> Iterator[int]:
    while True:
        yield int(chance.expovariate(1 / 0.1) * SECOND)


def mixed_gaps(chance: random.Random) -> Iterator[int]:
    """Bursts of the same nanosecond, pauses, and everything between."""
    while True:
        yield chance.choice((0, 0, 0, 1, chance.randrange(GRID), GRID, chance.randrange(3 * SECOND)))


def boundary_gaps(chance: random.Random) -> Iterator[int]:
    """Windows that end at the nanosecond of an arrival, one before and one after."""
    while True:
        yield from [0] * chance.randrange(1, 20)
        yield from (2 * SECOND - 1, 1) if chance.random() < 0.5 else (2 * SECOND,)
        yield chance.choice((0, 1))


def grid_gaps(chance: random.Random) -> Iterator[int]:
    """The guide's 125 ms, some of them a little early or late."""
    while True:
        yield GRID + chance.choice((0, 0, 0, -1, 1, chance.randrange(-20_000_000, 20_000_000)))


def midnight_gaps(chance: random.Random) -> Iterator[int]:
    """A few busy minutes of each day, and midnight hit exactly now and then (START is 123,456,789 ns past it)."""
    yield DAY - 123_456_789
    while True:
        for _ in range(chance.randrange(30, 60)):
            yield chance.randrange(2 * SECOND)
        yield chance.choice((DAY, DAY // 2, DAY - 1, DAY + 1))


def compare(policy: Policy, oracle: Oracle, gaps: Iterator[int], arrivals: int) -> tuple[int, int]:
    """How many were admitted that should not have been, and the other way round."""
    clock = ManualClock(START)
    limiter = Limiter(policy, clock)
    over = under = 0
    for gap, _ in zip(gaps, range(arrivals), strict=False):
        now = clock.advance(gap)
        decision = limiter.hit(ONE)
        expected = oracle.arrive(now)
        over += decision.allowed and not expected
        under += expected and not decision.allowed
        assert tuple(allowance.remaining for allowance in decision.allowances) == oracle.left(now)
        if not decision.allowed:
            assert oracle.admits(now + decision.wait)
            assert not oracle.admits(now + decision.wait - 1)
    return over, under


def test_a_hundred_thousand_random_arrivals_are_decided_exactly() -> None:
    oracle = Oracle()
    assert compare(policy_named("mission"), oracle, mixed_gaps(seeded(1)), 100_000) == (0, 0)
    assert 20_000 < len(oracle.admitted) < 90_000, "both verdicts were put to the test"


@pytest.mark.parametrize("gaps", [random_gaps, boundary_gaps, grid_gaps], ids=lambda gaps: gaps.__name__)
def test_every_pattern_of_arrivals_is_decided_exactly(gaps: Callable[[random.Random], Iterator[int]]) -> None:
    oracle = Oracle()
    assert compare(policy_named("mission"), oracle, gaps(seeded(2)), 20_000) == (0, 0)
    assert 0 < len(oracle.admitted) < 20_000, "both verdicts were put to the test"


def test_two_limits_are_decided_together_over_many_midnights() -> None:
    policy = Policy("small", (SlidingWindow("burst", 3, 2), DailyQuota("daily", 20)))
    oracle = Oracle(quota=3, daily=20)
    assert compare(policy, oracle, midnight_gaps(seeded(3)), 20_000) == (0, 0)
    days = {instant // DAY for instant in oracle.admitted}
    assert len(days) > 100
    assert any(instant % DAY == 0 for instant in oracle.admitted), "midnight itself belongs to the new day"


@pytest.mark.long
def test_ten_million_random_arrivals_are_decided_exactly() -> None:
    """Brute force that forgets what is older than the window; days are counted one by one."""
    clock, chance = ManualClock(START), seeded(4)
    limiter, window, used, day = Limiter(policy_named("mission"), clock), deque[int](), 0, 0
    over = under = admitted = 0
    for _ in range(10_000_000):
        now = clock.advance(chance.choice((0, 0, 1, GRID, int(chance.random() * SECOND), int(chance.random() * GRID))))
        while window and window[0] <= now - 2 * SECOND:
            window.popleft()
        if now // DAY != day:
            day, used = now // DAY, 0
        expected = len(window) < 16 and used < 100_000
        allowed = limiter.hit(ONE).allowed
        over += allowed and not expected
        under += expected and not allowed
        if expected:
            window.append(now)
            used += 1
            admitted += 1
    assert (over, under) == (0, 0)
    assert 1_000_000 < admitted < 9_000_000, "both verdicts were put to the test"
