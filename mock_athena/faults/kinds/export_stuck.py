"""export-stuck: an export stays in progress."""

from dataclasses import dataclass

from mock_athena.clock import NANOSECONDS
from mock_athena.faults import Disturbance
from mock_athena.faults.fault import Call, Fault, check


@dataclass(frozen=True, slots=True)
class ExportStuck(Fault):
    """The export that is being started takes ``seconds`` of our clock longer; two hours, if nothing is said."""

    seconds: float = 7200.0

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        check(0 <= self.seconds <= 1e9, f"seconds = {self.seconds}: expected a number of seconds")

    def disturb(self, call: Call) -> Disturbance:  # noqa: ARG002 - it is the same for everybody
        """Keep it in progress."""
        return Disturbance(delay=round(self.seconds * NANOSECONDS))
