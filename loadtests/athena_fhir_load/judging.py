"""Judges the decisions of a journal by the history checker, which shares no code with the limiter.

What is over-admitted stays so whatever else happened, and so does a Retry-After that was too early. A refusal or a
Remaining is wrong only if nothing that is missing from the journal can have been the reason: what was forgotten, or is
still in flight, leaves a blind spot: as long as the window of the limit that was told, or until a bucket is full again.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from athena_fhir_load.journals import Decided, Journal, instant_of
from mock_athena.clock import NANOSECONDS
from mock_athena.ratelimit.buckets import TokenBucket
from mock_athena.ratelimit.explain import most
from mock_athena.ratelimit.history import Violation, verify
from mock_athena.ratelimit.limits import Limit
from mock_athena.ratelimit.penalties import Lockout
from mock_athena.ratelimit.policies import Policy
from mock_athena.ratelimit.witnesses import Judged

ALWAYS_PROVEN = ("over-admission", "early-retry-after", "instant-went-back")
"""But by a lockout: a refusal that is missing may have begun the time in which others are counted."""


@dataclass(frozen=True)
class Worst:
    """The fullest window of one limit that any caller had.

    Attributes:
        seen: requests admitted within any ``window`` seconds. allowed: by arithmetic, at the worst phase.
    """

    limit: str
    quota: int
    window: int
    seen: int
    allowed: int
    caller: str


@dataclass
class Judgement:
    """What was found.

    Attributes:
        unproven: violations that something not in the journal may explain. unjudged: refusals that it may.
        waits: (told, true) seconds of every right refusal that told a Retry-After.
        missing: decisions that the journal lacks between its first and its last.
        told: answers that told a Remaining.
    """

    admitted: int = 0
    refused: int = 0
    told: int = 0
    missing: int = 0
    unjudged: int = 0
    violations: list[Violation] = field(default_factory=list)
    unproven: list[Violation] = field(default_factory=list)
    waits: list[tuple[float, float]] = field(default_factory=list)
    worst: list[Worst] = field(default_factory=list)

    def count(self, kind: str) -> int:
        """Violations of a kind."""
        return sum(violation.kind == kind for violation in self.violations)


def judged(journal: Journal, policy: Policy) -> Judgement:
    """Judge every decision of a journal by a policy."""
    found = Judgement(missing=_missing(journal))
    decided = journal.decided  # first of all: it says which entry is none
    for part, decisions in parts(decided, policy):
        blind = _Blind(journal, part, decisions)
        lacks = _numbers_missing(journal) if part.in_flight else ()
        verdict = verify(decisions, part, missing=lacks, waited=lambda decision, wait: _waited(found, decision, wait))
        found.admitted += verdict.admitted
        found.refused += verdict.refused
        found.unjudged += verdict.unjudged
        found.told += sum("x-ratelimit-remaining" in decision.told for decision in decisions)
        for violation in verdict.violations:
            (found.violations if blind.proves(violation) else found.unproven).append(violation)
        found.worst += _worst(decisions, part)
    return found


def parts(decided: Iterable[Decided], policy: Policy) -> Iterator[tuple[Policy, list[Judged]]]:
    """The decisions, by the part of the policy that they were taken by: token endpoint's, sandbox's, the rest."""
    by_part: dict[tuple[bool, bool], list[Judged]] = defaultdict(list)
    for each in decided:
        by_part[each.environment == "sandbox", each.route == "oauth"].append(each.judged)
    for (sandbox, oauth), decisions in by_part.items():
        base = policy.sandbox if sandbox and policy.sandbox else policy
        yield base.at_token_endpoint if oauth else base, decisions


def callers_of(decided: Iterable[Decided]) -> dict[str, list[Decided]]:
    """The decisions by quota, each in order."""
    by_quota: dict[str, list[Decided]] = defaultdict(list)
    for each in decided:
        by_quota[each.judged.quota].append(each)
    return by_quota


def least_span(policy: Policy, requests: int) -> int:
    """The least nanoseconds from the first to the last of so many requests that the policy admits."""
    low, high = 0, 1
    if most(policy, 1) is None:
        return 0
    while (most(policy, high) or 0) < requests:
        low, high = high, high * 2
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (low, middle) if (most(policy, middle) or 0) >= requests else (middle, high)
    return high - 1  # a bound is for half-open stretches


def most_within(instants: Sequence[int], window: int) -> int:
    """The most of these, in order, that lie within any half-open stretch of ``window`` nanoseconds."""
    best = first = 0
    for last, instant in enumerate(instants):
        while instants[first] <= instant - window:
            first += 1
        best = max(best, last - first + 1)
    return best


def _waited(found: Judgement, decision: Judged, wait: int) -> None:
    told = decision.told.get("retry-after", "")
    if told.isdecimal():
        found.waits.append((float(told), wait / NANOSECONDS))


def _worst(decisions: Iterable[Judged], policy: Policy) -> Iterator[Worst]:
    by_quota: dict[str, list[int]] = defaultdict(list)
    for decision in decisions:
        if decision.allowed:
            by_quota[decision.quota] += [decision.instant] * decision.cost
    for limit in policy.limits:
        if not limit.window or not limit.counts or not by_quota:
            continue
        yield _fullest(by_quota, limit)


def _fullest(by_quota: dict[str, list[int]], limit: Limit) -> Worst:
    window = limit.window * NANOSECONDS
    seen, caller = max((most_within(sorted(instants), window), quota) for quota, instants in by_quota.items())
    allowed = most(Policy("one", (limit,)), window) or 0
    return Worst(limit.name, limit.quota, limit.window, seen, allowed, caller)


def _numbers(journal: Journal) -> list[int]:
    return [int(entry.get("seq") or 0) for entry in journal.entries]


def _missing(journal: Journal) -> int:
    return sum(max(0, after - before - 1) for before, after in pairwise(_numbers(journal)))


def _numbers_missing(journal: Journal) -> list[int]:
    return [number for before, after in pairwise(_numbers(journal)) for number in range(before + 1, after)]


class _Blind:
    """After which instants something may be missing, and for how long that matters to a part of the policy."""

    def __init__(self, journal: Journal, policy: Policy, decisions: Sequence[Judged]) -> None:
        seen = [(int(entry.get("seq") or 0), instant_of(entry)) for entry in journal.entries]
        self.gaps = [after[1] for before, after in pairwise(seen) if after[0] > before[0] + 1]
        if (journal.forgotten or (journal.before and not journal.newcomers)) and seen:
            self.gaps.insert(0, seen[0][1])
        self.policy = policy
        self.locks = any(isinstance(limit, Lockout) for limit in policy.limits)
        self.came: dict[str, list[int]] = defaultdict(list)
        if any(isinstance(limit, TokenBucket) for limit in policy.limits):
            for decision in sorted(decisions, key=lambda each: each.instant):
                self.came[decision.quota].append(decision.instant)

    def proves(self, violation: Violation) -> bool:
        """Whether what is missing cannot have been the reason."""
        if not self.gaps or (violation.kind in ALWAYS_PROVEN and not self.locks):
            return True
        decision = violation.decision
        before = bisect_right(self.gaps, decision.instant) - 1
        if before < 0:
            return True
        gap = self.gaps[before]
        return all(self._forgets(limit, decision, gap) for limit in self._suspects(decision))

    def _suspects(self, decision: Judged) -> Sequence[Limit]:
        """The limit that the answer told of, and those that no answer tells of; all where it did not tell."""
        told = decision.told.get("x-ratelimit-limit")
        named = [limit for limit in self.policy.limits if limit.counts and str(limit.quota) == told]
        return [*named, *(limit for limit in self.policy.limits if not limit.counts)] if named else self.policy.limits

    def _forgets(self, limit: Limit, decision: Judged, gap: int) -> bool:
        """Whether what was spent before the gap no longer matters to a limit."""
        span = (limit.window + getattr(limit, "penalty", 0)) * NANOSECONDS
        if not isinstance(limit, TokenBucket):
            return decision.instant - gap >= span
        # A bucket forgets when it is full, which it is for certain when nobody has come for so long.
        came = self.came[decision.quota]
        since = [gap, *came[bisect_left(came, gap) : bisect_right(came, decision.instant)]]
        return any(after - before >= span for before, after in pairwise(since))
