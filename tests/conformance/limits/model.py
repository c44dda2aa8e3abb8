"""A target that is the emulator's own limiter on a clock that only the prober moves: seconds of it cost nothing.

The way there and back takes time that is drawn, and the decision falls somewhere in it. What is sent at once arrives
in the order in which it was sent.
"""

from email.utils import formatdate
from functools import partial
from random import Random

from athena_fhir_conformance.limits.observation import Dialect, Observation, Refusals, is_out_of_order
from mock_athena.ratelimit import Limiter, Policy, QuotaKey
from mock_athena.ratelimit.decision import Decision, Kind
from mock_athena.ratelimit.headers import limit_headers
from mock_athena.web.throttle import said

SECOND = 1_000_000_000
BEGIN = 1_767_225_600  # 2026-01-01T00:00:00Z

# Whose quota it is, by what the prober is: (client, token, address).
_MAIN = ("one", "one-1", "10.0.0.1")
_OTHERS = {
    "connection": _MAIN,
    "token": ("one", "one-2", "10.0.0.1"),
    "address": ("one", "one-1", "10.0.0.2"),
    "client": ("two", "two-1", "10.0.0.1"),
}


class StandingClock:
    """Nanoseconds that somebody sets."""

    def __init__(self, nanoseconds: int) -> None:
        self.nanoseconds = nanoseconds

    def now(self) -> int:
        return self.nanoseconds


class LimiterTarget:
    """Probes a policy.

    Attributes:
        dated: the target dates its decisions. trip: seconds there and back, at most.
    """

    def __init__(self, policy: Policy, random: Random, *, dated: bool = True, trip: float = 0.008) -> None:
        self.policy, self.random, self.dated, self.trip = policy, random, dated, trip
        self.clock = StandingClock((BEGIN + random.randrange(86_400)) * SECOND + random.randrange(SECOND))
        self.limiter = Limiter(policy, self.clock)  # type: ignore[arg-type]
        self.skew = 0.0 if dated else random.uniform(-3, 3)
        self.spent, self.refusals = 0, Refusals()
        self.main = LimiterProber(self, _MAIN)
        self.variants = {name: LimiterProber(self, who, fresh=name == "connection") for name, who in _OTHERS.items()}
        self.routes = {"public": LimiterProber(self, _MAIN, "public"), "bulk": LimiterProber(self, _MAIN, "bulk")}
        self.tokens = LimiterProber(self, _MAIN, "token") if policy.token_endpoint else None

    def now(self) -> float:
        return self.clock.nanoseconds / SECOND - self.skew

    def wait_until(self, instant: float) -> None:
        self.clock.nanoseconds = max(self.clock.nanoseconds, round((instant + self.skew) * SECOND))

    def overlapping(self, count: int) -> list[Observation]:
        return [self.decide(self.main, self.now(), self.trip, 0, keeps=True) for _ in range(count)]

    def decide(
        self, prober: "LimiterProber", sent: float, trip: float, after: float, *, keeps: bool = False
    ) -> Observation:
        """One request, which arrives ``after`` some seconds; it is in flight for ever if ``keeps``."""
        self.wait_until(sent + after)
        self.spent += 1
        cost = prober.cost
        decision = self.limiter.hit(prober.key, cost) if cost else self.limiter.look(prober.key)
        if decision.allowed and not keeps:
            self.limiter.release(decision)
        return self._told(decision, cost, sent, sent + trip)

    def _told(self, decision: Decision, cost: int, sent: float, received: float) -> Observation:
        fields = limit_headers(decision) if cost else []
        headers = {name.lower(): value for name, value in fields} | {
            "date": formatdate(int(received + self.skew), usegmt=True)
        }
        body = "" if decision.allowed else said(decision, "client probe", "").message
        at = decision.instant / SECOND if self.dated else None
        status = 404 if decision.allowed else 429
        return Observation(sent, received, status, headers, body, at, decision.seq if self.dated else 0)


class LimiterProber:
    """One kind of probe of such a target."""

    def __init__(
        self, target: LimiterTarget, who: tuple[str, str, str], route: str = "fhir", *, fresh: bool = False
    ) -> None:
        self._target, self.route, self.who, self._fresh = target, route, who, fresh
        self.dialect, self.connection = Dialect(target.refusals), 0
        client, token, address = who
        per: Kind = "client" if route == "token" else target.policy.per
        id = {"client": client, "token": token, "user": client, "address": address, "practice": "practice"}[per]
        self.key = QuotaKey("production", per, id, "token-endpoint" if route == "token" else "requests")

    @property
    def cost(self) -> int:
        return self._target.policy.cost_of.get(self.route, 0 if self.route == "public" else 1)

    @property
    def spent(self) -> int:
        return self._target.spent

    def now(self) -> float:
        return self._target.now()

    def wait_until(self, instant: float) -> None:
        self._target.wait_until(instant)

    def send(self, most: int = 1, *, until_refused: bool = False, at_once: int = 1) -> list[Observation]:
        target, seen = self._target, list[Observation]()
        while len(seen) < most:
            trip = target.trip * target.random.uniform(0.2, 1)
            sent, step = self.now(), trip / at_once
            arrivals = [
                step * (number + target.random.uniform(0.1, 0.9)) for number in range(min(at_once, most - len(seen)))
            ]
            batch: list[Observation] = []
            for number, after in enumerate(arrivals):
                self.connection = self.connection + 1 if self._fresh else number
                batch += self.dialect.heard(partial(target.decide, self, sent, trip, after))
            seen += batch
            self.wait_until(sent + trip)
            if is_out_of_order(seen) or (until_refused and any(each.verdict == "refused" for each in batch)):
                break
        return seen
