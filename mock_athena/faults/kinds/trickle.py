"""trickle: an answer comes in drops."""

from collections.abc import Iterator
from dataclasses import dataclass

from mock_athena.faults.answer import Answer
from mock_athena.faults.fault import Call, Fault, check


@dataclass(frozen=True, slots=True)
class Trickle(Fault):
    """The body comes in pieces of ``size`` bytes, with ``seconds`` of our clock before each but the first.

    A read timeout of a client never strikes, since something always comes: only a limit on the whole helps.
    """

    size: int = 64
    seconds: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        check(self.size > 0, f"size = {self.size}: expected a number of bytes")
        check(0 <= self.seconds <= 1e9, f"seconds = {self.seconds}: expected a number of seconds")

    def alter(self, answer: Answer, call: Call) -> Answer:
        """Send it in drops."""
        return answer.streaming(self._drops(answer, call))

    def _drops(self, answer: Answer, call: Call) -> Iterator[bytes]:
        first = True
        for chunk in answer.body:
            for begin in range(0, len(chunk), self.size):
                if not first:
                    call.wait(self.seconds)
                first = False
                yield chunk[begin : begin + self.size]
