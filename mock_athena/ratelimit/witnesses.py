"""What a limit should have done: witnesses that remember every decision and count anew for each question.

They share no code with the mechanisms, and are as slow as they are simple.
"""

from bisect import bisect_right
from collections.abc import Mapping
from typing import NamedTuple

from mock_athena.clock import NANOSECONDS
from mock_athena.errors import DataError
from mock_athena.ratelimit.buckets import TokenBucket
from mock_athena.ratelimit.limits import FixedWindow, Limit, SlidingWindow
from mock_athena.ratelimit.penalties import Concurrency, Lockout


class Judged(NamedTuple):
    """One decision, as it was told.

    Attributes:
        seq: its number; 0 if it has none. instant: nanoseconds since 1970 UTC.
        quota: whose quota, as text. allowed: the verdict. cost: units that were asked for.
        told: header fields of the answer, names in lower case; empty if they are not known.
        over: the number of the last decision before its request was over; 0 if that is not known.
    """

    seq: int
    instant: int
    quota: str
    allowed: bool
    cost: int = 1
    told: Mapping[str, str] = {}
    over: int = 0


class Witness:
    """Remembers every unit that one limit admitted to one caller, and counts anew for each question."""

    def __init__(self, limit: Limit) -> None:
        self.quota, self.window = limit.quota, limit.window * NANOSECONDS
        self.charge_denied = getattr(limit, "charge_denied", False)
        self.units: list[int] = []

    def come_to(self, decision: Judged) -> "Witness":  # noqa: ARG002 - most need not know
        """This decision is next."""
        return self

    def admitted(self, decision: Judged) -> None:
        """It was admitted."""
        self.charge(decision.instant, decision.cost)

    def refused(self, now: int) -> None:
        """It was refused."""
        if self.charge_denied:
            self.charge(now, 1)

    def charge(self, now: int, cost: int) -> None:
        """So many units were spent."""
        self.units += [now] * cost

    def wait(self, now: int, cost: int) -> int:
        """Nanoseconds until so many units fit."""
        raise NotImplementedError

    def left(self, now: int) -> int:
        """Units that fit."""
        raise NotImplementedError

    def frees(self, now: int) -> int:
        """The instant at which more fit."""
        raise NotImplementedError


class _Sliding(Witness):
    def _lately(self, now: int) -> list[int]:
        return self.units[bisect_right(self.units, now - self.window) :]

    def wait(self, now: int, cost: int) -> int:
        lately = self._lately(now)
        too_many = len(lately) + cost - self.quota
        return lately[too_many - 1] + self.window - now if too_many > 0 else 0

    def left(self, now: int) -> int:
        return max(0, self.quota - len(self._lately(now)))

    def frees(self, now: int) -> int:
        lately = self._lately(now)[-self.quota :]
        return lately[0] + self.window if lately else now


class _Fixed(Witness):
    def _used(self, now: int) -> int:
        return len(self.units) - bisect_right(self.units, now - now % self.window - 1)

    def wait(self, now: int, cost: int) -> int:
        return self.frees(now) - now if self._used(now) + cost > self.quota else 0

    def left(self, now: int) -> int:
        return max(0, self.quota - self._used(now))

    def frees(self, now: int) -> int:
        return now - now % self.window + self.window


class _Bucket(Witness):
    """Keeps the level in nanoseconds of filling: exact, however long ago the last unit was."""

    def __init__(self, limit: TokenBucket) -> None:
        super().__init__(limit)
        self.interval, self.until_full, self.drains = limit.interval, limit.until_full, limit.charge_denied
        self.level, self.at = limit.quota * limit.interval, 0

    def _filled(self, now: int) -> int:
        return min(self.quota * self.interval, self.level + now - self.at)

    def charge(self, now: int, cost: int) -> None:
        level = self._filled(now) - cost * self.interval
        # A refused request empties the bucket of a policy that charges it.
        self.level, self.at = (0 if level < 0 and self.drains else level), now

    def wait(self, now: int, cost: int) -> int:
        return max(0, cost * self.interval - self._filled(now))

    def left(self, now: int) -> int:
        return max(0, self._filled(now) // self.interval)

    def frees(self, now: int) -> int:
        level = self._filled(now)
        lacks = self.quota * self.interval - level
        if self.until_full or not lacks:
            return now + lacks
        return now + (lacks - 1) % self.interval + 1


class _Locked(Witness):
    """Counts refusals, from the first of them on for as long as the window is."""

    def __init__(self, limit: Lockout) -> None:
        super().__init__(limit)
        self.penalty, self.until = limit.penalty * NANOSECONDS, 0

    def refused(self, now: int) -> None:
        if now < self.until:
            return
        self.units = [*self._lately(now), now]
        if len(self.units) == self.quota:
            self.until, self.units = now + self.penalty, []

    def charge(self, now: int, cost: int) -> None:
        """What is admitted is not counted."""

    def _lately(self, now: int) -> list[int]:
        return self.units if self.units and now < self.units[0] + self.window else []

    def wait(self, now: int, cost: int) -> int:  # noqa: ARG002 - a lock has no units
        return max(0, self.until - now)

    def left(self, now: int) -> int:
        return 0 if now < self.until else self.quota - len(self._lately(now))

    def frees(self, now: int) -> int:
        lately = self._lately(now)
        return self.until if now < self.until else lately[0] + self.window if lately else now


class _InFlight(Witness):
    """Who is in flight: admitted before this decision, and over after it, if that is known, and not for too long."""

    def __init__(self, limit: Concurrency) -> None:
        super().__init__(limit)
        self.lease = limit.lease * NANOSECONDS
        self.flying: list[Judged] = []

    def come_to(self, decision: Judged) -> Witness:
        self.flying = [
            each
            for each in self.flying
            if not 0 < each.over < decision.seq and decision.instant < each.instant + self.lease
        ]
        return self

    def admitted(self, decision: Judged) -> None:
        self.flying.append(decision)

    def wait(self, now: int, cost: int) -> int:  # noqa: ARG002 - one request is one in flight
        # Nobody knows how long; to come again in a second is what is told.
        return NANOSECONDS if len(self.flying) >= self.quota else 0

    def left(self, now: int) -> int:  # noqa: ARG002 - as of the last decision
        return self.quota - len(self.flying)

    def frees(self, now: int) -> int:
        return now + NANOSECONDS if self.flying else now


def witness_of(limit: Limit) -> Witness:
    """Who can tell of a limit."""
    match limit:
        case SlidingWindow():
            return _Sliding(limit)
        case FixedWindow():
            return _Fixed(limit)
        case TokenBucket():
            return _Bucket(limit)
        case Lockout():
            return _Locked(limit)
        case Concurrency():
            return _InFlight(limit)
    message = f"the limit {limit.name!r} is one that nobody taught this checker to judge"
    raise DataError(message)
