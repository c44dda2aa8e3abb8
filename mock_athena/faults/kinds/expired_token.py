"""expired-token: the token of the request expires before its time."""

from dataclasses import dataclass

from mock_athena.faults.answer import Answer
from mock_athena.faults.fault import Call, Fault


@dataclass(frozen=True, slots=True)
class ExpiredToken(Fault):
    """The access token that the request sends is expired from now on: 401, until the client gets a new one."""

    def strike(self, call: Call) -> Answer | None:
        """Let it expire; the request itself finds that out."""
        call.end_token("expired")
        return None
