"""Sixteen requests in any two seconds, to the nanosecond."""

import pytest

from mock_athena.clock import NANOSECONDS, ManualClock
from mock_athena.ratelimit import Allowance, Limiter, Policy, QuotaKey
from mock_athena.ratelimit.limits import DailyQuota, SlidingWindow
from tests.mock_athena.ratelimit.keys import ONE, TWO


def stands(limiter: Limiter) -> tuple[Allowance, ...]:
    (standing,) = limiter.standings()
    assert standing.key == ONE
    return standing.allowances


def fill(limiter: Limiter, key: QuotaKey = ONE, count: int = 16) -> None:
    for _ in range(count):
        assert limiter.hit(key).allowed


def test_the_seventeenth_of_a_burst_is_refused(limiter: Limiter) -> None:
    fill(limiter)
    refused = limiter.hit(ONE)
    assert (refused.allowed, refused.wait) == (False, 2 * NANOSECONDS)


def test_eight_a_second_are_never_refused(limiter: Limiter, clock: ManualClock) -> None:
    for _ in range(800):
        assert limiter.hit(ONE).allowed
        clock.advance(NANOSECONDS // 8)


def test_waiting_as_told_is_enough_and_one_nanosecond_less_is_not(limiter: Limiter, clock: ManualClock) -> None:
    fill(limiter)
    wait = limiter.hit(ONE).wait
    clock.advance(wait - 1)
    assert limiter.hit(ONE).wait == 1
    clock.advance(1)
    assert limiter.hit(ONE).allowed


@pytest.mark.parametrize("late", [0, 1, 123_456_789, 999_999_999, NANOSECONDS, 2 * NANOSECONDS - 1])
def test_retry_after_is_enough_and_no_more_than_a_second_too_much(
    limiter: Limiter, clock: ManualClock, late: int
) -> None:
    fill(limiter)
    clock.advance(late)
    refused = limiter.hit(ONE)
    assert refused.wait <= refused.retry_after * NANOSECONDS < refused.wait + NANOSECONDS
    clock.advance(refused.retry_after * NANOSECONDS)
    assert limiter.hit(ONE).allowed


def test_refused_requests_cost_nothing(limiter: Limiter, clock: ManualClock) -> None:
    fill(limiter)
    before = stands(limiter)
    for _ in range(1000):
        limiter.hit(ONE)
    assert stands(limiter) == before
    clock.advance(2 * NANOSECONDS)
    fill(limiter)
    assert [allowance.remaining for allowance in stands(limiter)] == [0, 100_000 - 32]


def test_what_one_limit_refuses_costs_nothing_in_another(clock: ManualClock) -> None:
    limiter = Limiter(Policy("small", (SlidingWindow("burst", 16, 2), DailyQuota("daily", 2))), clock)
    fill(limiter, count=2)
    for _ in range(50):
        assert not limiter.hit(ONE).allowed
    burst, daily = stands(limiter)
    assert (burst.remaining, daily.remaining) == (14, 0)


def test_every_key_has_a_quota_of_its_own(limiter: Limiter) -> None:
    fill(limiter, ONE)
    fill(limiter, TWO)
    assert not limiter.hit(ONE).allowed
    assert not limiter.hit(TWO).allowed


def test_looking_spends_nothing_and_remembers_nobody(limiter: Limiter) -> None:
    for _ in range(100):
        assert limiter.look(TWO).allowances[0].remaining == 16
    assert limiter.standings() == []
    fill(limiter, ONE, 3)
    assert limiter.look(ONE).allowances[0].remaining == 13


def test_a_request_may_cost_more_than_one(limiter: Limiter, clock: ManualClock) -> None:
    assert limiter.hit(ONE, 10).allowances[0].remaining == 6
    clock.advance(NANOSECONDS)
    assert limiter.hit(ONE, 4).allowances[0].remaining == 2
    refused = limiter.hit(ONE, 3)
    assert (refused.allowed, refused.wait) == (False, NANOSECONDS)
    assert limiter.hit(ONE, 2).allowed
    clock.advance(NANOSECONDS)
    assert limiter.hit(ONE, 10).allowed
    assert stands(limiter)[1].remaining == 100_000 - 26


def test_forgetting_everybody_frees_the_quota_and_goes_on_numbering(limiter: Limiter) -> None:
    fill(limiter)
    last = limiter.hit(ONE).seq
    limiter.reset()
    decision = limiter.hit(ONE)
    assert (decision.allowed, decision.seq) == (True, last + 1)


def test_a_clock_far_in_the_future_changes_nothing() -> None:
    clock = ManualClock(2**62)
    limiter = Limiter(Policy("burst", (SlidingWindow("burst", 16, 2), DailyQuota("daily", 100_000))), clock)
    fill(limiter)
    assert limiter.hit(ONE).wait == 2 * NANOSECONDS
    clock.advance(2 * NANOSECONDS)
    assert limiter.hit(ONE).allowed
