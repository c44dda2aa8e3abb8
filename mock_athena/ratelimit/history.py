"""Judges a limiter by what it did: a checker that takes decisions, and finds everyone that breaks the policy.

It shares no code with the engines: every admitted request is remembered, and every question is answered by counting
again. It judges by the instants of the decisions and never by clocks of clients, which see a perfect limiter break its
limits as soon as the network jitters.

Where decisions are numbered, that is their order. Where they are not, those of one instant may have come in any order,
and admitted ones are taken to have come first, which is the order that excuses most: what is found then is wrong in
every order.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from mock_athena.clock import NANOSECONDS, unix_text
from mock_athena.errors import DataError
from mock_athena.ratelimit.policies import Policy
from mock_athena.ratelimit.witnesses import Judged, Witness, witness_of

__all__ = ["Judged", "Verdict", "Violation", "judged_of", "missing_numbers", "read_history", "report", "verify"]

_MOST_SHOWN = 20


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


def _nobody_asks(decision: Judged, wait: int) -> None:
    """Whoever does not want to know how long refused callers had to wait."""


def verify(
    history: Iterable[Judged],
    policy: Policy,
    *,
    whole: bool = True,
    missing: Collection[int] = (),
    waited: Callable[[Judged, int], None] = _nobody_asks,
) -> Verdict:
    """Judge a history of decisions.

    Args:
        whole: it begins with the first request of every caller; else what came before may have caused a refusal.
        missing: numbers of decisions that are not in it, since their requests are in flight.
        waited: is told of every right refusal, and after how many nanoseconds the request would have been admitted.

    Raises:
        DataError: requests in flight are limited, and the decisions have no numbers.
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
    if policy.in_flight and not numbered:
        message = f"policy {policy.name!r} limits requests in flight, which only a journal with numbers can tell"
        raise DataError(message)
    known = _Known(None if whole else begin, min(missing, default=None) if policy.in_flight else None)
    for own in callers.values():
        _judge(own, policy, verdict, known, waited)
    return verdict


class _Known(NamedTuple):
    """How far a history can be trusted to be complete.

    Attributes:
        begin: the instant before which it may lack something. lacks: the number from which it may.
    """

    begin: int | None
    lacks: int | None

    def misses(self, decision: Judged, policy: Policy) -> bool:
        """Whether something that is not known may have been the reason."""
        if self.lacks is not None and decision.seq > self.lacks:
            return True
        spans = (max(limit.window, getattr(limit, "penalty", 0), getattr(limit, "lease", 0)) for limit in policy.limits)
        return self.begin is not None and decision.instant - self.begin < max(spans, default=0) * NANOSECONDS


def _judge(
    decisions: list[Judged], policy: Policy, verdict: Verdict, known: _Known, waited: Callable[[Judged, int], None]
) -> None:
    witnesses = [witness_of(limit) for limit in policy.limits]
    for decision in decisions:
        now, cost = decision.instant, decision.cost
        waits = [witness.come_to(decision).wait(now, cost) for witness in witnesses]
        fits = not any(waits)
        if decision.allowed:
            verdict.admitted += 1
            if not fits:
                _admitted_though_it_does_not_fit(decision, policy, waits, verdict)
            for witness in witnesses:
                witness.admitted(decision)
        else:
            verdict.refused += 1
            for witness in witnesses:
                witness.refused(now)
            if fits:
                _refused_though_it_fits(decision, policy, verdict, known)
                continue
            waits = [witness.wait(now, cost) for witness in witnesses]
            _retry_after(decision, max(waits), verdict)
            waited(decision, max(waits))
        if not policy.in_flight or not known.misses(decision, policy):
            _told(decision, policy, witnesses, waits, verdict)


def _admitted_though_it_does_not_fit(decision: Judged, policy: Policy, waits: list[int], verdict: Verdict) -> None:
    breaks = ", ".join(limit.name for limit, wait in zip(policy.limits, waits, strict=True) if wait)
    verdict.violations.append(Violation("over-admission", decision, f"beyond {breaks}"))


