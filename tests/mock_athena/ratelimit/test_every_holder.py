"""Whoever holds the counters, and whatever the policy: the same decisions, and those of brute force."""

import random
from contextlib import closing

import pytest

from mock_athena.clock import ManualClock
from mock_athena.ratelimit import POLICIES, Decision, Policy, QuotaKey, policy_named
from mock_athena.ratelimit.buckets import Gcra, TokenBucket
from mock_athena.ratelimit.holders import counters_named
from mock_athena.ratelimit.limits import DailyQuota, FixedWindow, SlidingWindow
from mock_athena.ratelimit.penalties import Concurrency, Lockout
from tests.mock_athena.ratelimit.conftest import MIDNIGHT, MakeCounters
from tests.mock_athena.ratelimit.keys import ONE, TWO
from tests.mock_athena.ratelimit.oracles import SECOND, PolicyOracle
from tests.together import together
from tests.valkey_server import ValkeyServer

_SMALL = (
    Policy("three-limits", (SlidingWindow("a", 3, 1), TokenBucket("b", 5, 3), FixedWindow("c", 7, 4))),
    Policy("midnight", (SlidingWindow("burst", 3, 2), DailyQuota("daily", 9))),
    Policy("uneven", (TokenBucket("b", 3, 1), Gcra("g", 7, 3))),
    Policy("box", (SlidingWindow("burst", 2, 1), Lockout("box", 3, 5, 7))),
    Policy("flight", (Concurrency("flight", 3, lease=4), SlidingWindow("burst", 5, 1))),
)
_CHARGING = [f"{name}+charge-denied" for name in ("mission", "token-bucket", "gcra", "fixed-window")]
EVERY = [policy for policy in POLICIES.values() if policy.limits]
EVERY += [policy_named(name) for name in _CHARGING] + list(_SMALL)
GAPS = (0, 0, 0, 0, 1, 124_999_999, 125_000_000, SECOND - 1, SECOND, 2 * SECOND)


