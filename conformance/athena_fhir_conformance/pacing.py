"""As fast as the target's quota allows, and never faster.

A sliding window over the instants at which answers arrived: the target decided before that, so whatever the network
adds, no window of the target ever holds more than the quota. What the target says of its quota (``RateLimit-Policy``,
draft-ietf-httpapi-ratelimit-headers) is learned.
"""

import re
from collections import deque
from dataclasses import dataclass

from athena_fhir_conformance.clock import Clock

LONGEST = 60.0  # seconds; quotas over a longer time are budgeted, not paced
_ITEM = re.compile(r'"(?P<name>[^"]*)"\s*;(?P<parameters>[^,]*)')
_AIR = 0.002  # seconds added to a window, for a clock that is read with less precision than it decides


@dataclass(frozen=True)
class Quota:
    """``amount`` requests in any ``window`` seconds."""

    amount: int
    window: float


DEFAULT = (Quota(16, 2.0),)
"""8 requests a second, 16 in any 2 seconds."""


class Pacer:
    """Waits before a request until every quota has room for it.

    Args:
        quotas: what holds until the target says otherwise; empty paces nothing.
        learns: whether what the target declares replaces them.
    """

    def __init__(self, clock: Clock, quotas: tuple[Quota, ...] = DEFAULT, learns: bool = True) -> None:
        self._clock, self.quotas, self._learns = clock, quotas, learns
        self._answered: deque[float] = deque(maxlen=max((quota.amount for quota in quotas), default=1))
        self.waited, self._told = 0.0, False
        self.refusals_count = True  # until the target showed that a refused request costs nothing

    def wait(self) -> None:
        """Let time pass until one more request fits."""
        if (missing := self.missing()) > 0:
            self.waited += missing
            self._clock.sleep(missing)

    def missing(self) -> float:
        """Seconds until one more request fits; none or less where it does."""
        return max((self._free_at(quota) for quota in self.quotas), default=0.0) - self._clock.now()

    def answered(self, policy: str = "", refused: bool = False) -> None:
        """An answer arrived; ``policy`` is its ``RateLimit-Policy``. Once the target told its policy, what has none
        costs nothing of it: discovery, sign-in, tokens."""
        if (policy or not self._told) and (self.refusals_count or not refused):
            self._answered.append(self._clock.now())
        self._told = self._told or bool(policy)
        if policy and self._learns and (told := declared(policy)) and told != self.quotas:
            self.quotas = told
            self._answered = deque(self._answered, maxlen=max(quota.amount for quota in told))

    def settle(self) -> None:
        """Wait until every window is empty, so that a check begins with the whole quota."""
        if self._answered and self.quotas:
            gap = self._answered[-1] + max(quota.window for quota in self.quotas) + _AIR - self._clock.now()
            self._clock.sleep(max(gap, 0.0))

    def _free_at(self, quota: Quota) -> float:
        if len(self._answered) < quota.amount:
            return 0.0
        return self._answered[-quota.amount] + quota.window + _AIR


def declared(policy: str) -> tuple[Quota, ...]:
    """The quotas of a ``RateLimit-Policy`` that are short enough to be paced."""
    found = []
    for item in _ITEM.finditer(policy):
        parameters = dict(part.strip().split("=", 1) for part in item["parameters"].split(";") if "=" in part)
        try:
            quota = Quota(int(parameters["q"]), float(parameters["w"]))
        except (KeyError, ValueError):
            continue
        if quota.amount > 0 and 0 < quota.window <= LONGEST:
            found.append(quota)
    return tuple(found)
