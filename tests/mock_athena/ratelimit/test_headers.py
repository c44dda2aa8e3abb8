"""What a caller is told of its quota: which limit, how much, until when; every wait rounded up."""

from mock_athena.clock import NANOSECONDS, ManualClock
from mock_athena.ratelimit import Decision, Limiter, Policy, policy_named
from mock_athena.ratelimit.headers import decision_headers
from mock_athena.ratelimit.limits import DailyQuota, SlidingWindow
from tests.mock_athena.ratelimit.conftest import MIDNIGHT
from tests.mock_athena.ratelimit.keys import ONE

SECONDS = MIDNIGHT // NANOSECONDS


def told(decision: Decision) -> dict[str, str]:
    headers = decision_headers(decision)
    assert len(dict(headers)) == len(headers), "no header twice"
    return dict(headers)


def test_the_first_request_is_told_all_of_it(limiter: Limiter, clock: ManualClock) -> None:
    clock.advance(500_000_001)
    assert told(limiter.hit(ONE)) == {
        "X-Mock-Decided-At": f"{SECONDS}.500000001;seq=1",
        "X-RateLimit-Limit": "16",
        "X-RateLimit-Remaining": "15",
        "X-RateLimit-Reset": str(SECONDS + 3),
        "RateLimit-Policy": '"burst";q=16;w=2, "daily";q=100000;w=86400',
        "RateLimit": '"burst";r=15;t=2, "daily";r=99999;t=86400',
    }


def test_an_instant_on_the_second_is_not_rounded(limiter: Limiter) -> None:
    assert told(limiter.hit(ONE))["X-RateLimit-Reset"] == str(SECONDS + 2)


def test_a_refused_request_is_told_when_to_come_back(limiter: Limiter, clock: ManualClock) -> None:
    for _ in range(16):
        limiter.hit(ONE)
    clock.advance(999_999_999)
    headers = told(limiter.hit(ONE))
    assert headers["Retry-After"] == "2"
    assert headers["X-RateLimit-Remaining"] == "0"
    assert headers["X-RateLimit-Reset"] == str(SECONDS + 2)
    assert headers["RateLimit"].startswith('"burst";r=0;t=2,')
    clock.advance(1)
    assert told(limiter.hit(ONE))["Retry-After"] == "1"


def test_the_last_nanosecond_still_asks_for_a_whole_second(limiter: Limiter, clock: ManualClock) -> None:
    for _ in range(16):
        limiter.hit(ONE)
    clock.advance(2 * NANOSECONDS - 1)
    headers = told(limiter.hit(ONE))
    assert (headers["Retry-After"], headers["X-RateLimit-Reset"]) == ("1", str(SECONDS + 2))


def test_reset_is_when_the_oldest_of_the_window_leaves(limiter: Limiter, clock: ManualClock) -> None:
    limiter.hit(ONE)
    clock.advance(NANOSECONDS)
    limiter.hit(ONE)
    clock.advance(NANOSECONDS)
    assert told(limiter.hit(ONE))["X-RateLimit-Reset"] == str(SECONDS + 3)


def test_remaining_falls_by_one_and_never_below_nothing(limiter: Limiter) -> None:
    remaining = [int(told(limiter.hit(ONE))["X-RateLimit-Remaining"]) for _ in range(20)]
    assert remaining == [*range(15, -1, -1), 0, 0, 0, 0]


def test_the_daily_quota_binds_when_it_has_less_left(clock: ManualClock) -> None:
    limiter = Limiter(Policy("small", (SlidingWindow("burst", 16, 2), DailyQuota("daily", 17))), clock)
    limiter.hit(ONE)
    assert told(limiter.hit(ONE))["X-RateLimit-Limit"] == "16"
    clock.advance(2 * NANOSECONDS)
    headers = told(limiter.hit(ONE))
    assert (headers["X-RateLimit-Limit"], headers["X-RateLimit-Remaining"]) == ("17", "14")
    assert headers["X-RateLimit-Reset"] == str(SECONDS + 86_400)


def test_equal_remainders_are_the_bursts() -> None:
    limiter = Limiter(Policy("equal", (SlidingWindow("burst", 5, 2), DailyQuota("daily", 5))), ManualClock(MIDNIGHT))
    assert told(limiter.hit(ONE))["X-RateLimit-Reset"] == str(SECONDS + 2)


def test_a_used_up_day_is_told_until_midnight(clock: ManualClock) -> None:
    limiter = Limiter(Policy("small", (SlidingWindow("burst", 16, 2), DailyQuota("daily", 1))), clock)
    limiter.hit(ONE)
    clock.advance(NANOSECONDS // 2)
    headers = told(limiter.hit(ONE))
    assert headers["Retry-After"] == "86400"
    assert headers["X-RateLimit-Reset"] == str(SECONDS + 86_400)
    assert headers["RateLimit"] == '"burst";r=15;t=2, "daily";r=0;t=86400'


def test_without_limits_only_the_instant_is_told(clock: ManualClock) -> None:
    limiter = Limiter(policy_named("off"), clock)
    for number in range(1, 1000):
        decision = limiter.hit(ONE)
        assert (decision.allowed, decision.wait) == (True, 0)
        assert told(decision) == {"X-Mock-Decided-At": f"{SECONDS}.000000000;seq={number}"}
    assert told(limiter.look(ONE)) == {"X-Mock-Decided-At": f"{SECONDS}.000000000;seq=1000"}


def test_nothing_is_rounded_to_a_float_in_the_far_future() -> None:
    headers = told(Limiter(policy_named("mission"), ManualClock(2**62 + 1)).hit(ONE))
    assert headers["X-Mock-Decided-At"] == "4611686018.427387905;seq=1"
    assert headers["X-RateLimit-Reset"] == "4611686021"
