"""Judges a limiter by what it did: a checker that takes decisions, and finds everyone that breaks the policy.

It shares no code with the engines: every admitted request is remembered, and every question is answered by counting
again. It judges by the instants of the decisions and never by clocks of clients, which see a perfect limiter break its
limits as soon as the network jitters.

Where decisions are numbered, that is their order. Where they are not, those of one instant may have come in any order,
and admitted ones are taken to have come first, which is the order that excuses most: what is found then is wrong in
every order.
"""

import json
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from mock_athena.clock import NANOSECONDS, unix_text
from mock_athena.errors import DataError
from mock_athena.ratelimit.buckets import TokenBucket
from mock_athena.ratelimit.limits import FixedWindow, Limit, SlidingWindow
from mock_athena.ratelimit.policies import Policy

_MOST_SHOWN = 20


class Judged(NamedTuple):
    """One decision, as it was told.

    Attributes:
        seq: its number; 0 if it has none. instant: nanoseconds since 1970 UTC.
        quota: whose quota, as text. allowed: the verdict. cost: units that were asked for.
        told: header fields of the answer, names in lower case; empty if they are not known.
    """

    seq: int
    instant: int
    quota: str
    allowed: bool
    cost: int = 1
    told: Mapping[str, str] = {}


class Violation(NamedTuple):
    """Something that the policy does not allow.

    Attributes:
        kind: ``over-admission``, ``under-admission``, ``early-retry-after``, ``dishonest-remaining``,
            ``dishonest-reset`` or ``instant-went-back``.
    """

    kind: str
    decision: Judged
    detail: str


@dataclass
class Verdict:
    """What was found.

    Attributes:
        admitted, refused: how many were judged. unjudged: refusals that what came before the history may have caused.
    """

    admitted: int = 0
    refused: int = 0
    unjudged: int = 0
    violations: list[Violation] = field(default_factory=list)


def verify(history: Iterable[Judged], policy: Policy, *, whole: bool = True) -> Verdict:
    """Judge a history of decisions.

    Args:
        whole: it begins with the first request of every caller; else what came before may have caused a refusal.

    Raises:
        DataError: the policy has a limit that cannot be judged from decisions alone.
    """
    verdict = Verdict()
    callers: dict[str, list[Judged]] = defaultdict(list)
    decisions = list(history)
    numbered = all(decision.seq for decision in decisions)
    # Refused ones last, where nothing tells: False comes before True.
    decisions.sort(key=lambda judged: judged.seq if numbered else (judged.instant, not judged.allowed))
    begin = min((decision.instant for decision in decisions), default=0)
    latest = 0
    for decision in decisions:
        if decision.instant < latest:
            verdict.violations.append(Violation("instant-went-back", decision, f"after {latest}"))
        latest = max(latest, decision.instant)
        callers[decision.quota].append(decision)
    for own in callers.values():
        _judge(own, policy, verdict, None if whole else begin)
    return verdict


def _judge(decisions: list[Judged], policy: Policy, verdict: Verdict, begin: int | None) -> None:
    witnesses = [_witness(limit) for limit in policy.limits]
    for decision in decisions:
        now, cost = decision.instant, decision.cost
        waits = [witness.wait(now, cost) for witness in witnesses]
        fits = not any(waits)
        if decision.allowed:
            verdict.admitted += 1
            if not fits:
                breaks = ", ".join(limit.name for limit, wait in zip(policy.limits, waits, strict=True) if wait)
                verdict.violations.append(Violation("over-admission", decision, f"beyond {breaks}"))
            for witness in witnesses:
                witness.charge(now, cost)
        else:
            verdict.refused += 1
            for witness, limit in zip(witnesses, policy.limits, strict=True):
                if getattr(limit, "charge_denied", False):
                    witness.charge(now, 1)
            if fits:
                _refused_though_it_fits(decision, policy, verdict, begin)
                continue
            waits = [witness.wait(now, cost) for witness in witnesses]
            _retry_after(decision, max(waits), verdict)
        _told(decision, policy, witnesses, waits, verdict)


def _refused_though_it_fits(decision: Judged, policy: Policy, verdict: Verdict, begin: int | None) -> None:
    longest = max((limit.window for limit in policy.limits), default=0) * NANOSECONDS
    if begin is not None and decision.instant - begin < longest:
        verdict.unjudged += 1
        return
    verdict.violations.append(Violation("under-admission", decision, "every limit had room"))


def _retry_after(decision: Judged, wait: int, verdict: Verdict) -> None:
    told = decision.told.get("retry-after")
    if told is None:
        return
    if not told.isdecimal() or int(told) * NANOSECONDS < wait:
        detail = f"told {told} s, {wait / NANOSECONDS:.9f} s were needed"
        verdict.violations.append(Violation("early-retry-after", decision, detail))


