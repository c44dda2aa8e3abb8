"""What a policy admits at the very most, proven by arithmetic, and what the greediest caller gets, by trying.

A bound is for any half-open stretch of time: of 2 s, say, from any instant to just before 2 s later. Several limits
give the least of their bounds, which is reached for the policies that have names (tests try). A caller that waits
exactly as long as it is told, and then asks until it is refused, is the greediest there is.
"""

from collections.abc import Iterator

from mock_athena.clock import NANOSECONDS, ManualClock
from mock_athena.ratelimit.buckets import TokenBucket
from mock_athena.ratelimit.counters import MemoryCounters
from mock_athena.ratelimit.decision import QuotaKey
from mock_athena.ratelimit.engine import Engines
from mock_athena.ratelimit.limits import FixedWindow, Limit, SlidingWindow
from mock_athena.ratelimit.policies import Policy

STRETCHES = (1, 2, 60, 86_400)
"""Seconds for which bounds are told."""

NOON = 1_767_268_800 * NANOSECONDS
"""2026-01-01T12:00:00Z: the greedy caller starts far from midnight."""

_WIDTH = 56
_GREEDY = QuotaKey("production", "client", "greedy")
_UNBOUNDED_STOP = 1000


def most(policy: Policy, span: int) -> int | None:
    """The most requests of cost 1 that are admitted within any ``span`` nanoseconds; None if there is no bound."""
    bounds = [bound for limit in policy.limits if (bound := _most(limit, span)) is not None]
    return min(bounds, default=None)


def _most(limit: Limit, span: int) -> int | None:
    window = limit.window * NANOSECONDS
    match limit:
        case SlidingWindow():
            return limit.quota * -(-span // window)
        case FixedWindow():  # begun in the last nanosecond of a window
            return limit.quota * (1 - -(span - 1) // window)
        case TokenBucket():
            return limit.quota + (span - 1) // limit.interval
    return None


def greedy(policy: Policy, span: int, start: int = NOON) -> Iterator[tuple[int, int]]:
    """What the greediest caller gets: (nanoseconds since the start, requests admitted so far), at each change."""
    clock = ManualClock(start)
    counters = MemoryCounters(Engines(policy), clock)
    admitted = 0
    while clock.now() - start < span:
        before = admitted
        while (decision := counters.hit(_GREEDY)).allowed:
            admitted += 1
            if not decision.standings or admitted - before >= _UNBOUNDED_STOP:
                return
        if admitted > before:
            yield clock.now() - start, admitted
        clock.advance(decision.wait)


def explanation(policy: Policy) -> str:
    """A page for a terminal: the limits, the bounds, and the envelope."""
    lines = [f"{policy.name}: for each {policy.per}, at each environment"]
    lines += [f"  {limit.name}: {described(limit)}" for limit in policy.limits] or ["  nothing is limited"]
    if policy.token_endpoint:
        lines += [f"  token endpoint, {limit.name}: {described(limit)}" for limit in policy.token_endpoint]
    if policy.costs:
        lines.append("  costs: " + ", ".join(f"{route} {cost}" for route, cost in policy.costs))
    lines += ["", "At the very most, in any"]
    for seconds in STRETCHES:
        bound = most(policy, seconds * NANOSECONDS)
        told = "no bound" if bound is None else f"{bound:>9,} requests"
        lines.append(f"  {_stretch(seconds):<6} {told}")
    lines += ["", *_drawn(policy)]
    if policy.sandbox:
        lines += ["", "In the sandbox:", "", explanation(policy.sandbox)]
    return "\n".join(lines)


def described(limit: Limit) -> str:
    """A limit in words."""
    charged = "; refused requests count as well" if getattr(limit, "charge_denied", False) else ""
    quota, window = f"{limit.quota:,}", f"{limit.window:,} s"
    match limit:
        case SlidingWindow():
            return f"at most {quota} in any {window}{charged}"
        case FixedWindow(window=86_400):
            return f"at most {quota} from midnight UTC to midnight UTC{charged}"
        case FixedWindow():
            return f"at most {quota} in each {window} counted from 1970 UTC{charged}"
        case TokenBucket():
            return f"a bucket of {quota}, one more every {limit.interval / 1e6:g} ms{charged}"
    if not limit.counts:
        return f"who is refused {quota} times in {window} is locked out for {getattr(limit, 'penalty', 0):,} s"
    return f"at most {quota} in flight"


def _stretch(seconds: int) -> str:
    return "day" if seconds == 86_400 else f"{seconds} s"


def _drawn(policy: Policy) -> list[str]:
    """The envelope of the first seconds: # what the greediest caller got, - what the bound leaves open."""
    span = 2 * min((limit.window for limit in policy.limits if limit.window), default=0) or 0
    top = most(policy, span * NANOSECONDS) if span else None
    if not top:
        return ["No window, so no envelope: how much passes is how fast requests are answered."]
    got = dict(greedy(policy, span * NANOSECONDS))
    lines = [f"The first {span} s: # what the greediest caller gets, - what is open at the worst phase"]
    for step in range(17):
        at = step * span * NANOSECONDS // 16
        bound = most(policy, at + 1) or 0
        reached = max((count for instant, count in got.items() if instant <= at), default=0)
        bar = "#" * (reached * _WIDTH // top)
        lines.append(f"  {at / NANOSECONDS:>6.3f} s {reached:>6,} {bar}{'-' * (bound * _WIDTH // top - len(bar))}")
    return lines