def _refused_though_it_fits(decision: Judged, policy: Policy, verdict: Verdict, known: _Known) -> None:
    if known.misses(decision, policy):
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


def _told(decision: Judged, policy: Policy, witnesses: list[Witness], waits: list[int], verdict: Verdict) -> None:
    """Whether Remaining and Reset were the truth, about the limit of which they told."""
    told = decision.told
    if "x-ratelimit-remaining" not in told or not policy.counting:
        return
    left = [witness.left(decision.instant) for witness in witnesses]
    scarcest = min(policy.counting, key=lambda index: left[index])
    binding = scarcest if decision.allowed else waits.index(max(waits))
    remaining, reset = told["x-ratelimit-remaining"], told.get("x-ratelimit-reset")
    if remaining != str(left[binding]) or told.get("x-ratelimit-limit") != str(policy.limits[binding].quota):
        detail = f"told {remaining} of {told.get('x-ratelimit-limit')}, the truth is {left[binding]} of "
        detail += str(policy.limits[binding].quota)
        verdict.violations.append(Violation("dishonest-remaining", decision, detail))
    frees = -(-witnesses[binding].frees(decision.instant) // NANOSECONDS)
    if reset is not None and reset != str(frees):
        detail = f"told {reset}, the truth is {frees}"
        verdict.violations.append(Violation("dishonest-reset", decision, detail))


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
            judged = judged_of(entry)
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


def judged_of(entry: dict[str, Any]) -> Judged | None:
    """An entry of the journal as a decision to judge; None where nothing was limited or counted."""
    if entry["verdict"] not in ("admitted", "refused"):
        return None
    told = {str(name).lower(): str(value) for name, value in entry.get("told") or ()}
    if "x-mock-counters" in told:
        return None  # decided without counters
    seconds, _, rest = str(entry["instant"]).partition(".")
    instant = int(seconds) * NANOSECONDS + int(rest.ljust(9, "0")[:9] or 0)
    quota = entry.get("quota") or f"{entry.get('client_id')} at {entry.get('environment')}"
    cost = int(entry.get("cost") or 1)
    seq, over = int(entry.get("seq") or 0), int(entry.get("over") or 0)
    return Judged(seq, instant, str(quota), entry["verdict"] == "admitted", cost, told, over)


def missing_numbers(text: str, name: str) -> list[int]:
    """The numbers between the first and the last of a journal that no entry has."""
    numbers = {int(entry.get("seq") or 0) for entry in _entries(text, name) if isinstance(entry, dict)}
    return sorted(set(range(min(numbers, default=0), max(numbers, default=0))) - numbers)


def report(text: str, name: str, policy: Policy, *, whole: bool = True) -> tuple[str, bool]:
    """Judge a journal, and say what was found: lines for a terminal, and whether all was right.

    Raises:
        DataError: it is no journal.
    """
    missing = missing_numbers(text, name) if policy.in_flight else ()
    verdict = verify(read_history(text, name), policy, whole=whole, missing=missing)
    found = Counter(violation.kind for violation in verdict.violations)
    lines = [f"{verdict.admitted:,} admitted and {verdict.refused:,} refused by policy {policy.name!r}"]
    if verdict.unjudged:
        lines.append(f"{verdict.unjudged:,} refusals may have been caused by what is not in the journal")
    lines += [f"{count:,} x {kind}" for kind, count in sorted(found.items())] or ["no violation"]
    for kind, decision, detail in verdict.violations[:_MOST_SHOWN]:
        lines.append(f"  seq {decision.seq} at {unix_text(decision.instant)}, {decision.quota}: {kind}: {detail}")
    if len(verdict.violations) > _MOST_SHOWN:
        lines.append(f"  and {len(verdict.violations) - _MOST_SHOWN:,} more")
    return "\n".join(lines), not verdict.violations
