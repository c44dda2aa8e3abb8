"""A target that is the emulator's own limiter on a clock that only the prober moves: seconds of it cost nothing.

The way there and back takes time that is drawn, and the decision falls somewhere in it. What is sent at once arrives
in the order in which it was sent.
"""

from random import Random

from athena_fhir_conformance.limits.observation import Observation
from mock_athena.ratelimit import Limiter, Policy, QuotaKey
from mock_athena.ratelimit.headers import limit_headers
from mock_athena.web.throttle import said

SECOND = 1_000_000_000
BEGIN = 1_767_225_600  # 2026-01-01T00:00:00Z
KEY = QuotaKey("production", "client", "probe")


class StandingClock:
    """Nanoseconds that somebody sets."""

    def __init__(self, nanoseconds: int) -> None:
        self.nanoseconds = nanoseconds

    def now(self) -> int:
        return self.nanoseconds


class LimiterProber:
    """Probes a policy.

    Attributes:
        dated: the target dates its decisions. trip: seconds there and back, at most.
    """

    def __init__(self, policy: Policy, random: Random, *, dated: bool = True, trip: float = 0.008) -> None:
        self.clock = StandingClock((BEGIN + random.randrange(86_400)) * SECOND + random.randrange(SECOND))
        self.limiter = Limiter(policy, self.clock)  # type: ignore[arg-type]
        self.random, self.dated, self.trip = random, dated, trip
        self.spent = 0
        self.skew = 0.0 if dated else random.uniform(-3, 3)

    def now(self) -> float:
        return self.clock.nanoseconds / SECOND - self.skew

    def wait_until(self, instant: float) -> None:
        self.clock.nanoseconds = max(self.clock.nanoseconds, round((instant + self.skew) * SECOND))

    def send(self, most: int = 1, *, until_refused: bool = False, at_once: int = 1) -> list[Observation]:
        seen: list[Observation] = []
        while len(seen) < most:
            trip = self.trip * self.random.uniform(0.2, 1)
            sent, step = self.now(), trip / at_once
            batch = min(at_once, most - len(seen))
            decided = [self._decide(sent, trip, step * (number + self.random.uniform(0.1, 0.9))) for number in range(batch)]
            seen += decided
            self.wait_until(sent + trip)
            if until_refused and any(each.verdict == "refused" for each in decided):
                break
        return seen

    def _decide(self, sent: float, trip: float, after: float) -> Observation:
        self.wait_until(sent + after)
        self.spent += 1
        decision = self.limiter.hit(KEY)
        headers = {name.lower(): value for name, value in limit_headers(decision)}
        body = "" if decision.allowed else said(decision, "client probe", "").message
        status = 404 if decision.allowed else 429
        received = sent + trip
        headers["date"] = _date(received + self.skew)
        at = decision.instant / SECOND if self.dated else None
        return Observation(sent, received, status, headers, body, at, decision.seq if self.dated else 0)


def _date(instant: float) -> str:
    from email.utils import formatdate

    return formatdate(int(instant), usegmt=True)
