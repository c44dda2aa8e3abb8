"""The header fields that a decision becomes.

``X-RateLimit-*`` speaks of the binding limit alone, with the reset as epoch seconds; the fields of
draft-ietf-httpapi-ratelimit-headers (https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/) speak
of every limit, with seconds from now. Both are rounded up: never earlier than the truth.

What is the same for every decision of a policy is made once (:class:`Teller`): this runs with every request.
"""

from functools import lru_cache

from mock_athena.clock import NANOSECONDS
from mock_athena.ratelimit.decision import Decision
from mock_athena.ratelimit.policies import Policy

Fields = list[tuple[str, str]]


def decision_headers(decision: Decision) -> Fields:
    """Header fields for the answer to the request that was decided on."""
    return [decided_at(decision), *limit_headers(decision)]


def decided_at(decision: Decision) -> tuple[str, str]:
    """The field that says when it was decided, and as which."""
    seconds, rest = divmod(decision.instant, NANOSECONDS)
    # As unix_text, in one go: with every request.
    return "X-Mock-Decided-At", "%d.%09d;seq=%d" % (seconds, rest, decision.seq)  # noqa: UP031 - faster than an f-string


def limit_headers(decision: Decision) -> Fields:
    """The fields that tell how the caller stands."""
    if not decision.standings:
        return [("X-Mock-Counters", "lost")] if decision.lost else []
    return teller_of(decision.rules).fields(decision)


class Teller:
    """Makes header fields of the decisions of one policy."""

    def __init__(self, policy: Policy) -> None:
        told = [limit for limit in policy.limits if limit.counts]
        self._tells = policy.tells
        self._counting = policy.counting
        self._limit = [("X-RateLimit-Limit", str(limit.quota)) for limit in policy.limits]
        self._old_limit = [("RateLimit-Limit", str(limit.quota)) for limit in policy.limits]
        windows = [f'"{limit.name}";q={limit.quota}' + f";w={limit.window}" * (limit.window > 0) for limit in told]
        self._policy = ("RateLimit-Policy", ", ".join(windows))
        self._rate_limit = ", ".join(f'"{limit.name}";r=%d;t=%d' for limit in told)

    def fields(self, decision: Decision) -> Fields:
        """All fields that tell of limits."""
        if self._tells == "all":
            return self._all(decision)
        return self._as_the_gateway(decision) if self._tells == "gateway" else []

    def _all(self, decision: Decision) -> Fields:
        standings, instant = decision.standings, decision.instant
        binding = decision.binding
        remaining, frees = standings[binding]
        numbers: list[int] = []
        for index in self._counting:
            left, at = standings[index]
            numbers += (left, -((instant - at) // NANOSECONDS))
        fields = [
            self._limit[binding],
            ("X-RateLimit-Remaining", str(remaining)),
            ("X-RateLimit-Reset", str(-(-frees // NANOSECONDS))),
            self._policy,
            ("RateLimit", self._rate_limit % tuple(numbers)),
        ]
        if not decision.allowed:
            fields.append(("Retry-After", str(decision.retry_after)))
        return fields

    def _as_the_gateway(self, decision: Decision) -> Fields:
        """What the real API was seen to send; the reset is in seconds from now."""
        binding = decision.binding
        remaining, frees = decision.standings[binding]
        return [
            self._limit[binding],
            ("X-RateLimit-Remaining", str(remaining)),
            self._old_limit[binding],
            ("RateLimit-Remaining", str(remaining)),
            ("RateLimit-Reset", str(-((decision.instant - frees) // NANOSECONDS))),
        ]


@lru_cache(maxsize=64)
def teller_of(policy: Policy) -> Teller:
    """The teller of a policy; the same one every time."""
    return Teller(policy)
