"""A limiter of the default policy, on a clock that stands at 2026-01-01T00:00:00Z."""

import pytest

from mock_athena.clock import ManualClock
from mock_athena.ratelimit import Limiter, policy_named

MIDNIGHT = 1_767_225_600 * 10**9


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(MIDNIGHT)


@pytest.fixture
def limiter(clock: ManualClock) -> Limiter:
    return Limiter(policy_named("mission"), clock)
