"""Whom a fault strikes, and how often.

A rule matches requests; of those that match it strikes the n-th, every n-th, or a share drawn with a seed, within a
window of time, so many times. Whether the k-th match is struck depends on the rule and on k alone, never on chance.
"""

import threading
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from random import Random
from typing import Any, NamedTuple

from mock_athena.clock import NANOSECONDS
from mock_athena.faults.fault import Fault, Phase


class Facts(NamedTuple):
    """What of a request a rule can ask for; ``status`` is 0 until there is an answer."""

    method: str
    path: str
    route: str
    environment: str
    client: str | None
    status: int = 0


@dataclass(frozen=True, slots=True)
class Match:
    """Which requests a rule is about; what is empty matches all.

    Attributes:
        method: such as ``GET``.
        path: as the caller sends it, with ``*`` and ``?``, such as ``/fhir/r4/Patient/*``.
        route: ``public``, ``oauth``, ``fhir``, ``bulk``, ``documents`` or ``unknown``.
        environment: ``production`` or ``sandbox``.
        client: a client id.
        status: of the answer, such as ``429`` or ``2xx``; for what strikes on the way out.
    """

    method: str = ""
    path: str = ""
    route: str = ""
    environment: str = ""
    client: str = ""
    status: str = ""

    def holds(self, facts: Facts) -> bool:
        """Whether a request is one of those."""
        return (
            (not self.method or self.method == facts.method)
            and (not self.route or self.route == facts.route)
            and (not self.environment or self.environment == facts.environment)
            and (not self.client or self.client == facts.client)
            and (not self.path or fnmatchcase(facts.path, self.path))
            and (not self.status or fnmatchcase(str(facts.status), self.status.replace("x", "[0-9]")))
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """A fault, and when it strikes.

    Attributes:
        kind: name of the fault. fault: what goes wrong.
        at: where in the life of a request: ``arrival`` (before token and quota), ``admitted`` (after both, in place of
            the view), ``answer`` (on the way out, when everything was done), ``export`` (when a job is started);
            where its kind says, if left out.
        name: for people.
        nth: only the n-th match, counted from 1; 0 for all. every: only each n-th; 0 for all.
        probability: the share of those that is struck, drawn with the seed: the k-th match is struck in every run, or
            in none.
        times: it strikes so often and no more; 0 for no end.
        start: seconds of our clock after it was armed from which it strikes. stop: likewise, until which it does;
            no end if left out.
        seed: of what it draws.
    """

    kind: str
    fault: Fault
    at: Phase
    match: Match = Match()
    name: str = ""
    nth: int = 0
    every: int = 0
    probability: float = 1.0
    times: int = 0
    start: float = 0.0
    stop: float | None = None
    seed: int = 1


class Strike(NamedTuple):
    """A fault strikes a request.

    Attributes:
        number: the n-th time, counted from 1. since: nanoseconds since the first.
        random: what it may draw from.
    """

    rule: Rule
    number: int
    since: int
    random: Random


@dataclass(slots=True)
class ArmedRule:
    """A rule that is in force, and how often it has struck.

    Attributes:
        number: by which it is disarmed.
        armed_at: nanoseconds since 1970 UTC.
        matched: requests that it was about. struck: those that it struck.
    """

    number: int
    rule: Rule
    armed_at: int
    matched: int = 0
    struck: int = 0
    first_struck: int = 0
    _lock: Any = field(default_factory=threading.Lock)

    def meets(self, facts: Facts, now: int) -> Strike | None:
        """Count a request, and strike it if it is its turn."""
        if not self.rule.match.holds(facts) or not self._in_its_time(now):
            return None
        with self._lock:
            if self.spent:
                return None
            self.matched += 1
            if not self._turn_of(self.matched):
                return None
            self.struck += 1
            if self.struck == 1:
                self.first_struck = now
            return Strike(self.rule, self.struck, now - self.first_struck, self._random(self.matched, "used"))

    @property
    def spent(self) -> bool:
        """It has struck as often as it may."""
        return bool(self.rule.times) and self.struck >= self.rule.times

    def _in_its_time(self, now: int) -> bool:
        rule, passed = self.rule, now - self.armed_at
        return rule.start * NANOSECONDS <= passed and (rule.stop is None or passed < rule.stop * NANOSECONDS)

    def _turn_of(self, matched: int) -> bool:
        rule = self.rule
        if rule.nth and matched != rule.nth:
            return False
        if rule.every and matched % rule.every:
            return False
        return rule.probability >= 1.0 or self._random(matched, "struck").random() < rule.probability

    def _random(self, matched: int, purpose: str) -> Random:
        # A text is hashed by Random alike on every machine and in every process.
        return Random(f"{self.rule.seed} {self.number} {self.rule.kind} {matched} {purpose}")  # noqa: S311 - repeatable
