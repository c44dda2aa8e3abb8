"""Journals for tests: the limiter's own decisions at instants that a test names, told as the control API tells them."""

from collections.abc import Iterable
from typing import Any

from athena_fhir_load.journals import Journal
from mock_athena.clock import NANOSECONDS, ManualClock, unix_text
from mock_athena.ratelimit import Limiter, QuotaKey, policy_named
from mock_athena.ratelimit.headers import decision_headers

NOON = 1_767_268_800

Entry = dict[str, Any]


def entries_of(asked: Iterable[tuple[float, str]], policy: str = "mission") -> list[Entry]:
    """Entries of requests: (seconds after noon, user), in order; each user is a client."""
    clock = ManualClock(NOON * NANOSECONDS)
    limiter = Limiter(policy_named(policy), clock)
    return [_entry(limiter, clock, seconds, user) for seconds, user in asked]


def _entry(limiter: Limiter, clock: ManualClock, seconds: float, user: str) -> Entry:
    clock.advance(max(0, NOON * NANOSECONDS + round(seconds * NANOSECONDS) - clock.now()))
    key = QuotaKey("production", "client", user)
    decision = limiter.hit(key)
    return {
        "seq": decision.seq,
        "instant": unix_text(decision.instant),
        "verdict": "admitted" if decision.allowed else "refused",
        "status": 200 if decision.allowed else 429,
        "quota": str(key),
        "client_id": user,
        "environment": "production",
        "route": "fhir",
        "cost": 1,
        "seconds": 0.0004,
        "request_id": f"load:{user}:{decision.seq}",
        "told": decision_headers(decision),
    }


def journal_of(entries: list[Entry], policy: str = "mission", total: int | None = None) -> Journal:
    """A journal of them, of an emulator that has had so many exchanges in all."""
    return Journal(tuple(entries), {"total": len(entries) if total is None else total}, policy, "a test")


def greedy(requests: int = 60, every: float = 0.1, user: str = "Greedy-1") -> list[tuple[float, str]]:
    """One who asks evenly and too fast."""
    return [(number * every, user) for number in range(requests)]
