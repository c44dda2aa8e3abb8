"""wrong-state: a sign-in comes back as somebody else's."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from mock_athena.faults.answer import Answer
from mock_athena.faults.fault import Call, Fault


@dataclass(frozen=True, slots=True)
class WrongState(Fault):
    """The redirect that brings the code back has another ``state`` than the application sent, or none (``drop``).

    So does one that somebody forged, to sign a person in as somebody else: an application that uses the code all the
    same can be made to (RFC 6749 §10.12).
    """

    drop: bool = False

    def alter(self, answer: Answer, call: Call) -> Answer:  # noqa: ARG002 - it is the same for everybody
        """Change it, where a code is brought back."""
        to = urlsplit(answer.get("Location") or "")
        sent = parse_qsl(to.query, keep_blank_values=True)
        if answer.status not in (302, 303) or not {"code", "state"} <= dict(sent).keys():
            return answer
        left = [(name, value) for name, value in sent if name != "state"]
        forged = left if self.drop else [*left, ("state", "of-somebody-else")]
        return answer.with_header("Location", to._replace(query=urlencode(forged)).geturl())
