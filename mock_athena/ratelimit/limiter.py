"""The limiter: all limits of a policy for one caller, decided together under one lock.

All are asked, then all are charged or none: a refused request consumes nothing. The instant and the number of a
decision are drawn under the same lock, so decisions are totally ordered and their instants never go back.
"""

import threading
from typing import Any

from mock_athena.clock import Clock
from mock_athena.ratelimit.decision import Allowance, Decision
from mock_athena.ratelimit.policies import Policy


class Limiter:
    """Counts of every caller in this process."""

    def __init__(self, policy: Policy, clock: Clock) -> None:
        self.policy = policy
        self._clock = clock
        self._lock = threading.Lock()
        self._callers: dict[str, tuple[Any, ...]] = {}
        self._seq = 0

    def hit(self, key: str, cost: int = 1) -> Decision:
        """Decide on a request of the caller ``key``.

        Args:
            cost: units of quota that it spends; 0 for a route that is never limited.
        """
        limits = self.policy.limits
        with self._lock:
            now = self._clock.now()
            self._seq += 1
            if not cost or not limits:
                return Decision(True, self._seq, now, self.policy.name, key)
            states = self._callers.get(key)
            if states is None:
                states = self._callers[key] = self._fresh()
            waits = [limit.wait(state, now) for limit, state in zip(limits, states, strict=True)]
            wait = max(waits)
            if not wait:
                for limit, state in zip(limits, states, strict=True):
                    limit.charge(state, now)
            allowances = self._allowances(states, now)
            binding = waits.index(wait) if wait else _scarcest(allowances)
            return Decision(not wait, self._seq, now, self.policy.name, key, allowances, binding, wait)

    def standings(self) -> dict[str, tuple[int, tuple[Allowance, ...]]]:
        """By caller: nanoseconds until its next request is admitted, and how each limit stands."""
        with self._lock:
            now = self._clock.now()
            return {
                key: (self._wait(states, now), self._allowances(states, now)) for key, states in self._callers.items()
            }

    def reset(self) -> None:
        """Forget every caller; numbering goes on."""
        with self._lock:
            self._callers.clear()

    def _fresh(self) -> tuple[Any, ...]:
        return tuple(limit.fresh() for limit in self.policy.limits)

    def _wait(self, states: tuple[Any, ...], now: int) -> int:
        return max(limit.wait(state, now) for limit, state in zip(self.policy.limits, states, strict=True))

    def _allowances(self, states: tuple[Any, ...], now: int) -> tuple[Allowance, ...]:
        return tuple(
            Allowance(limit.name, limit.quota, limit.window, *limit.standing(state, now))
            for limit, state in zip(self.policy.limits, states, strict=True)
        )


def _scarcest(allowances: tuple[Allowance, ...]) -> int:
    """Index of the allowance with the least left; the first of equals."""
    return min(range(len(allowances)), key=lambda index: allowances[index].remaining)
