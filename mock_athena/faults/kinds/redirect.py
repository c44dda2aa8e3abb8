"""redirect: the answer is somewhere else."""

from dataclasses import dataclass
from typing import ClassVar

from mock_athena.faults.answer import Answer
from mock_athena.faults.fault import Call, Fault, Phase, check


@dataclass(frozen=True, slots=True)
class Redirect(Fault):
    """The request is redirected (``status``) to the same path at ``origin``, ours if left out: then give it ``times``.

    A client that takes its token along to another origin gives it to somebody else.
    """

    status: int = 307
    origin: str = ""

    at: ClassVar[Phase] = "admitted"

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        check(self.status in (301, 302, 303, 307, 308), f"status = {self.status}: expected 301, 302, 303, 307 or 308")
        known = not self.origin or self.origin.startswith(("http://", "https://"))
        check(known, f"origin = {self.origin!r}: expected http:// or https://")
        check(self.origin.isprintable() and self.origin.isascii(), "origin: expected printable ASCII")

    def strike(self, call: Call) -> Answer | None:
        """Send the client there."""
        location = (self.origin or call.origin) + call.path + (f"?{call.query}" if call.query else "")
        return Answer(self.status, (("Location", location), ("Content-Length", "0")), ())
