"""half-close: our side of the connection is closed, theirs stays open."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from mock_athena.errors import ConnectionFault
from mock_athena.faults.answer import Answer, split_at
from mock_athena.faults.fault import Call, Fault, Phase, check


@dataclass(frozen=True, slots=True)
class HalfClose(Fault):
    """After ``after`` bytes of the body we send no more (FIN) and go on listening for ``seconds`` of our clock.

    A client that does not notice that the answer is incomplete, or puts the connection back into its pool, fails.
    """

    after: int = 0
    seconds: float = 60.0

    at: ClassVar[Phase] = "answer"

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        check(self.after >= 0, f"after = {self.after}: expected a number of bytes")
        check(0 <= self.seconds <= 1e9, f"seconds = {self.seconds}: expected a number of seconds")

    def alter(self, answer: Answer, call: Call) -> Answer:
        """Close our half."""
        return answer.streaming(self._half_closed(answer, call))

    def _half_closed(self, answer: Answer, call: Call) -> Iterator[bytes]:
        yield from split_at(answer.body, self.after)
        raise ConnectionFault("half-close", partial(call.wait, self.seconds))
