"""Fair advice: parallel clients who wait as told all finish, and nobody is sent away for ever."""

import heapq

import pytest

from mock_athena.clock import NANOSECONDS, ManualClock
from mock_athena.ratelimit import Limiter, policy_named
from mock_athena.ratelimit.fairness import FURTHEST
from tests.mock_athena.ratelimit.conftest import MIDNIGHT
from tests.mock_athena.ratelimit.keys import ONE, TWO


def fair(clock: ManualClock, policy: str = "mission") -> Limiter:
    return Limiter(policy_named(policy), clock, fair=True)


def finished(limiter: Limiter, clock: ManualClock, clients: int, requests: int) -> tuple[int, float]:
    """Clients in parallel who wait as told: how often they were refused, and seconds until all were done."""
    left = [requests] * clients
    agenda = [(clock.now(), number) for number in range(clients)]
    began, refused = clock.now(), 0
    while agenda:
        instant, number = heapq.heappop(agenda)
        clock.advance_to(instant)
        decision = limiter.hit(ONE)
        left[number] -= decision.allowed
        refused += not decision.allowed
        if left[number]:
            wait = 0 if decision.allowed else decision.retry_after * NANOSECONDS
            heapq.heappush(agenda, (instant + wait, number))
    return refused, (clock.now() - began) / NANOSECONDS


def test_each_refused_client_is_told_a_unit_of_its_own(clock: ManualClock) -> None:
    limiter = fair(clock)
    for _ in range(16):
        limiter.hit(ONE)
    told = [limiter.hit(ONE).retry_after for _ in range(48)]
    assert told == [2] * 16 + [4] * 16 + [6] * 16
    assert limiter.hit(TWO).allowed


def test_parallel_clients_are_refused_less_often_than_with_plain_advice() -> None:
    plain_clock, fair_clock = ManualClock(MIDNIGHT), ManualClock(MIDNIGHT)
    plain = finished(Limiter(policy_named("mission"), plain_clock), plain_clock, 100, 4)
    fairly = finished(fair(fair_clock), fair_clock, 100, 4)
    assert fairly[0] < plain[0] / 3
    assert fairly[1] <= plain[1] * 1.1


def test_whoever_comes_as_told_is_admitted_at_the_first_return(clock: ManualClock) -> None:
    limiter = fair(clock)
    refused, _ = finished(limiter, clock, 64, 1)
    assert refused == 48


def test_nobody_is_sent_further_than_a_minute_and_promises_end(clock: ManualClock) -> None:
    limiter = fair(clock)
    told = [limiter.hit(ONE).queued for _ in range(5000)]
    assert max(told) == FURTHEST
    clock.advance(FURTHEST + 3 * NANOSECONDS)
    for _ in range(16):
        assert limiter.hit(ONE).allowed
    assert limiter.hit(ONE).retry_after == 2


def test_a_long_window_is_told_plainly(clock: ManualClock) -> None:
    limiter = fair(clock, "athena-preview")
    for _ in range(50_000):
        clock.advance(NANOSECONDS // 15 + 1)
        assert limiter.hit(ONE).allowed
    told = {limiter.hit(ONE).queued for _ in range(100)}
    assert told == {limiter.hit(ONE).wait}


@pytest.mark.parametrize("policy", ["mission", "sliding-1s", "token-bucket", "gcra", "fixed-window", "lockout"])
@pytest.mark.parametrize("is_fair", [False, True])
def test_a_caller_that_is_alone_and_waits_as_told_is_admitted_every_time(policy: str, is_fair: bool) -> None:
    """A hundred thousand times of a hundred thousand, over all policies and both kinds of advice."""
    clock = ManualClock(MIDNIGHT)
    limiter = Limiter(policy_named(policy), clock, fair=is_fair)
    returned = 0
    while returned < 100_000 // 12 + 1:
        decision = limiter.hit(ONE)
        if decision.allowed:
            clock.advance(decision.seq * 7919 % 40_000_000)
            continue
        clock.advance(decision.retry_after * NANOSECONDS)
        assert limiter.hit(ONE).allowed
        returned += 1
