"""What is promised at the very most is reached, and never passed."""

import pytest

from mock_athena.clock import NANOSECONDS
from mock_athena.ratelimit import POLICIES, Policy, policy_named
from mock_athena.ratelimit.explain import NOON, STRETCHES, explanation, greedy, most
from mock_athena.ratelimit.limits import FixedWindow

COUNTED = [policy for policy in POLICIES.values() if policy.limits and policy.name not in ("concurrency", "lockout")]
DAY = 86_400 * NANOSECONDS


def busiest(policy: Policy, span: int, start: int) -> int:
    """The most that the greediest caller gets within any half-open stretch of ``span``."""
    steps = list(greedy(policy, 3 * span, start))
    best = begin = 0
    before = [0, *(count for _, count in steps)]
    for at, (instant, count) in enumerate(steps):
        while steps[begin][0] <= instant - span:
            begin += 1
        best = max(best, count - before[begin])
        assert at >= begin
    return best


@pytest.mark.parametrize("seconds", [1, 2, 60])
@pytest.mark.parametrize("policy", COUNTED, ids=lambda policy: policy.name)
def test_the_bound_is_reached_and_never_passed(policy: Policy, seconds: int) -> None:
    bound = most(policy, seconds * NANOSECONDS)
    start = NOON - 1 if any(isinstance(limit, FixedWindow) for limit in policy.limits) else NOON
    assert busiest(policy, seconds * NANOSECONDS, start) == bound


@pytest.mark.parametrize("policy", ["sliding-1s", "fixed-window", "athena-preview"])
def test_a_day_that_begins_before_midnight_gets_two_quotas(policy: str) -> None:
    named = policy_named(policy)
    daily = named.limits[1].quota
    assert most(named, DAY) == 2 * daily
    at_noon = NOON + 12 * 3600 * NANOSECONDS - daily * NANOSECONDS // 8 - 10 * NANOSECONDS
    got = dict(greedy(named, 8 * 3600 * NANOSECONDS, at_noon))
    assert max(got.values()) == 2 * daily


@pytest.mark.parametrize("name", [*POLICIES, "fixed-window+charge-denied", "mission+per-token"])
def test_every_policy_can_be_explained(name: str) -> None:
    policy = policy_named(name)
    page = explanation(policy)
    assert page.startswith(f"{name}: for each {policy.per}")
    assert all(f"  {limit.name}: " in page for limit in policy.limits)
    assert page.count("At the very most") == 1 + bool(policy.sandbox)
    for seconds in STRETCHES:
        bound = most(policy, seconds * NANOSECONDS)
        assert ("no bound" if bound is None else f"{bound:,} requests") in page


def test_the_figures_of_the_default_policy() -> None:
    bounds = [most(policy_named("mission"), seconds * NANOSECONDS) for seconds in STRETCHES]
    assert bounds == [16, 16, 480, 200_000]
    bucket = [most(policy_named("token-bucket"), seconds * NANOSECONDS) for seconds in STRETCHES]
    assert bucket == [23, 31, 495, 200_000]
    fixed = [most(policy_named("fixed-window"), seconds * NANOSECONDS) for seconds in STRETCHES]
    assert fixed == [32, 32, 496, 200_000]
