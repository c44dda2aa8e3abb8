"""The 429: what a caller is told whose quota is used up.

It says policy, limit, window, when to come back, and who spent the quota. This is the answer that is given most often when
a client is tested for how it behaves at a limit, so what is the same every time is made once.
"""

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from mock_athena.errors import OAuthError, Refusal, Throttled
from mock_athena.fhir.outcome import issue, operation_outcome
from mock_athena.ratelimit import Decision, Policy

class Said(NamedTuple):
    """What a refused caller is told, and the journal."""

    message: str
    reason: str


def said(decision: Decision, label: str, spenders: str) -> Said:
    """The words of a refusal.

    Args:
        label: whose quota it is. spenders: who spent it.
    """
    wait = wait_text(decision)
    before, between, after = _words(decision.rules, decision.refused_by)
    message = f"{before}{wait}{between}{decision.retry_after}{after}{'. ' + spenders if spenders else ''}"
    return Said(message, reason_text(decision, label, wait))


def throttled(decision: Decision, label: str, spenders: str, speaks: str) -> Refusal:
    """The refusal that a decision of the limiter is, in the language of its route."""
    words = said(decision, label, spenders)
    if speaks == "oauth":
        return OAuthError("temporarily_unavailable", words.message, status=429, reason=words.reason)
    return Throttled(words.message, reason=words.reason)


def outcome_body(decision: Decision, wait: str, spenders: str) -> bytes:
    """The OperationOutcome that :func:`throttled` would be rendered as."""
    before, between, after = _words(decision.rules, decision.refused_by)
    begin, middle, end = _frame()
    text = f"{before}{wait}{between}{decision.retry_after}{after}{'. ' + spenders if spenders else ''}"
    if not text.isascii() or '"' in text or "\\" in text:  # a name of somebody's own making
        text = json.dumps(text, ensure_ascii=False)[1:-1]
    return f"{begin}{text}{middle}{text}{end}".encode(errors="replace")


def wait_text(decision: Decision) -> str:
    """When to come back, in seconds with three decimals, rounded up like every wait that we tell."""
    milliseconds = -(-max(decision.wait, decision.queued) // 1_000_000)
    return f"{milliseconds // 1000}.{milliseconds % 1000:03} s"


def reason_text(decision: Decision, label: str, wait: str) -> str:
    """For the journal."""
    return f"{decision.rules.limits[decision.refused_by].name} quota of {label} is used up, {wait} to wait"


@lru_cache(maxsize=64)
def _words(policy: Policy, refused_by: int) -> tuple[str, str, str]:
    """What comes before the wait, between the wait and the seconds of Retry-After, and after them."""
    limit = policy.limits[refused_by]
    window = f" in {limit.window:,} s" if limit.window else " in flight"
    if not limit.counts:
        used = f"it was refused {limit.quota:,} times{window}, so '{limit.name}' locks it out"
    else:
        used = f"the quota '{limit.name}' of {limit.quota:,} requests{window} is used up"
    charges = _any_charges(policy)
    costs = "refused requests count as well" if charges else "refused requests cost nothing"
    seconds = "Retry-After: " if policy.tells == "all" else "in whole seconds: "
    return (
        f"Rate limit of policy '{policy.name}': {used}. Come back in ",
        f" ({seconds}",
        f"); until then every request of this {policy.per} is refused, and {costs}. Pace your requests, or ask for "
        "fewer: larger pages (_count), bulk $export",
    )


def _any_charges(policy: Policy) -> bool:
    return any(getattr(limit, "charge_denied", False) for limit in policy.limits)


@lru_cache(maxsize=1)
def _frame() -> Iterable[str]:
    """An OperationOutcome of one issue around its text, which is in it twice."""
    return json.dumps(operation_outcome(issue("error", "throttled", "HOLE"))).split("HOLE")