def _told(decision: Judged, policy: Policy, witnesses: "list[Witness]", waits: list[int], verdict: Verdict) -> None:
    """Whether Remaining and Reset were the truth, about the limit of which they told."""
    told = decision.told
    if "x-ratelimit-remaining" not in told or not witnesses:
        return
    left = [witness.left(decision.instant) for witness in witnesses]
    binding = waits.index(max(waits)) if not decision.allowed else left.index(min(left))
    remaining, reset = told["x-ratelimit-remaining"], told.get("x-ratelimit-reset")
    if remaining != str(left[binding]) or told.get("x-ratelimit-limit") != str(policy.limits[binding].quota):
        detail = f"told {remaining} of {told.get('x-ratelimit-limit')}, the truth is {left[binding]} of "
        detail += str(policy.limits[binding].quota)
        verdict.violations.append(Violation("dishonest-remaining", decision, detail))
    frees = -(-witnesses[binding].frees(decision.instant) // NANOSECONDS)
    if reset is not None and reset != str(frees):
        detail = f"told {reset}, the truth is {frees}"
        verdict.violations.append(Violation("dishonest-reset", decision, detail))


class Witness:
    """Remembers every unit that one limit admitted to one caller, and counts anew for each question."""

    def __init__(self, limit: Limit) -> None:
        self.quota, self.window = limit.quota, limit.window * NANOSECONDS
        self.units: list[int] = []

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


def _witness(limit: Limit) -> Witness:
    match limit:
        case SlidingWindow():
            return _Sliding(limit)
        case FixedWindow():
            return _Fixed(limit)
        case TokenBucket():
            return _Bucket(limit)
    message = f"the limit {limit.name!r} cannot be judged from decisions alone: it counts something else than requests"
    raise DataError(message)


def read_history(text: str, name: str) -> Iterator[Judged]:
    """The limited requests of a journal: the answer of ``/_mock/journal``, or one entry on each line.

    Raises:
        DataError: it is something else; names the entry.
    """
    for number, entry in enumerate(_entries(text, name), 1):
        if not isinstance(entry, dict):
            message = f"{name}: entry {number} is not a JSON object"
            raise DataError(message)
        try:
            judged = _judged(entry)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            message = f"{name}: entry {number} is no entry of a journal ({type(error).__name__}: {error})"
            raise DataError(message) from None
        if judged:
            yield judged


def _entries(text: str, name: str) -> list[Any]:
    try:
        whole = json.loads(text)
        return list(whole["entries"]) if isinstance(whole, dict) and "entries" in whole else [whole]
    except ValueError:
        pass  # more than one line
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except ValueError as error:
        message = f"{name}: neither the answer of /_mock/journal nor one JSON entry on each line ({error})"
        raise DataError(message) from None


def _judged(entry: dict[str, Any]) -> Judged | None:
    if entry["verdict"] not in ("admitted", "refused"):
        return None
    told = {str(name).lower(): str(value) for name, value in entry.get("told") or ()}
    if "x-mock-counters" in told:
        return None  # decided without counters
    seconds, _, rest = str(entry["instant"]).partition(".")
    instant = int(seconds) * NANOSECONDS + int(rest.ljust(9, "0")[:9] or 0)
    quota = entry.get("quota") or f"{entry.get('client_id')} at {entry.get('environment')}"
    cost = int(entry.get("cost") or 1)
    return Judged(int(entry.get("seq") or 0), instant, str(quota), entry["verdict"] == "admitted", cost, told)


def report(text: str, name: str, policy: Policy, *, whole: bool = True) -> tuple[str, bool]:
    """Judge a journal, and say what was found: lines for a terminal, and whether all was right.

    Raises:
        DataError: it is no journal.
    """
    verdict = verify(read_history(text, name), policy, whole=whole)
    found = Counter(violation.kind for violation in verdict.violations)
    lines = [f"{verdict.admitted:,} admitted and {verdict.refused:,} refused by policy {policy.name!r}"]
    if verdict.unjudged:
        lines.append(f"{verdict.unjudged:,} refusals may have been caused by what came before the journal")
    lines += [f"{count:,} x {kind}" for kind, count in sorted(found.items())] or ["no violation"]
    for kind, decision, detail in verdict.violations[:_MOST_SHOWN]:
        lines.append(f"  seq {decision.seq} at {unix_text(decision.instant)}, {decision.quota}: {kind}: {detail}")
    if len(verdict.violations) > _MOST_SHOWN:
        lines.append(f"  and {len(verdict.violations) - _MOST_SHOWN:,} more")
    return "\n".join(lines), not verdict.violations
