"""missing-headers: header fields are left out."""

from dataclasses import dataclass
from functools import reduce

from mock_athena.faults.answer import Answer
from mock_athena.faults.fault import Call, Fault

_RATE_LIMIT = (
    "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "RateLimit-Policy", "RateLimit", "Retry-After",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MissingHeaders(Fault):
    """The header fields of these ``names`` are left out; by default all that speak of the rate limit."""

    names: tuple[str, ...] = _RATE_LIMIT

    def alter(self, answer: Answer, call: Call) -> Answer:  # noqa: ARG002 - it is the same for everybody
        """Leave them out."""
        return reduce(lambda left, name: left.with_header(name, None), self.names, answer)
