"""What the limiter said of one request; headers, body and journal all come from this one value."""

from typing import Literal, NamedTuple

from mock_athena.clock import NANOSECONDS


class QuotaKey(NamedTuple):
    """Whose quota it is.

    Attributes:
        environment: each has its own. kind: ``client`` or ``address``. id: the client id, or the address.
    """

    environment: str
    kind: Literal["client", "address"]
    id: str

    def __str__(self) -> str:
        return f"{self.kind} {self.id} at {self.environment}"


class Allowance(NamedTuple):
    """How one limit stands after a decision.

    Attributes:
        name: such as ``burst``.
        quota: requests in a window. window: its length in seconds.
        remaining: requests that it would still admit at this instant.
        reset: nanoseconds until it admits more than that; of a window in which nothing is used, 0.
    """

    name: str
    quota: int
    window: int
    remaining: int
    reset: int


class Decision(NamedTuple):
    """One decision.

    Attributes:
        allowed: whether the request may go on.
        seq: number of this decision; grows by one from decision to decision, so their order is total.
        instant: when it was taken, in nanoseconds since 1970 UTC by our clock.
        policy: name of the policy. key: whose quota it was.
        allowances: how each limit stands now; empty where nothing is limited.
        binding: index of the allowance that refused, or that will be first to.
        wait: nanoseconds after which a refused caller that is alone is admitted; 0 when allowed.
    """

    allowed: bool
    seq: int
    instant: int
    policy: str
    key: QuotaKey
    allowances: tuple[Allowance, ...] = ()
    binding: int = 0
    wait: int = 0

    @property
    def scarcest(self) -> Allowance:
        """The allowance that refused, or that will be first to."""
        return self.allowances[self.binding]

    @property
    def retry_after(self) -> int:
        """Whole seconds to wait, rounded up: never too early."""
        return max(1, ceil_seconds(self.wait))


def ceil_seconds(nanoseconds: int) -> int:
    """Nanoseconds as whole seconds, rounded up."""
    return -(-nanoseconds // NANOSECONDS)
