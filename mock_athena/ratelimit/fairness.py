"""Tells each refused request a time of its own, so that parallel clients who wait as told do not all come back at once.

Everybody who is refused is told when one unit is free for it: the first of those who wait, the first unit; the second,
the second. A promise is kept until its time has come and somebody was admitted, or a second has passed; nobody is sent
further away than a minute. What is promised is advice and no reservation: whoever comes earlier is admitted if there is
room, so a caller that is alone is never told less than it must wait.
"""

import threading
from collections import deque

from mock_athena.clock import NANOSECONDS
from mock_athena.ratelimit.decision import Decision, QuotaKey, ceil_seconds

FURTHEST = 60 * NANOSECONDS
"""Nobody is told to wait longer for others, and limits with longer windows are told plainly."""

_GRACE = NANOSECONDS


class Promises:
    """Who was told to come when, by quota: instants, as told in whole seconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._told: dict[QuotaKey, deque[int]] = {}

    def ahead(self, key: QuotaKey, now: int) -> int:
        """How many units were promised to others and not fetched yet."""
        with self._lock:
            told = self._told.get(key)
            while told and told[0] + _GRACE < now:
                told.popleft()
            return len(told) if told else 0

    def answer(self, decision: Decision) -> Decision:
        """The decision with its own time to come back; notes what is promised, or what was fetched."""
        with self._lock:
            if decision.allowed:
                self._fetched(decision)
                return decision
            return self._promised(decision)

    def reset(self) -> None:
        """Nobody was promised anything."""
        with self._lock:
            self._told.clear()

    def _fetched(self, decision: Decision) -> None:
        told = self._told.get(decision.key)
        for _ in range(decision.cost):
            if told and told[0] <= decision.instant:
                told.popleft()
        if told is not None and not told:
            del self._told[decision.key]

    def _promised(self, decision: Decision) -> Decision:
        limit = decision.rules.limits[decision.refused_by]
        window = limit.window * NANOSECONDS
        if decision.lost or not 0 < window <= FURTHEST:
            return decision._replace(queued=decision.wait)
        told = self._told.setdefault(decision.key, deque())
        queued = decision.queued
        if len(told) >= limit.quota:  # a window full of others comes first
            queued = max(queued, told[-limit.quota] + window - decision.instant)
        if queued > FURTHEST:
            return decision._replace(queued=max(FURTHEST, decision.wait))
        told.extend([decision.instant + ceil_seconds(queued) * NANOSECONDS] * decision.cost)
        return decision._replace(queued=queued)
