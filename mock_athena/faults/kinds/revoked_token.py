"""revoked-token: the token of the request is revoked."""

from dataclasses import dataclass

from mock_athena.faults.answer import Answer
from mock_athena.faults.fault import Call, Fault


@dataclass(frozen=True, slots=True)
class RevokedToken(Fault):
    """The access token that the request sends is revoked from now on: 401, until the client gets a new one."""

    def strike(self, call: Call) -> Answer | None:
        """Revoke it; the request itself finds that out."""
        call.end_token("revoked")
        return None
