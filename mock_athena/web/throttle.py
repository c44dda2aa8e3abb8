"""The 429: what a caller is told whose quota is used up.

It says policy, limit, window, when to come back, and who spent the quota. This is the answer that is given most often
when a client is tested for how it behaves at a limit, so what is the same every time is made once.
"""

import json
from functools import lru_cache
from typing import NamedTuple

from mock_athena.clock import NANOSECONDS
from mock_athena.errors import OAuthError, Refusal, Throttled
from mock_athena.fhir.outcome import issue, operation_outcome
from mock_athena.ratelimit import Decision, Policy
from mock_athena.ratelimit.decision import Standing
from mock_athena.ratelimit.headers import limit_headers
from mock_athena.web.negotiate import FHIR_JSON


class Said(NamedTuple):
    """What a refused caller is told, and the journal."""

    message: str
    reason: str


def said(decision: Decision, label: str, spenders: str, wait: str = "") -> Said:
    """The words of a refusal.

    Args:
        label: whose quota it is. spenders: who spent it. wait: stands for the wait; that of the decision if left out.
    """
    wait = wait or wait_text(decision)
    before, between, after = _words(decision.rules, decision.refused_by)
    message = f"{before}{wait}{between}{decision.retry_after}{after}{'. ' + spenders if spenders else ''}"
    limit = decision.rules.limits[decision.refused_by].name
    return Said(message, f"{limit} quota of {label} is used up, {wait} to wait")


def throttled(decision: Decision, label: str, spenders: str, speaks: str) -> Refusal:
    """The refusal that a decision of the limiter is, in the language of its route."""
    words = said(decision, label, spenders)
    if speaks == "oauth":
        return OAuthError("temporarily_unavailable", words.message, status=429, reason=words.reason)
    return Throttled(words.message, reason=words.reason)


class Prepared(NamedTuple):
    """A refusal of one sender, as far as it stays the same from one request to the next.

    Attributes:
        standings: of the decision that it was made for. until: the instant up to which it can be used.
        headers: all fields but the length and those that differ for every request.
        before, between, after: the body around the wait, which is in it twice.
        reason: for the journal, around the wait.
    """

    standings: tuple[Standing, ...]
    until: int
    sender: str
    headers: list[tuple[str, str]]
    told: list[tuple[str, str]]
    before: bytes
    between: bytes
    after: bytes
    reason: tuple[str, str]

    def serves(self, decision: Decision, sender: str) -> bool:
        """Whether this decision is told the same, but for the wait."""
        return decision.instant < self.until and self.standings == decision.standings and self.sender == sender

    def body(self, wait: str) -> bytes:
        """The OperationOutcome that :func:`throttled` would be rendered as."""
        told = wait.encode()
        return b"".join((self.before, told, self.between, told, self.after))

    def because(self, wait: str) -> str:
        """The reason."""
        before, after = self.reason
        return f"{before}{wait}{after}"


def prepared(decision: Decision, label: str, spenders: str, sender: str) -> Prepared:
    """Prepare what the sender of this request and of those that follow is told."""
    words = said(decision, label, spenders, wait="WAIT")
    frame = json.dumps(operation_outcome(issue("error", "throttled", "TEXT")), ensure_ascii=False)
    text = json.dumps(words.message, ensure_ascii=False)[1:-1]
    before, between, after = frame.replace("TEXT", text).encode(errors="replace").split(b"WAIT")
    because, _, to_wait = words.reason.rpartition("WAIT")
    told = limit_headers(decision)
    headers = [("Content-Type", FHIR_JSON), ("Cache-Control", "no-store"), *told]
    # Until a number of whole seconds that was told changes.
    instants = [frees for _, frees in decision.standings] + [decision.instant + decision.queued]
    until = min(decision.instant + (instant - decision.instant - 1) % NANOSECONDS + 1 for instant in instants)
    return Prepared(decision.standings, until, sender, headers, told, before, between, after, (because, to_wait))


def wait_text(decision: Decision) -> str:
    """When to come back, in seconds with three decimals, rounded up like every wait that we tell."""
    return "%d.%03d s" % divmod(-(-decision.queued // 1_000_000), 1000)  # noqa: UP031 - faster than an f-string


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
    after = (
        f"); until then every request of this {policy.per} is refused, and {costs}. Pace your requests, or ask for "
        "fewer: larger pages (_count), bulk $export"
    )
    return f"Rate limit of policy '{policy.name}': {used}. Come back in ", f" ({seconds}", after


def _any_charges(policy: Policy) -> bool:
    return any(getattr(limit, "charge_denied", False) for limit in policy.limits)
