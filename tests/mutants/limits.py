"""Rate limits that are wrong, and answers of limiters that tell the wrong thing."""

import re
from dataclasses import replace
from itertools import count
from typing import Any

from mock_athena.clock import NANOSECONDS
from mock_athena.ratelimit.counters import MemoryCounters
from mock_athena.ratelimit.limits import FixedWindow
from mock_athena.ratelimit.policies import charging_denied
from tests.mutants.changes import always, answered, edited, header, header_made, status, throttled
from tests.mutants.mutant import Answers, Asked, Mutant, Part, Told
from tests.mutants.probe import Prober, burst

_HURRY = burst(*[0.013] * 19)
_AT_ONCE = burst(0.1, *[0.0] * 40)
_PACED = burst(*[0.125] * 24)
_OVER_A_BOUNDARY = burst(1.55, *[0.0] * 15, 0.6, *[0.0] * 15)  # a window of 2 s ends in between


def _otherwise(**changes: Any) -> Part:
    """``SlidingWindow`` is one with other values."""
    return Part(
        "mock_athena.ratelimit.limits:SlidingWindow.mechanism",
        lambda healthy: lambda limit, at: healthy(replace(limit, **changes), at),
    )


def _each_process(healthy: Any) -> Any:
    turns = count()
    others: dict[int, Any] = {}

    def hit(counters: MemoryCounters, key: Any, cost: int = 1, ahead: Any = None) -> Any:
        process = next(turns) % 2
        alike = others.setdefault(process, key._replace(id=f"{key.id} in process {process}"))
        return healthy(counters, alike._replace(environment=key.environment), cost)

    return hit


def _everybody(healthy: Any) -> Any:
    return lambda counters, key, *more: healthy(counters, key._replace(id="everybody"), *more)


def _by_path(asked: Asked, told: Told) -> None:
    """The policy changes with every answer."""
    told.set("RateLimit-Policy", f'"burst";q={16 + len(told.get("X-RateLimit-Remaining"))};w=2')


def _told_to_the_refused_alone(_: Asked, told: Told) -> None:
    for name in ("Limit", "Remaining", "Reset") if told.status != 429 else ():
        told.set(f"X-RateLimit-{name}", None)


def _floored(_: Any) -> Any:
    def retry_after(decision: Any) -> int:
        wait: int = max(decision.wait, decision.queued)
        return wait // NANOSECONDS

    return property(retry_after)


def _late(seconds: int) -> Any:
    return lambda value: str(int(value) + seconds)


def _wait_of_budget(value: str) -> str:
    return re.sub(r"t=(\d+)", lambda found: f"t={int(found[1]) + 10}", value)


def _two_clients(tester: Prober) -> object:
    tester.advance(10)
    first, second = tester.bearer(), tester.bearer("system/Patient.rs", "mock-readonly:mock-readonly-secret")
    for _ in range(17):
        refused = tester.send("GET", "/Patient?_count=1", first, after=0)
    return refused.status, tester.send("GET", "/Patient?_count=1", second, after=0).status


def _refusals_while_refused(tester: Prober) -> object:
    """Whoever is refused asks again before it may, and once more when it may."""
    bearer = tester.bearer()
    tester.advance(10)
    gaps = [0.0] * 17 + [0.11] * 19
    return [tester.send("GET", "/Patient?_count=1", bearer, after=gap).status for gap in gaps]


_COUNTER = "mock_athena.ratelimit.counters:MemoryCounters.hit"