def gaps(chance: random.Random) -> int:
    if chance.random() < 0.01:
        return chance.randrange(86_400 * SECOND)
    return chance.choice((*GAPS, chance.randrange(SECOND // 4), chance.randrange(2 * SECOND)))


def dearest(policy: Policy) -> int:
    return min(3, *(limit.quota for limit in policy.limits))


@pytest.mark.parametrize("policy", EVERY, ids=lambda policy: policy.name)
def test_every_decision_is_that_of_brute_force(make_counters: MakeCounters, policy: Policy) -> None:
    clock = ManualClock(MIDNIGHT + 86_395 * SECOND)
    counters, oracle, chance = make_counters(policy, clock), PolicyOracle(policy), random.Random(7)  # noqa: S311
    flying: list[Decision] = []
    verdicts = {True: 0, False: 0}
    for number in range(600):
        now = clock.advance(gaps(chance))
        cost = chance.choice((1, 1, 1, dearest(policy)))
        decision = counters.hit(ONE, cost)
        assert decision.allowed == oracle.arrive(now, cost), number
        assert (decision.seq, decision.instant, decision.cost) == (number + 1, now, cost)
        verdicts[decision.allowed] += 1
        if not decision.allowed and not policy.in_flight:
            assert decision.wait > 0
            assert oracle.fits(now + decision.wait, cost)
            assert not oracle.fits(now + decision.wait - 1, cost)
        for at, (remaining, frees) in enumerate(decision.standings):
            assert frees >= now
            if policy.limits[at].window and policy.limits[at].counts:
                assert not remaining or oracle.limits[at].fits(now, remaining)
                assert not oracle.limits[at].fits(now, remaining + 1)
        if policy.in_flight and decision.allowed:
            flying.append(decision)
        while flying and chance.random() < 0.4:
            over = flying.pop(chance.randrange(len(flying)))
            counters.release(over)
            oracle.release(over.instant)
    assert verdicts[True]
    assert verdicts[False] or policy.name in ("athena", "athena-prod", "concurrency")


def test_callers_and_buckets_are_apart_and_listed_in_order(make_counters: MakeCounters) -> None:
    clock = ManualClock(MIDNIGHT)
    counters = make_counters(policy_named("athena"), clock)
    long = QuotaKey("sandbox", "client", "x" * 300)
    signing_in = ONE._replace(bucket="token-endpoint")
    keys = [TWO, long, ONE, signing_in]
    for key in keys:
        assert counters.hit(key).allowed
    standings = counters.standings()
    assert [standing.key.id[:50] for standing in standings] == [key.id[:50] for key in sorted(keys)]
    some = {ONE, signing_in, ONE._replace(id="never came")}
    assert counters.standings(some) == [each for each in standings if each.key in some]
    assert [QuotaKey.from_text(str(key)) for key in keys] == keys
    names = {(s.key.environment, s.key.bucket): s.allowances[0].name for s in standings}
    assert names[("production", "token-endpoint")] == "minute"
    assert [s.rules.name for s in standings] == ["athena", "athena", "athena", "athena-preview"]
    for _ in range(49):
        assert counters.hit(signing_in).allowed
    assert not counters.hit(signing_in).allowed
    assert counters.hit(ONE).allowed


def test_looking_numbers_and_dates_and_spends_nothing(make_counters: MakeCounters) -> None:
    clock = ManualClock(MIDNIGHT)
    counters = make_counters(policy_named("mission"), clock)
    for number in range(1, 20):
        look = counters.look(ONE)
        assert (look.seq, look.allowed, look.allowances[0].remaining, look.allowances[0].reset) == (number, True, 16, 0)
    assert counters.hit(ONE).allowances[0].remaining == 15
    assert counters.look(ONE).allowances[0].remaining == 15


def test_forgetting_everybody_goes_on_numbering(make_counters: MakeCounters) -> None:
    clock = ManualClock(MIDNIGHT)
    counters = make_counters(policy_named("mission"), clock)
    last = [counters.hit(ONE) for _ in range(20)][-1]
    assert not last.allowed
    clock.reset()
    counters.reset()
    assert counters.standings() == []
    again = counters.hit(ONE)
    assert again.allowed
    assert again.seq in (1, last.seq + 1)  # a server that was emptied knows no number any more


def test_units_ahead_are_waited_for(make_counters: MakeCounters) -> None:
    clock = ManualClock(MIDNIGHT)
    counters = make_counters(policy_named("mission"), clock)
    for _ in range(16):
        counters.hit(ONE)
        clock.advance(1000)
    plain, third, last = counters.hit(ONE), counters.hit(ONE, 1, 2), counters.hit(ONE, 1, 99)
    assert (plain.wait, plain.queued) == (2 * SECOND - 16_000, 2 * SECOND - 16_000)
    assert (third.wait, third.queued) == (plain.wait, plain.wait + 2000)
    assert last.queued == plain.wait + 15_000
    assert counters.hit(ONE).queued == plain.wait


@pytest.mark.parametrize("start", [0, 2**53 - 5, 2**62 - 5 * SECOND, 2**63 - 5 * SECOND, 2**64 - 1])
def test_no_power_of_two_frees_quota_or_locks_out(make_counters: MakeCounters, start: int) -> None:
    clock = ManualClock(start)
    policy = Policy("both", (SlidingWindow("burst", 16, 2), DailyQuota("daily", 100_000), TokenBucket("b", 16, 2)))
    counters, oracle = make_counters(policy, clock), PolicyOracle(policy)
    for _ in range(400):
        now = clock.advance(60_000_000)
        decision = counters.hit(ONE)
        assert (decision.instant, decision.allowed) == (now, oracle.arrive(now))
    assert counters.hit(ONE).standings[1][1] == now - now % (86_400 * SECOND) + 86_400 * SECOND


class WrongClock:
    """A clock that somebody sets."""

    def __init__(self, now: int) -> None:
        self.instant = now

    def now(self) -> int:
        return self.instant

    def wall(self) -> int:
        return self.instant

    def reset(self) -> None:
        pass


# A nanosecond, a leap second that is told twice, an hour of summer time, a day, more than a year.
@together("back", [1, SECOND, 3600 * SECOND, 86_400 * SECOND, 400 * 86_400 * SECOND])
@pytest.mark.parametrize("policy", EVERY, ids=lambda policy: policy.name)
def test_a_step_backward_frees_nothing_and_locks_nobody_out(
    make_counters: MakeCounters, policy: Policy, back: int
) -> None:
    """After the step the clock counts on; whatever it says, elapsed time alone decides."""
    clock = WrongClock(MIDNIGHT + 10 * SECOND)
    counters, oracle = make_counters(policy, clock), PolicyOracle(policy)
    elapsed = 0
    for number in range(120):
        step = (0, 0, 0, SECOND // 8, SECOND // 3)[number % 5]
        elapsed += step
        clock.instant += step
        if number in (40, 80):
            clock.instant -= back
        decision = counters.hit(ONE)
        assert decision.instant == MIDNIGHT + 10 * SECOND + elapsed
        assert decision.allowed == oracle.arrive(decision.instant)
        if policy.in_flight and number % 3 and decision.allowed:
            counters.release(decision)
            oracle.release(decision.instant)


def test_a_large_quota_costs_a_server_no_more_than_a_small_one(valkey: ValkeyServer) -> None:
    policy = Policy("large", (SlidingWindow("a", 4_000_000, 1), SlidingWindow("b", 5, 1)))
    counters = counters_named(valkey.url, policy, ManualClock(MIDNIGHT), own_time=False, fail="closed")
    with closing(counters):
        decisions = [counters.hit(ONE) for _ in range(6)]
    assert [decision.lost for decision in decisions] == [False] * 6
    assert [decision.allowed for decision in decisions] == [True] * 5 + [False]
