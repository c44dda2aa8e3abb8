"""Decides, exactly, whether one more request fits the quota.

Which reading of "8 requests/second, up to 16 in 2 seconds, 100,000 a day" is the default, and why:
``docs/decisions/0002-reading-of-the-limit.md``.
"""

from mock_athena.ratelimit.counters import Counters
from mock_athena.ratelimit.decision import Allowance, Decision, QuotaKey
from mock_athena.ratelimit.limiter import Limiter
from mock_athena.ratelimit.policies import POLICIES, Policy, policy_named

__all__ = ["POLICIES", "Allowance", "Counters", "Decision", "Limiter", "Policy", "QuotaKey", "policy_named"]
