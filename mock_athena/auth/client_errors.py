"""The refusal of a client that is not who it says (RFC 6749 §5.2)."""

from mock_athena.auth.bearer import REALM
from mock_athena.errors import OAuthError

# RFC 9110 §15.5.2 wants a challenge with every 401, RFC 6749 §5.2 this one where Basic was used.
_CHALLENGE = (("WWW-Authenticate", f'Basic realm="{REALM}", charset="UTF-8"'),)


def invalid_client(message: str, reason: str | None = None) -> OAuthError:
    """``invalid_client`` with status 401; ``reason`` is for the journal."""
    return OAuthError("invalid_client", message, status=401, reason=reason, headers=_CHALLENGE)
