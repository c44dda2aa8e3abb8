"""odd-retry-after: Retry-After as real servers get it wrong."""

from dataclasses import dataclass
from typing import Literal

from mock_athena.clock import LATEST, NANOSECONDS
from mock_athena.faults.answer import Answer
from mock_athena.faults.fault import Call, Fault
from mock_athena.fhir.instants import http_date

_HOUR = 3600 * NANOSECONDS


@dataclass(frozen=True, slots=True)
class OddRetryAfter(Fault):
    """``Retry-After`` is not the number of seconds that it should be, on every answer that has one.

    ``how``: ``date`` (RFC 9110 allows it, and few clients read it), ``past-date``, ``epoch``, ``epoch-ms``, ``zero``,
    ``negative``, ``fraction``, ``words``, ``too-short`` (half of what is right, rounded down), ``too-long`` (an hour
    more), ``missing``.
    """

    how: Literal[
        "date", "past-date", "epoch", "epoch-ms", "zero", "negative", "fraction", "words", "too-short", "too-long",
        "missing",
    ] = "missing"  # fmt: skip

    def alter(self, answer: Answer, call: Call) -> Answer:
        """Get it wrong."""
        right = answer.get("Retry-After")
        if right is None or not right.isdigit():
            return answer
        then = min(call.now + int(right) * NANOSECONDS, LATEST)
        wrong = {
            "date": http_date(-(-then // NANOSECONDS) * 1_000_000),
            "past-date": http_date(max(0, call.now - _HOUR) // 1000),
            "epoch": str(-(-then // NANOSECONDS)),
            "epoch-ms": str(-(-then // 1_000_000)),
            "zero": "0",
            "negative": f"-{right}",
            "fraction": f"{int(right) - 0.5:.1f}",
            "words": "a moment",
            "too-short": str(int(right) // 2),
            "too-long": str(int(right) + 3600),
            "missing": None,
        }
        return answer.with_header("Retry-After", wrong[self.how])
