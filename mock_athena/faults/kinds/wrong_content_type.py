"""wrong-content-type: the body is right and its media type is not."""

from dataclasses import dataclass

from mock_athena.faults.answer import Answer
from mock_athena.faults.fault import Call, Fault, check


@dataclass(frozen=True, slots=True)
class WrongContentType(Fault):
    """The body is as it should be, and ``Content-Type`` says ``content_type``; nothing at all, if that is empty."""

    content_type: str = "text/html; charset=iso-8859-1"

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        check(self.content_type.isprintable() and self.content_type.isascii(), "content_type: expected printable ASCII")

    def alter(self, answer: Answer, call: Call) -> Answer:  # noqa: ARG002 - it is the same for everybody
        """Say something else."""
        return answer.with_header("Content-Type", self.content_type or None)
