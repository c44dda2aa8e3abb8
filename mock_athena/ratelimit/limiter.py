"""The limiter: all limits of a policy for one caller, decided together under one lock.

All are asked, then all are charged or none: a refused request consumes nothing. The instant and the number of a
decision are drawn under the same lock, so decisions are totally ordered and their instants never go back.
"""

import threading
from typing import Any

from mock_athena.clock import Clock
from mock_athena.ratelimit.decision import Allowance, Decision, QuotaKey
from mock_athena.ratelimit.policies import Policy


class Limiter:
    """Counts of every caller in this process."""

    def __init__(self, policy: Policy, clock: Clock) -> None:
        self.policy = policy
        self._clock = clock
        self._lock = threading.Lock()
        self._callers: dict[QuotaKey, tuple[Any, ...]] = {}
        self._seq = 0

    def hit(self, key: QuotaKey, cost: int = 1) -> Decision:
        """Decide on a request of the caller ``key``.

        Args:
            cost: units of quota that it spends: 1 to the smallest quota of the policy.
        """
        with self._lock:
            now = self._clock.now()
            self._seq += 1
            states = self._callers.get(key)
            if states is None:
                states = self._callers[key] = self._fresh()
            waits = self._waits(states, now, cost)
            wait = max(waits, default=0)
            if not wait:
                for limit, state in zip(self.policy.limits, states, strict=True):
                    limit.charge(state, now, cost)
            allowances = self._allowances(states, now)
            binding = waits.index(wait) if wait else _scarcest(allowances)
            return Decision(not wait, self._seq, now, self.policy.name, key, allowances, binding, wait)

    def look(self, key: QuotaKey) -> Decision:
        """Number and date a request that spends nothing, and say how its caller stands."""
        with self._lock:
            now = self._clock.now()
            self._seq += 1
            # Whoever only looks is not remembered: an address that never had a token must not fill the memory.
            states = self._callers.get(key) or self._fresh()
            self._waits(states, now, 1)
            allowances = self._allowances(states, now)
            return Decision(True, self._seq, now, self.policy.name, key, allowances, _scarcest(allowances))

    def standings(self) -> dict[QuotaKey, tuple[int, tuple[Allowance, ...]]]:
        """By caller: nanoseconds until its next request is admitted, and how each limit stands."""
        with self._lock:
            now = self._clock.now()
            return {
                key: (max(self._waits(states, now, 1), default=0), self._allowances(states, now))
                for key, states in self._callers.items()
            }

    def reset(self) -> None:
        """Forget every caller; numbering goes on."""
        with self._lock:
            self._callers.clear()

    def _fresh(self) -> tuple[Any, ...]:
        return tuple(limit.fresh() for limit in self.policy.limits)

    def _waits(self, states: tuple[Any, ...], now: int, cost: int) -> list[int]:
        return [limit.wait(state, now, cost) for limit, state in zip(self.policy.limits, states, strict=True)]

    def _allowances(self, states: tuple[Any, ...], now: int) -> tuple[Allowance, ...]:
        # One tuple for each limit, made by the limit itself: this runs with every request.
        return tuple([limit.standing(state, now) for limit, state in zip(self.policy.limits, states, strict=True)])


def _scarcest(allowances: tuple[Allowance, ...]) -> int:
    """Index of the allowance with the least left; the first of equals, and 0 where there is none."""
    scarcest = 0
    for index, allowance in enumerate(allowances):
        if allowance.remaining < allowances[scarcest].remaining:
            scarcest = index
    return scarcest
