"""stall: the request is taken and never answered."""

from dataclasses import dataclass

from mock_athena.errors import ConnectionFault
from mock_athena.faults.answer import Answer
from mock_athena.faults.fault import Call, Fault, check


@dataclass(frozen=True, slots=True)
class Stall(Fault):
    """The request is taken and nothing comes back for ``seconds`` of our clock; then the connection is closed.

    It ends when the caller goes.
    """

    seconds: float = 300.0

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        check(0 <= self.seconds <= 1e9, f"seconds = {self.seconds}: expected a number of seconds")

    def strike(self, call: Call) -> Answer | None:
        """Wait, and close."""
        call.wait(self.seconds)
        raise ConnectionFault("close")
