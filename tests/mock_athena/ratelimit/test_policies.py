"""The policies by name."""

import pytest

from mock_athena.errors import ConfigurationError
from mock_athena.ratelimit import POLICIES, policy_named
from mock_athena.ratelimit.limits import DailyQuota, SlidingWindow


def test_the_mission_is_sixteen_in_two_seconds_and_a_hundred_thousand_a_day() -> None:
    assert policy_named("mission").limits == (SlidingWindow("burst", 16, 2), DailyQuota("daily", 100_000, 86_400))


def test_off_limits_nothing() -> None:
    assert policy_named("off").limits == ()


def test_an_unknown_policy_is_an_error_that_names_the_known() -> None:
    with pytest.raises(ConfigurationError, match="unknown rate limit policy 'token-buckets'") as caught:
        policy_named("token-buckets")
    assert all(name in str(caught.value) for name in POLICIES)
