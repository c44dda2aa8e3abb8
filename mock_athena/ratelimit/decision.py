"""What the limiter said of one request; headers, body and journal all come from this one value."""

import re
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from mock_athena.clock import NANOSECONDS

if TYPE_CHECKING:
    from mock_athena.ratelimit.policies import Policy

Kind = Literal["client", "address", "token", "user", "practice"]
Bucket = Literal["requests", "token-endpoint"]

_IN_WORDS = re.compile(rf"({'|'.join(get_args(Kind))}) (.*) at (\w+)(?: \((token-endpoint)\))?", re.DOTALL)


class QuotaKey(NamedTuple):
    """Whose quota it is.

    Attributes:
        environment: each has its own. kind: what ``id`` is, such as ``client``. id: the client id, for instance.
        bucket: which of its quotas; the token endpoint has one of its own.
    """

    environment: str
    kind: Kind
    id: str
    bucket: Bucket = "requests"

    def __str__(self) -> str:
        where = "" if self.bucket == "requests" else f" ({self.bucket})"
        return f"{self.kind} {self.id} at {self.environment}{where}"

    @classmethod
    def from_text(cls, text: str) -> "QuotaKey | None":
        """The key that these words stand for, as they are in the journal; None where they stand for none."""
        found = _IN_WORDS.fullmatch(text)
        if found is None:
            return None
        kind, id, environment, bucket = found.groups()
        return cls(environment, kind, id, bucket or "requests")  # type: ignore[arg-type]


class Allowance(NamedTuple):
    """How one limit stands after a decision.

    Attributes:
        name: such as ``burst``.
        quota: requests in a window. window: its length in seconds; 0 where it has none.
        remaining: requests that it would still admit at this instant.
        reset: nanoseconds until it admits more than that; of a window in which nothing is used, 0.
    """

    name: str
    quota: int
    window: int
    remaining: int
    reset: int


Standing = tuple[int, int]
"""How one limit stands: requests that it would still admit, and the instant at which it admits more."""


class Decision(NamedTuple):
    """One decision.

    Attributes:
        allowed: whether the request may go on.
        seq: number of this decision; grows by one from decision to decision, so their order is total.
        instant: when it was taken, in nanoseconds since 1970 UTC by our clock.
        rules: the policy by which it was taken. key: whose quota it was.
        standings: how each limit of the policy stands now; empty where nothing is limited.
        refused_by: index of the limit that refused; -1 when allowed.
        wait: nanoseconds after which a refused caller that is alone is admitted; 0 when allowed.
        queued: nanoseconds after which a refused caller is admitted that others were told to come before; not less
            than ``wait``.
        cost: units of quota that were asked for.
        lost: the counters could not be reached, so this is what ``--fail`` says and not what was counted.
    """

    allowed: bool
    seq: int
    instant: int
    rules: "Policy"
    key: QuotaKey
    standings: tuple[Standing, ...] = ()
    refused_by: int = -1
    wait: int = 0
    queued: int = 0
    cost: int = 1
    lost: bool = False

    @property
    def policy(self) -> str:
        """Name of the policy."""
        return self.rules.name

    @property
    def allowances(self) -> tuple[Allowance, ...]:
        """How each limit stands now, in words that a caller can use."""
        return tuple(
            Allowance(limit.name, limit.quota, limit.window, remaining, frees - self.instant)
            for limit, (remaining, frees) in zip(self.rules.limits, self.standings, strict=bool(self.standings))
        )

    @property
    def binding(self) -> int:
        """Index of the limit that refused, or that will be first to: of those that count requests, the scarcest."""
        if self.refused_by >= 0:
            return self.refused_by
        scarcest, least = 0, None
        for index in self.rules.counting:
            remaining = self.standings[index][0]
            if least is None or remaining < least:
                scarcest, least = index, remaining
        return scarcest

    @property
    def scarcest(self) -> Allowance:
        """The allowance that refused, or that will be first to."""
        return self.allowances[self.binding]

    @property
    def retry_after(self) -> int:
        """Whole seconds to wait, rounded up: never too early."""
        return max(1, ceil_seconds(max(self.wait, self.queued)))


def ceil_seconds(nanoseconds: int) -> int:
    """Nanoseconds as whole seconds, rounded up."""
    return -(-nanoseconds // NANOSECONDS)
