"""stalled-body: an answer begins and then rests."""

from collections.abc import Iterator
from dataclasses import dataclass

from mock_athena.faults.answer import Answer
from mock_athena.faults.fault import Call, Fault, check


@dataclass(frozen=True, slots=True)
class StalledBody(Fault):
    """After ``after`` bytes of the body nothing comes for ``seconds`` of our clock, then the rest of it."""

    after: int = 10
    seconds: float = 300.0

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        check(self.after >= 0, f"after = {self.after}: expected a number of bytes")
        check(0 <= self.seconds <= 1e9, f"seconds = {self.seconds}: expected a number of seconds")

    def alter(self, answer: Answer, call: Call) -> Answer:
        """Rest in the midst of it."""
        return answer.streaming(self._stalled(answer, call))

    def _stalled(self, answer: Answer, call: Call) -> Iterator[bytes]:
        sent, rested = 0, False
        for chunk in answer.body:
            begin = 0 if rested else max(0, self.after - sent)
            if not rested and begin < len(chunk):
                if begin:
                    yield chunk[:begin]
                call.wait(self.seconds)
                rested = True
                yield chunk[begin:]
            else:
                yield chunk
            sent += len(chunk)
