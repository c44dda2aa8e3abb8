"""malformed-json: the body is not the JSON that it claims to be."""

from dataclasses import dataclass
from typing import Literal

from mock_athena.faults.answer import Answer
from mock_athena.faults.fault import Call, Fault


@dataclass(frozen=True, slots=True)
class MalformedJson(Fault):
    """The body is not the JSON that it claims to be, while its length is right.

    ``how``: ``cut`` ends it in the middle, ``comma`` leaves one too many, ``control-character`` has a raw line feed in
    a string (reported of the real API's export files), ``latin-1`` has a byte that is no UTF-8, ``not-a-number`` has a
    NaN, ``empty`` has nothing at all.
    """

    how: Literal["cut", "comma", "control-character", "latin-1", "not-a-number", "empty"] = "cut"

    def alter(self, answer: Answer, call: Call) -> Answer:  # noqa: ARG002 - it is the same for everybody
        """Break it."""
        body = answer.whole()
        first, _, rest = body.partition(b'"')
        match self.how:
            case "cut":
                broken = body[: len(body) // 2]
            case "comma":
                end = body.rfind(b"}")
                broken = body[:end] + b"," + body[end:]
            case "control-character":
                broken = first + b'"\n' + rest
            case "latin-1":
                broken = first + b'"\xe9' + rest
            case "not-a-number":
                broken = first + b'"broken": NaN, "' + rest
            case "empty":
                broken = b""
        return answer.with_body(broken)
