"""wrong-host: links lead to a host that cannot be reached."""

from dataclasses import dataclass, replace

from mock_athena.faults.answer import Answer
from mock_athena.faults.fault import Call, Fault, check
from mock_athena.faults.lines import changed, replaced


@dataclass(frozen=True, slots=True)
class WrongHost(Fault):
    """Every absolute URL in body and headers (paging, Content-Location, manifest) has ``origin`` for ours.

    What a server behind a proxy does that does not know its own name. A client that follows such a link with its
    token in hand sends the token to somebody else.
    """

    origin: str = "http://fhir-internal.invalid:8080"

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        check(
            self.origin.startswith(("http://", "https://")), f"origin = {self.origin!r}: expected http:// or https://"
        )
        check(self.origin.isprintable() and self.origin.isascii(), "origin: expected printable ASCII")

    def alter(self, answer: Answer, call: Call) -> Answer:
        """Replace the origin."""
        headers = tuple((name, value.replace(call.origin, self.origin)) for name, value in answer.headers)
        ours, other = call.origin.encode(), self.origin.encode()
        return changed(replace(answer, headers=headers), lambda chunks: replaced(chunks, ours, other))
