"""What a client is told of a decision, without header fields in between.

:func:`~athena_fhir_client.pace.told.told_by` reads what :func:`~mock_athena.ratelimit.headers.decision_headers` wrote;
a million times over, writing and reading are most of the time. :class:`Telling` makes the same value of the decision
itself, and a test holds it to what the header fields tell. Policies that tell less go through the header fields.
"""

from collections.abc import Callable
from typing import Any

from athena_fhir_client.pace.state import Limit
from athena_fhir_client.pace.told import Told, told_by
from mock_athena.clock import NANOSECONDS
from mock_athena.ratelimit import Decision, Policy
from mock_athena.ratelimit.headers import decision_headers

Tell = Callable[[Decision], Told]

_new: Any = tuple.__new__
_LONGEST, _LARGEST, _DAY = 60, 1000, 86_400  # as told.py of the client


def by_headers(decision: Decision) -> Told:
    """What the header fields tell, at the instant of the decision."""
    return told_by(dict(decision_headers(decision)), decision.instant / NANOSECONDS)


def telling(policy: Policy) -> Tell:
    """How the decisions of a policy are told."""
    counted = all(limit.counts for limit in policy.limits)
    distinct = len({limit.quota for limit in policy.limits}) == len(policy.limits)  # a client finds them by their quota
    return _Direct(policy).told if policy.tells == "all" and policy.limits and counted and distinct else by_headers


class _Direct:
    def __init__(self, policy: Policy) -> None:
        limits = [Limit(limit.quota, float(limit.window)) for limit in policy.limits if limit.window]
        self._limits = tuple(each for each in limits if each.window <= _LONGEST and each.quota <= _LARGEST)
        self._per_day = min((each.quota for each in limits if each.window == _DAY), default=None)
        self._quotas = [limit.quota for limit in policy.limits]

    def told(self, decision: Decision) -> Told:
        left = tuple(zip(self._quotas, [remaining for remaining, _ in decision.standings], strict=True))
        retry_after = None if decision.allowed else float(decision.retry_after)
        # The reset is read only where no Retry-After is told, and then the pace has no use for it.
        told = (self._limits, self._per_day, left, retry_after, None, None, decision.instant / NANOSECONDS)
        return _new(Told, told)  # type: ignore[no-any-return]
