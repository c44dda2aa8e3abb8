"""Brute force for every kind of limit: each remembers all that ever happened and counts anew for each question.

Slow, obvious, and sharing nothing with the engines. A policy's oracle asks all of them, then charges all or none.
"""

from fractions import Fraction

from mock_athena.ratelimit import Policy
from mock_athena.ratelimit.buckets import TokenBucket
from mock_athena.ratelimit.limits import FixedWindow, SlidingWindow
from mock_athena.ratelimit.penalties import Concurrency, Lockout

SECOND = 10**9


class SlidingOracle:
    def __init__(self, limit: SlidingWindow) -> None:
        self.limit, self.units = limit, list[int]()

    def fits(self, now: int, cost: int) -> bool:
        window = self.limit.window * SECOND
        return sum(now - window < unit <= now for unit in self.units[-5000:]) + cost <= self.limit.quota

    def admitted(self, now: int, cost: int) -> None:
        self.units += [now] * cost

    def refused(self, now: int) -> None:
        if self.limit.charge_denied:
            self.units.append(now)


class FixedOracle:
    def __init__(self, limit: FixedWindow) -> None:
        self.limit, self.used = limit, dict[int, int]()

    def fits(self, now: int, cost: int) -> bool:
        return self.used.get(now // (self.limit.window * SECOND), 0) + cost <= self.limit.quota

    def admitted(self, now: int, cost: int) -> None:
        number = now // (self.limit.window * SECOND)
        self.used[number] = self.used.get(number, 0) + cost

    def refused(self, now: int) -> None:
        if self.limit.charge_denied:
            self.admitted(now, 1)


class BucketOracle:
    """Tokens as fractions of one, dripping."""

    def __init__(self, limit: TokenBucket) -> None:
        self.limit, self.tokens, self.at = limit, Fraction(limit.quota), 0

    def _at(self, now: int) -> Fraction:
        per_token = -(-self.limit.window * SECOND // self.limit.quota)
        return min(Fraction(self.limit.quota), self.tokens + Fraction(now - self.at, per_token))

    def fits(self, now: int, cost: int) -> bool:
        return self._at(now) >= cost

    def admitted(self, now: int, cost: int) -> None:
        self.tokens, self.at = self._at(now) - cost, now

    def refused(self, now: int) -> None:
        if self.limit.charge_denied:
            self.tokens, self.at = Fraction(0), now


class LockoutOracle:
    def __init__(self, limit: Lockout) -> None:
        self.limit, self.until, self.counted = limit, 0, list[int]()

    def fits(self, now: int, cost: int) -> bool:  # noqa: ARG002 - a lock has no units
        return now >= self.until

    def admitted(self, now: int, cost: int) -> None:
        pass

    def refused(self, now: int) -> None:
        if now < self.until:
            return
        if self.counted and now >= self.counted[0] + self.limit.window * SECOND:
            self.counted = []
        self.counted.append(now)
        if len(self.counted) == self.limit.quota:
            self.until, self.counted = now + self.limit.penalty * SECOND, []


class ConcurrencyOracle:
    def __init__(self, limit: Concurrency) -> None:
        self.limit, self.flying = limit, list[int]()

    def fits(self, now: int, cost: int) -> bool:  # noqa: ARG002 - one request is one in flight
        self.flying = [began for began in self.flying if now - began < self.limit.lease * SECOND]
        return len(self.flying) < self.limit.quota

    def admitted(self, now: int, cost: int) -> None:  # noqa: ARG002 - one request is one in flight
        self.flying.append(now)

    def refused(self, now: int) -> None:
        pass


_ORACLES = {
    SlidingWindow: SlidingOracle,
    FixedWindow: FixedOracle,
    TokenBucket: BucketOracle,
    Lockout: LockoutOracle,
    Concurrency: ConcurrencyOracle,
}


class PolicyOracle:
    """All limits of a policy, for one caller."""

    def __init__(self, policy: Policy) -> None:
        self.limits = [_ORACLES[type(limit)](limit) for limit in policy.limits]

    def fits(self, now: int, cost: int = 1) -> bool:
        return all(limit.fits(now, cost) for limit in self.limits)

    def arrive(self, now: int, cost: int = 1) -> bool:
        """Decide on a request, and remember it."""
        fits = self.fits(now, cost)
        for limit in self.limits:
            if fits:
                limit.admitted(now, cost)
            else:
                limit.refused(now)
        return fits

    def release(self, instant: int) -> None:
        """The request that was admitted at this instant is over."""
        for limit in self.limits:
            if isinstance(limit, ConcurrencyOracle) and instant in limit.flying:
                limit.flying.remove(instant)
