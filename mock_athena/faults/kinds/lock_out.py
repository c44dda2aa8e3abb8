"""lock-out: the caller is shut out for a while, and only the text says for how long."""

from dataclasses import dataclass
from typing import ClassVar

from mock_athena.clock import NANOSECONDS
from mock_athena.faults.answer import Answer
from mock_athena.faults.fault import Call, Fault, Phase, check


@dataclass(frozen=True, slots=True)
class LockOut(Fault):
    """From its first strike on, everything is refused for ``seconds`` of our clock; there is no ``Retry-After``.

    How long it lasts stands in the message only, which has ``{seconds}`` in that place.
    """

    seconds: int = 900
    status: int = 429
    message: str = "User Rate Limit Exceeded, Try in another {seconds} seconds"

    at: ClassVar[Phase] = "arrival"

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        check(400 <= self.status <= 599, f"status = {self.status}: expected 400 to 599")
        check(self.seconds > 0, f"seconds = {self.seconds}: expected more than 0")

    def strike(self, call: Call) -> Answer | None:
        """Refuse, until it is over."""
        left = self.seconds - call.since // NANOSECONDS
        if left <= 0:
            return None
        raise call.refusal(self.status, self.message.replace("{seconds}", str(left)), ())
