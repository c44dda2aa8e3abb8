"""drop: the connection is closed in the midst of an answer."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from mock_athena.errors import ConnectionFault
from mock_athena.faults.answer import Answer, split_at
from mock_athena.faults.fault import Call, Fault, Phase, check


@dataclass(frozen=True, slots=True)
class Drop(Fault):
    """The connection is closed (FIN) after ``after`` bytes of the body, though its length promised more."""

    after: int = 100

    at: ClassVar[Phase] = "answer"

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        check(self.after >= 0, f"after = {self.after}: expected a number of bytes")

    def alter(self, answer: Answer, call: Call) -> Answer:  # noqa: ARG002 - it is the same for everybody
        """Close."""
        return answer.streaming(self._cut(answer))

    def _cut(self, answer: Answer) -> Iterator[bytes]:
        yield from split_at(answer.body, self.after)
        raise ConnectionFault("close")
