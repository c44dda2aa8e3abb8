"""The policies by name."""

import pytest

from mock_athena.errors import ConfigurationError
from mock_athena.ratelimit import POLICIES, policy_named
from mock_athena.ratelimit.limits import DailyQuota, FixedWindow, SlidingWindow


def test_the_mission_is_sixteen_in_two_seconds_and_a_hundred_thousand_a_day() -> None:
    assert policy_named("mission").limits == (SlidingWindow("burst", 16, 2), DailyQuota("daily", 100_000, 86_400))


def test_off_limits_nothing() -> None:
    assert policy_named("off").limits == ()


def test_an_unknown_policy_is_an_error_that_names_the_known() -> None:
    with pytest.raises(ConfigurationError, match="unknown rate limit policy 'token-buckets'") as caught:
        policy_named("token-buckets")
    assert all(name in str(caught.value) for name in POLICIES)


def test_a_change_is_named_behind_the_policy() -> None:
    charging = policy_named("mission+charge-denied")
    assert charging.name == "mission+charge-denied"
    assert charging.limits == (SlidingWindow("burst", 16, 2, True), FixedWindow("daily", 100_000, 86_400, True))
    both = policy_named("athena+charge-denied+per-practice")
    assert both.per == "practice"
    assert both.sandbox is not None
    assert all(limit == SlidingWindow("second", 15, 1, True) for limit in both.sandbox.limits[:1])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "mission+free",
            "unknown change 'free' of the rate limit policy 'mission': expected charge-denied, tokens-N, per-",
        ),
        ("concurrency+charge-denied", "counts no requests"),
        ("off+charge-denied", "counts no requests"),
    ],
)
def test_an_unknown_or_impossible_change_is_an_error(name: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said.replace("+", r"\+")):
        policy_named(name)


def test_per_reaches_the_sandbox_too() -> None:
    policy = policy_named("athena+per-token")
    assert policy.sandbox is not None
    assert (policy.per, policy.sandbox.per) == ("token", "token")
