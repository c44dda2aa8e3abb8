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

    @property
    def quota(self) -> int:
        """How many at once."""
        ...

    @property
    def window(self) -> float:
        """Seconds."""
        ...

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
    """``limits`` sliding window counter, Cloudflare: the last window counts by the share of it that still overlaps."""

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


@dataclass
class Several:
    """Several at once: admitted is what all admit, and charged by those that were asked until one refused."""

    gates: tuple[Gate, ...]

    @property
    def quota(self) -> int:
        return min(gate.quota for gate in self.gates)

    @property
    def window(self) -> float:
        return max(gate.window for gate in self.gates)

    def admits(self, now: float) -> bool:
        return all(gate.admits(now) for gate in self.gates)

    def left(self, now: float) -> int:
        return min(gate.left(now) for gate in self.gates)

    def wait(self, now: float) -> float:
        return max(gate.wait(now) for gate in self.gates)


@dataclass
class Luck:
    """Refuses at random, whoever asks: a server that sheds load."""

    random: Random
    share: float
    quota: int = 1
    window: float = 1.0

    def admits(self, now: float) -> bool:  # noqa: ARG002 - that is the point
        return self.random.random() >= self.share

    def left(self, now: float) -> int:  # noqa: ARG002
        return self.quota

    def wait(self, now: float) -> float:  # noqa: ARG002
        return 1.0


@dataclass
class Open:
    """Admits all."""

    quota: int = 10_000
    window: float = 1.0

    def admits(self, now: float) -> bool:  # noqa: ARG002
        return True

    def left(self, now: float) -> int:  # noqa: ARG002
        return self.quota

    def wait(self, now: float) -> float:  # noqa: ARG002
        return 0.0


Said = tuple[int, Mapping[str, str], str]
Manner = Callable[[Gate, float, bool], Said]
"""Status, header fields and body of an answer."""
Fault = Callable[[int], Said | None]
"""What is answered instead to the request of this number, if anything."""

_USUAL = 404


def silent(status: int = 429, body: str = "") -> Manner:
    """Says no with this status and in no other way."""
    return lambda _gate, _now, admitted: (_USUAL if admitted else status, {}, "" if admitted else body)


def with_fields(gate: Gate, now: float, admitted: bool) -> Said:
    """The older fields, with an instant as Reset."""
    fields = {
        "x-ratelimit-limit": str(gate.quota),
        "x-ratelimit-remaining": str(gate.left(now)),
        "x-ratelimit-reset": str(ceil(now + gate.wait(now))),
    }
    return _USUAL if admitted else 429, fields, ""


def retry_date(gate: Gate, now: float, admitted: bool) -> Said:
    """``Retry-After`` as a date."""
    if admitted:
        return _USUAL, {}, ""
    return 429, {"retry-after": formatdate(ceil(now + gate.wait(now)), usegmt=True)}, ""


def retry_of(seconds: int) -> Manner:
    """``Retry-After`` is a constant, whatever is true."""
    return lambda _gate, _now, admitted: (_USUAL, {}, "") if admitted else (429, {"retry-after": str(seconds)}, "")


def no_fault(number: int) -> Said | None:
    """Nothing goes wrong."""
    return None


def faults(random: Random, share: float) -> Fault:
    """A share of all requests is answered by a proxy that does not reach the server."""
    return lambda _number: (503, {}, "upstream") if random.random() < share else None


SILENT = silent()


class Stranger(LimiterTarget):
    """A server of somebody else, met on the virtual clock.

    Args:
        gate: makes a counter; each caller has its own, and so has each of the ``workers`` over which connections are
            spread.
        key: whose counter: ``client``, ``token`` or ``address``.
        cost: units of the quota that one request spends.
        ahead: seconds that ``Date`` is ahead of the limiter's own clock.
    """

    def __init__(
        self,
        gate: Callable[[], Gate],
        manner: Manner = SILENT,
        *,
        seed: int = 1,
        trip: float = 0.008,
        workers: int = 1,
        key: str = "client",
        cost: int = 1,
        ahead: float = 0.0,
        fault: Fault = no_fault,
    ) -> None:
        super().__init__(OFF, Random(seed), dated=False, trip=trip)  # noqa: S311 - no secret
        self._make, self._manner, self._workers, self._key = gate, manner, workers, key
        self._cost, self._ahead, self._fault = cost, ahead, fault
        self._gates: dict[tuple[str, int], Gate] = {}

    def decide(
        self,
        prober: LimiterProber,
        sent: float,
        trip: float,
        after: float,
        *,
        keeps: bool = False,  # noqa: ARG002 - nothing is held here
    ) -> Observation:
        self.wait_until(sent + after)
        self.spent += 1
        now = self.clock.nanoseconds / SECOND
        status, fields, body = self._fault(self.spent) or self._said(prober, now)
        date = {"date": formatdate(int(now + self._ahead), usegmt=True)}
        return Observation(sent, sent + trip, status, {**fields, **date}, body)

    def _said(self, prober: LimiterProber, now: float) -> Said:
        if prober.route in ("public", "token"):
            return 200, {}, ""
        who = prober.who[("client", "token", "address").index(self._key)]
        gate = self._gates.setdefault((who, prober.connection % self._workers), self._make())
        charged = [gate.admits(now) for _ in range(self._cost)]
        return self._manner(gate, now, all(charged))


def probed(target: Stranger, requests: int = 300, seconds: float = 280) -> Findings:
    return investigate(target, Purse(target.main, requests, target.now() + seconds), lambda _: None)
