"""Whether what somebody brings as kept by the authorization server is what it could have kept itself."""

from typing import Any

from mock_athena.auth.approvals import Approval
from mock_athena.auth.authorization_codes import IssuedCode
from mock_athena.auth.grant import Grant
from mock_athena.auth.launch import Launch
from mock_athena.auth.registration import parse_registration
from mock_athena.auth.revocations import How
from mock_athena.auth.tokens import ListedToken
from mock_athena.state.shapes import End, fits

# By kind, as :class:`~mock_athena.auth.shelf.Shelf` keeps them.
_SHELVED: dict[str, Any] = {
    "token": ListedToken,
    "refresh-token": Grant,
    "spent-refresh-token": bool,
    "code": IssuedCode,
    "used-code": bool,
    "launch": Launch,
    "ended": How,
    "assertion": bool,
}


def is_intact(kind: str, id: str, value: Any) -> bool:
    """Whether a value can be kept under a kind and an id.

    Raises:
        ValueError: says why it is no client.
    """
    match kind, value:
        case "client", {}:
            return not value or parse_registration(value).client_id == id
        case "approval", {"session": session}:
            return session == id and fits(value, Approval)
        case "ended-epoch", str():
            return True
        case _, {"ends": ends, "value": shelved, **more} if kind in _SHELVED:
            return not more and fits(ends, End) and fits(shelved, _SHELVED[kind])
    return False
