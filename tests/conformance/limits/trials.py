"""A policy with parameters that are drawn, and whether probing it blindly brought all of them to light."""

from dataclasses import dataclass
from random import Random
from typing import Any

from athena_fhir_conformance.limits.conclusion import Conclusion, conclude
from athena_fhir_conformance.limits.findings import Findings
from athena_fhir_conformance.limits.identifying import Purse
from athena_fhir_conformance.limits.investigation import investigate
from mock_athena.ratelimit import Policy
from mock_athena.ratelimit.buckets import Gcra, TokenBucket
from mock_athena.ratelimit.limits import DailyQuota, FixedWindow, Limit, SlidingWindow
from mock_athena.ratelimit.penalties import Concurrency, Lockout
from tests.conformance.limits.model import LimiterTarget

KINDS = ("sliding-window", "fixed-window", "token-bucket", "gcra", "lockout", "concurrency", "off")
_WINDOWS = (1, 2, 3, 5, 7, 10, 13, 20, 30, 60)
BUDGET = 1500
"""Requests of a trial."""
_FASTEST = 40  # requests a second; nobody bursts faster from one place


@dataclass(frozen=True)
class Trial:
    """One policy, and how it is met."""

    kind: str
    policy: Policy
    dated: bool

    def __str__(self) -> str:
        policy = self.policy
        limits = ", ".join(map(str, policy.limits))
        return f"{self.kind} dated={self.dated} tells={policy.tells} per={policy.per} {policy.costs} {limits}"


def drawn(seed: int) -> Trial:
    """The trial of this number."""
    random = Random(seed)  # noqa: S311 - no secret
    kind = KINDS[seed % len(KINDS)]
    window = random.choice(_WINDOWS)
    quota = random.randint(2, max(3, min(60, _FASTEST * window)))
    charges = random.random() < 0.3
    limits: tuple[Limit, ...]
    if kind == "off":
        limits = ()
    elif kind == "concurrency":
        limits = (Concurrency("in-flight", random.randint(2, 50)),)
    elif kind == "lockout":
        lock = Lockout("lockout", random.randint(8, 18), random.choice((30, 60, 120)), random.choice((60, 300, 900)))
        limits = (SlidingWindow("burst", min(quota, 40), min(window, 10)), lock)
    else:
        make: Any = {
            "sliding-window": SlidingWindow,
            "fixed-window": FixedWindow,
            "token-bucket": TokenBucket,
            "gcra": Gcra,
        }[kind]
        limits = (make("burst", quota, window, charges), DailyQuota("daily", 100_000))
    tells: Any = (
        "all"
        if kind in ("gcra", "concurrency")
        else "body"
        if kind == "lockout"
        else random.choice(("all", "gateway", "body"))
    )
    per: Any = (
        random.choice(("client", "token", "address", "practice"))
        if len(limits) > 0 and kind not in ("lockout", "concurrency")
        else "client"
    )
    costs = (("bulk", min(quota, random.randint(1, 3))),) if kind in ("sliding-window", "fixed-window") else ()
    return Trial(kind, Policy("drawn", limits, per, costs, tells=tells), random.random() < 0.5)


def probed(trial: Trial, seed: int, requests: int = BUDGET, seconds: float = 7200) -> Findings:
    """What probing it brings."""
    target = LimiterTarget(trial.policy, Random(seed), dated=trial.dated)  # noqa: S311 - no secret
    return investigate(target, Purse(target.main, requests, target.now() + seconds), lambda _: None)


def wrong(trial: Trial, found: Findings) -> str:
    """What is wrong with what was found; empty if nothing is."""
    concluded = conclude(found)
    if found.probes > BUDGET:
        return f"{found.probes} requests"
    met = [_shape(limit.kind, limit.quota, limit.window) for limit in concluded.limits if limit.evidence != "assumed"]
    expected = [
        _shape(kind_of(limit), limit.quota, limit.window) for limit in trial.policy.limits if limit.window < 86_400
    ]
    missing = [shape for shape in expected if shape not in met]
    if missing or (not expected and met):
        return f"expected {expected}, found {met}"
    return _charging(trial, concluded) or _penalty(trial, concluded) or _keying(trial, found) or _costs(trial, found)


def kind_of(limit: Limit) -> str:
    """The kind of a limit, as a policy file has it."""
    if isinstance(limit, TokenBucket):
        return "gcra" if limit.until_full else "token-bucket"
    return {
        SlidingWindow: "sliding-window",
        FixedWindow: "fixed-window",
        Lockout: "lockout",
        Concurrency: "concurrency",
    }[type(limit)]


def _shape(kind: str, quota: int, window: float) -> tuple[str, int, float]:
    """Within a second, what a bucket and GCRA tell is rounded to the same."""
    return "token-bucket" if kind == "gcra" and window == 1 else kind, quota, window


def _charging(trial: Trial, concluded: Conclusion) -> str:
    """A fixed window is full until its end whether refusals are charged or not: nobody can tell."""
    if trial.kind in ("sliding-window", "token-bucket", "gcra"):
        charges = getattr(trial.policy.limits[0], "charge_denied", False)
        if concluded.limits[0].more.get("charge_denied") != charges:
            return f"refusals are charged: {charges}"
    return ""


def _penalty(trial: Trial, concluded: Conclusion) -> str:
    for limit in trial.policy.limits:
        if isinstance(limit, Lockout):
            told = [each.more["penalty"] for each in concluded.limits if each.kind == "lockout"]
            return "" if told and abs(told[0] - limit.penalty) <= 1 else f"penalty {limit.penalty}, found {told}"
    return ""


def _keying(trial: Trial, found: Findings) -> str:
    if found.model is None or found.per is None or trial.kind == "lockout":
        return ""
    return "" if found.per == trial.policy.per else f"per {trial.policy.per}, found {found.per}"


def _costs(trial: Trial, found: Findings) -> str:
    for route, cost in trial.policy.costs:
        if found.costs.get(route) not in (None, cost):
            return f"{route} costs {cost}, found {found.costs[route]}"
    return ""
