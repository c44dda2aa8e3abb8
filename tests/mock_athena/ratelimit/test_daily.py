"""A hundred thousand requests from one midnight UTC to the next."""

import time

from mock_athena.clock import NANOSECONDS, ManualClock
from mock_athena.ratelimit import Limiter, Policy
from mock_athena.ratelimit.limits import DailyQuota, SlidingWindow
from tests.mock_athena.ratelimit.keys import ONE
from tests.mock_athena.ratelimit.oracle import DAY


def test_a_whole_day_of_quota_and_then_none_until_midnight(limiter: Limiter, clock: ManualClock) -> None:
    step = NANOSECONDS // 8
    began = time.process_time()
    for _ in range(100_000):
        assert limiter.hit(ONE).allowed
        clock.advance(step)
    took = time.process_time() - began
    refused = limiter.hit(ONE)
    assert not refused.allowed
    assert refused.allowances[refused.binding].name == "daily"
    assert refused.wait == DAY - 100_000 * step
    assert refused.retry_after == 86_400 - 12_500
    clock.advance(refused.wait - 1)
    assert limiter.hit(ONE).wait == 1
    clock.advance(1)
    assert limiter.hit(ONE).allowances[1].remaining == 99_999
    assert took < 2, f"100,000 decisions took {took:.2f} s"


def test_what_is_left_of_a_day_is_not_carried_over(limiter: Limiter, clock: ManualClock) -> None:
    limiter.hit(ONE)
    clock.advance(10 * DAY)
    assert limiter.hit(ONE).allowances[1].remaining == 99_999


def test_the_longer_wait_binds_when_both_limits_refuse(clock: ManualClock) -> None:
    limiter = Limiter(Policy("small", (SlidingWindow("burst", 2, 2), DailyQuota("daily", 2))), clock)
    limiter.hit(ONE)
    limiter.hit(ONE)
    refused = limiter.hit(ONE)
    assert (refused.binding, refused.wait) == (1, DAY)


def test_the_burst_binds_when_it_ends_after_midnight(clock: ManualClock) -> None:
    limiter = Limiter(Policy("small", (SlidingWindow("burst", 2, 2), DailyQuota("daily", 2))), clock)
    clock.advance(DAY - NANOSECONDS)
    limiter.hit(ONE)
    limiter.hit(ONE)
    refused = limiter.hit(ONE)
    assert (refused.binding, refused.wait) == (0, 2 * NANOSECONDS)
    clock.advance(NANOSECONDS)
    assert limiter.hit(ONE).binding == 0
    clock.advance(NANOSECONDS)
    assert limiter.hit(ONE).allowed
