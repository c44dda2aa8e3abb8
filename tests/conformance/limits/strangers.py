"""Limiters of other people, as small as they can be: what libraries, proxies and homemade servers do at their limits.

A gate decides whether a request at an instant is admitted, and in how many seconds the next one is. A server is a gate
with a way to say no. Semantics: https://limits.readthedocs.io/en/stable/strategies.html,
https://express-rate-limit.mintlify.app/overview, https://pyratelimiter.readthedocs.io,
https://nginx.org/en/docs/http/ngx_http_limit_req_module.html.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from math import ceil, floor, inf
from random import Random
from typing import Protocol

from athena_fhir_conformance.limits.findings import Findings
from athena_fhir_conformance.limits.identifying import Purse
from athena_fhir_conformance.limits.investigation import investigate
from athena_fhir_conformance.limits.observation import Observation
from mock_athena.ratelimit.policies import OFF
from tests.conformance.limits.model import SECOND, LimiterProber, LimiterTarget


class Gate(Protocol):
    """Decides about one caller's requests."""

    quota: int
    window: float

    def admits(self, now: float) -> bool:
        """Whether a request is let through at this instant, which is not before the last one's."""
        ...

    def left(self, now: float) -> int:
        """How many more would be."""
        ...

    def wait(self, now: float) -> float:
        """Seconds until one would be."""
        ...


@dataclass
class MovingWindow:
    """``limits`` moving window, pyrate-limiter: a log of instants."""

    quota: int
    window: float
    log: list[float] = field(default_factory=list)

    def admits(self, now: float) -> bool:
        self.log = [each for each in self.log if each > now - self.window]
        if len(self.log) < self.quota:
            self.log.append(now)
            return True
        return False

    def left(self, now: float) -> int:
        return self.quota - sum(each > now - self.window for each in self.log)

    def wait(self, now: float) -> float:
        return max(0.0, self.log[0] + self.window - now) if len(self.log) >= self.quota else 0.0


@dataclass
class FromFirst:
    """``limits`` fixed window, express-rate-limit: from a caller's first request on."""

    quota: int
    window: float
    ends: float = -inf
    used: int = 0

    def admits(self, now: float) -> bool:
        if now >= self.ends:
            self.ends, self.used = now + self.window, 0
        self.used += 1
        return self.used <= self.quota

    def left(self, now: float) -> int:
        return self.quota if now >= self.ends else max(0, self.quota - self.used)

    def wait(self, now: float) -> float:
        return max(0.0, self.ends - now)


@dataclass
class FromStart:
    """A counter that a timer resets, which runs since the server started: homemade servers, older middleware."""

    quota: int
    window: float
    started: float = 0.0
    number: float = -1
    used: int = 0

    def admits(self, now: float) -> bool:
        number = (now - self.started) // self.window
        if number != self.number:
            self.number, self.used = number, 0
        self.used += 1
        return self.used <= self.quota

    def left(self, now: float) -> int:
        return self.quota if (now - self.started) // self.window != self.number else max(0, self.quota - self.used)

    def wait(self, now: float) -> float:
        return self.window - (now - self.started) % self.window


@dataclass
class TwoCounters:
    """``limits`` sliding window counter, Cloudflare: what the last window had counts by the share that still overlaps."""

    quota: int
    window: float
    number: float = -2
    used: int = 0
    before: int = 0

    def _turn(self, now: float) -> float:
        number = now // self.window
        if number != self.number:
            self.before = self.used if number == self.number + 1 else 0
            self.number, self.used = number, 0
        return self.before * (1 - now % self.window / self.window) + self.used

    def admits(self, now: float) -> bool:
        admitted = self._turn(now) + 1 <= self.quota
        self.used += admitted
        return admitted

    def left(self, now: float) -> int:
        return max(0, floor(self.quota - self._turn(now)))

    def wait(self, now: float) -> float:
        return self.window - now % self.window