MUTANTS = (
    Mutant(
        "retry-after-floored",
        ("RLM-004",),
        "Retry-After is the wait rounded down, so whoever obeys comes too early",
        "flask-limiter #62, redis-cell #56, fastify-rate-limit PR #325",
        Part("mock_athena.ratelimit.decision:Decision.retry_after", _floored),
        _HURRY,
    ),
    Mutant(
        "retry-after-epoch",
        ("RLM-003", "RLM-004"),
        "Retry-After is the second since 1970 at which to come back",
        "bulk-data-server 2.1.1",
        header_made("Retry-After", lambda value: str(1_795_332_402 + int(value)), throttled),
        _HURRY,
    ),
    Mutant(
        "retry-after-epoch-milliseconds",
        ("RLM-003", "RLM-004"),
        "Retry-After is a number of milliseconds since 1970",
        "bulk-data-server 2.1.1, its first refusal",
        header_made("Retry-After", lambda value: str(1_795_332_402_000 + int(value)), throttled),
        _HURRY,
    ),
    Mutant(
        "retry-after-missing",
        ("RLM-002",),
        "a refusal does not say when to come back",
        "Metron PR #629; the real API's gateway",
        header("Retry-After", None, throttled),
        _HURRY,
    ),
    Mutant(
        "retry-after-constant",
        ("RLM-004",),
        "Retry-After is 1, whatever the wait",
        "bulk-data-server 2.1.1 and sekmet-fhir 0.1.1",
        header("Retry-After", "1", throttled),
        _AT_ONCE,
    ),
    Mutant(
        "retry-after-zero",
        ("RLM-004",),
        "Retry-After is 0",
        "redis-cell #58",
        header("Retry-After", "0", throttled),
        _HURRY,
    ),
    Mutant(
        "retry-after-with-unit",
        ("RLM-003",),
        "Retry-After is no number, but has its unit behind it",
        "Cerner: the wait in words only, as in 'Try in another 844 seconds'",
        header_made("Retry-After", lambda value: f"{value} seconds", throttled),
        _HURRY,
    ),
    Mutant(
        "counter-per-process",
        ("RLM-001", "RLM-008", "RLM-026"),
        "each of two processes counts for itself, so twice the quota passes",
        "flask-limiter #40, #166, #190, #256; slowapi #226",
        Part(_COUNTER, _each_process),
        _AT_ONCE,
    ),
    Mutant(
        "fixed-window-sold-as-sliding",
        ("RLM-008",),
        "the window begins at multiples of two seconds, so twice the quota passes around each",
        "flask-limiter's default strategy",
        Part(
            "mock_athena.ratelimit.limits:SlidingWindow.mechanism",
            lambda _: lambda limit, at: FixedWindow(limit.name, limit.quota, limit.window).mechanism(at),
        ),
        _OVER_A_BOUNDARY,
    ),
    Mutant(
        "denied-calls-charged",
        ("RLM-004", "RLM-022"),
        "refused requests are counted, so whoever asks again is never let in",
        "gateways that count first and compare then",
        Part("mock_athena.app:policy_named", lambda healthy: lambda name: charging_denied(healthy(name))),
        _refusals_while_refused,
    ),
    Mutant(
        "quota-one-more",
        ("RLM-008",),
        "seventeen requests pass in two seconds",
        "a boundary bug, off by one",
        _otherwise(quota=17),
        _AT_ONCE,
    ),
    Mutant(
        "quota-one-less",
        ("RLM-008",),
        "fifteen requests pass in two seconds",
        "a boundary bug, off by one",
        _otherwise(quota=15),
        _AT_ONCE,
    ),
    Mutant(
        "window-half-as-long",
        ("RLM-008",),
        "sixteen requests pass every second, not every two",
        "wazuh PR #35192: twice the configured rate",
        _otherwise(window=1),
        burst(*[0.07] * 40),
    ),
    Mutant(
        "window-twice-as-long",
        ("RLM-007", "RLM-008"),
        "a client that keeps eight requests a second is refused",
        "a window configured in the wrong unit",
        _otherwise(window=4),
        _PACED,
    ),
    Mutant(
        "never-limited",
        ("RLM-001", "RLM-008"),
        "nothing is ever refused",
        "moto #6580, prism: a limit of which only the documentation knows",
        _otherwise(quota=10_000),
        _AT_ONCE,
    ),
    Mutant(
        "one-quota-for-all",
        ("RLM-010",),
        "all clients share one quota",
        "bulk-data-server 2.1.1 and MockForge: keyed by address",
        Part(_COUNTER, _everybody),
        _two_clients,
    ),
    Mutant(
        "remaining-off-by-one",
        ("RLM-011", "RLM-012"),
        "X-RateLimit-Remaining is one more than is left",
        "limiters that tell what was left before the request",
        header_made("X-RateLimit-Remaining", _late(1), always),
        _AT_ONCE,
    ),
    Mutant(
        "remaining-negative",
        ("RLM-012",),
        "X-RateLimit-Remaining goes below zero",
        "limiters that tell the limit minus the count",
        header_made("X-RateLimit-Remaining", _late(-1), throttled),
        _AT_ONCE,
    ),
    Mutant(
        "remaining-constant",
        ("RLM-012",),
        "X-RateLimit-Remaining is always the whole quota",
        "Moclojer: headers from the configuration",
        header("X-RateLimit-Remaining", "16", always),
        _AT_ONCE,
    ),
    Mutant(
        "limit-headers-only-on-429",
        ("RLM-011",),
        "X-RateLimit headers come with refusals alone",
        "gateways that add them to refusals alone",
        Answers(_told_to_the_refused_alone),
        _HURRY,
    ),
    Mutant(
        "reset-in-the-past",
        ("RLM-011", "RLM-013"),
        "X-RateLimit-Reset is an instant that is over",
        "limiters that tell the start of the window",
        header_made("X-RateLimit-Reset", _late(-60), always),
        _HURRY,
    ),
    Mutant(
        "policy-changes",
        ("RLM-017",),
        "RateLimit-Policy names another quota with every answer",
        "gateways of which each node has its own configuration",
        Answers(_by_path),
        _AT_ONCE,
    ),
    Mutant(
        "rate-limit-field-malformed",
        ("RLM-016",),
        "the numbers of RateLimit are negative",
        "early drafts of the field, where a library computes t from a reset that is over",
        header_made(
            "RateLimit", lambda value: re.sub(r"t=(\d+)", r"t=-\1", re.sub(r"r=(\d+)", r"r=-\1", value)), always
        ),
        _HURRY,
    ),
    Mutant(
        "retry-after-before-t",
        ("RLM-018",),
        "RateLimit says that more is admitted ten seconds later than Retry-After does",
        "two libraries in one gateway, each with its own clock",
        header_made("RateLimit", _wait_of_budget, throttled),
        _HURRY,
    ),
    Mutant(
        "throttled-as-503",
        ("RLM-001", "ERR-015"),
        "whoever is over the limit is answered 503",
        "nginx's limit_req, unless it is told otherwise",
        status(503, throttled),
        _HURRY,
    ),
    Mutant(
        "throttled-as-403",
        ("RLM-001", "ERR-015"),
        "whoever is over the limit is answered 403",
        "GitHub's API",
        status(403, throttled),
        _HURRY,
    ),
    Mutant(
        "throttled-without-outcome",
        ("RLM-006", "ERR-001", "ERR-002"),
        "a refusal is a line of text",
        "bulk-data-server 2.1.1: 'Too many requests' as text/html",
        answered(429, "text/html; charset=utf-8", b"Too many requests, please try again later.", throttled),
        _HURRY,
    ),
    Mutant(
        "throttled-with-another-code",
        ("RLM-006",),
        "the OperationOutcome of a refusal does not say 'throttled'",
        "Cerner #359: the wait is in diagnostics alone",
        edited(lambda outcome: outcome["issue"][0].update(code="processing"), throttled),
        _HURRY,
    ),
    Mutant(
        "throttled-cacheable",
        ("RLM-005",),
        "a refusal may be kept by caches for a minute",
        "a CDN that gives every answer without one a lifetime",
        header("Cache-Control", "public, max-age=60", throttled),
        _HURRY,
    ),
)
