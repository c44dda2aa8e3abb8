"""clock-skew: the server's date is wrong."""

from dataclasses import dataclass

from mock_athena.clock import LATEST, NANOSECONDS
from mock_athena.faults.answer import Answer
from mock_athena.faults.fault import Call, Fault, check
from mock_athena.fhir.instants import http_date


@dataclass(frozen=True, slots=True)
class ClockSkew(Fault):
    """``Date`` is ``seconds`` ahead of our clock, or behind it if that is negative.

    Whoever takes ``X-RateLimit-Reset`` or ``Expires`` minus ``Date`` for a time to wait, waits wrongly.
    """

    seconds: float = -300.0

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        check(abs(self.seconds) <= 1e9, f"seconds = {self.seconds}: expected at most 1e9 either way")

    def alter(self, answer: Answer, call: Call) -> Answer:
        """Say another time."""
        skewed = min(max(0, call.now + round(self.seconds * NANOSECONDS)), LATEST)
        return answer.with_header("Date", http_date(skewed // 1000))