@dataclass
class LeakyBucket:
    """nginx ``limit_req zone=… rate=… burst=… nodelay``: in whole milliseconds, ``burst`` beyond the first.

    The quota is what is admitted at once; the window is what it takes to leak all of it.
    """

    rate: float
    burst: int
    excess: int = 0
    last: float = -inf

    @property
    def quota(self) -> int:
        return self.burst + 1

    @property
    def window(self) -> float:
        return self.quota / self.rate

    def _excess(self, now: float) -> int:
        """Thousandths of a request, as nginx counts."""
        if self.last == -inf:
            return 0
        return max(0, self.excess - int(self.rate * (floor(now * 1000) - floor(self.last * 1000))) + 1000)

    def admits(self, now: float) -> bool:
        excess = self._excess(now)
        if excess > self.burst * 1000:
            return False
        self.excess, self.last = excess, now
        return True

    def left(self, now: float) -> int:
        return max(0, self.burst - self._excess(now) // 1000 + 1)

    def wait(self, now: float) -> float:
        return max(0.0, (self._excess(now) - self.burst * 1000) / 1000 / self.rate)


Said = tuple[int, Mapping[str, str], str]
Manner = Callable[[Gate, float, bool], Said]
"""Status, header fields and body of an answer."""

_USUAL = 404


def silent(status: int = 429, body: str = "") -> Manner:
    """Says no with this status and in no other way."""
    return lambda gate, now, admitted: (_USUAL if admitted else status, {}, "" if admitted else body)


def with_fields(fields: Callable[[Gate, float], Mapping[str, str]], status: int = 429) -> Manner:
    """Says more in header fields."""
    return lambda gate, now, admitted: (_USUAL if admitted else status, fields(gate, now), "")


def retry_date(gate: Gate, now: float, admitted: bool) -> Said:
    """``Retry-After`` as a date."""
    return (404, {}, "") if admitted else (429, {"retry-after": formatdate(ceil(now + gate.wait(now)), usegmt=True)}, "")


class Stranger(LimiterTarget):
    """A server of somebody else, met on the virtual clock.

    Args:
        gates: how many counters there are of each caller; a caller's connections are spread over them.
        key: whose counter: ``client``, ``token`` or ``address``.
        cost: units of the quota that one request spends.
        skew: seconds that ``Date`` is ahead of the limiter's own clock.
    """

    def __init__(
        self,
        gate: Callable[[], Gate],
        manner: Manner = silent(),
        *,
        seed: int = 1,
        trip: float = 0.008,
        workers: int = 1,
        key: str = "client",
        cost: int = 1,
        skew: float = 0.0,
        fault: Callable[[int], Said | None] = lambda number: None,
    ) -> None:
        super().__init__(OFF, Random(seed), dated=False, trip=trip)  # noqa: S311 - no secret
        self._make, self._manner, self._workers, self._key = gate, manner, workers, key
        self._cost, self._date_skew, self._fault = cost, skew, fault
        self._gates: dict[tuple[str, int], Gate] = {}

    def decide(
        self, prober: LimiterProber, sent: float, trip: float, after: float, *, keeps: bool = False
    ) -> Observation:
        self.wait_until(sent + after)
        self.spent += 1
        now = self.clock.nanoseconds / SECOND
        said = self._fault(self.spent) or self._said(prober, now)
        headers = {**said[1], "date": formatdate(int(now + self._date_skew), usegmt=True)}
        return Observation(sent, sent + trip, said[0], headers, said[2])

    def _said(self, prober: LimiterProber, now: float) -> Said:
        if prober.route in ("public", "token"):
            return 200, {}, ""
        who = prober.who[("client", "token", "address").index(self._key)]
        gate = self._gates.setdefault((who, prober.connection % self._workers), self._make())
        admitted = all([gate.admits(now) for _ in range(self._cost)])
        return self._manner(gate, now, admitted)


def probed(target: Stranger, requests: int = 300, seconds: float = 280) -> Findings:
    return investigate(target, Purse(target.main, requests, target.now() + seconds), lambda _: None)
