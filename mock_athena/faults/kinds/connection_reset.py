"""connection-reset: the connection is reset."""

from collections.abc import Iterator
from dataclasses import dataclass

from mock_athena.errors import ConnectionFault
from mock_athena.faults.answer import Answer, split_at
from mock_athena.faults.fault import Call, Fault, Phase, check


@dataclass(frozen=True, slots=True)
class ConnectionReset(Fault):
    """The connection is reset (RST), before anything was answered or, with ``after``, after so many bytes of the body.

    ``at = "answer"`` resets it when everything was done and nothing was told: the answer is lost.
    """

    after: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        check(self.after >= 0, f"after = {self.after}: expected a number of bytes")

    def phases(self) -> tuple[Phase, ...]:
        """What is to be broken in its midst has to begin."""
        return ("answer",) if self.after else ("arrival", "admitted", "answer")

    def strike(self, call: Call) -> Answer | None:  # noqa: ARG002 - it is the same for everybody
        """Reset at once."""
        raise ConnectionFault("reset")

    def alter(self, answer: Answer, call: Call) -> Answer:
        """Reset in the midst of the answer, or before it."""
        return answer.streaming(self._broken(answer)) if self.after else Fault.alter(self, answer, call)

    def _broken(self, answer: Answer) -> Iterator[bytes]:
        yield from split_at(answer.body, self.after)
        raise ConnectionFault("reset")
