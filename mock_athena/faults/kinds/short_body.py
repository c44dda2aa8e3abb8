"""short-body: the end of an answer is missing, and nothing tells."""

from dataclasses import dataclass
from functools import partial

from mock_athena.faults.answer import Answer, split_at
from mock_athena.faults.fault import Call, Fault, check
from mock_athena.faults.lines import changed


@dataclass(frozen=True, slots=True)
class ShortBody(Fault):
    """The body ends after ``after`` bytes, and the answer as if that were all: no length says that there was more.

    What a proxy makes of a connection that broke behind it. (``drop`` breaks the promise that a length made, which a
    client can notice.) Only the count in an export's manifest, or the last line, tells.
    """

    after: int = 100

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        check(self.after >= 0, f"after = {self.after}: expected a number of bytes")

    def alter(self, answer: Answer, call: Call) -> Answer:  # noqa: ARG002 - it is the same for everybody
        """End it."""
        return changed(answer.with_header("ETag", None), partial(split_at, size=self.after))
