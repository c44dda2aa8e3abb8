"""status: the request is refused with a status."""

from dataclasses import dataclass
from typing import ClassVar

from mock_athena.faults.answer import Answer
from mock_athena.faults.fault import Call, Fault, Phase, check


@dataclass(frozen=True, slots=True)
class Status(Fault):
    """The request is refused with ``status``, in the language of its route: OperationOutcome or OAuth error.

    ``retry_after`` is sent as it is, whatever it says. ``at = "answer"`` refuses when everything was done: a client
    that repeats an export's kick-off then has two jobs.
    """

    status: int = 503
    message: str = "the service is temporarily unavailable"
    retry_after: str = ""

    at: ClassVar[Phase] = "admitted"

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        check(400 <= self.status <= 599, f"status = {self.status}: expected 400 to 599")
        check(self.retry_after.isprintable() and self.retry_after.isascii(), "retry_after: expected printable ASCII")

    def strike(self, call: Call) -> Answer | None:
        """Refuse."""
        headers = [("Retry-After", self.retry_after)] if self.retry_after else []
        raise call.refusal(self.status, self.message, headers)
