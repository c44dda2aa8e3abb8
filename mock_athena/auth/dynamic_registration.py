"""Registration by the application itself: https://www.rfc-editor.org/rfc/rfc7591#section-3.

The control API takes the same metadata and is strict; here the specification has the server choose id and secret, and
pass over what it does not understand (§2).
"""

from typing import Any

from mock_athena.auth.client_registry import ClientRegistry
from mock_athena.auth.registration import KNOWN
from mock_athena.clock import NANOSECONDS
from mock_athena.errors import ControlError, OAuthError

POLICIES = ("local", "open", "off")
# Whether people are asked is not the application's to say, either.
_CHOSEN_BY_US = frozenset(("client_id", "client_secret", "auto_approve"))


def registered(metadata: object, clients: ClientRegistry, now: int) -> dict[str, Any]:
    """The registration response, for JSON.

    Args:
        now: nanoseconds since 1970 UTC by our clock.

    Raises:
        OAuthError: ``invalid_redirect_uri`` or ``invalid_client_metadata``.
    """
    if isinstance(metadata, dict):
        metadata = {name: value for name, value in metadata.items() if name in KNOWN and name not in _CHOSEN_BY_US}
    try:
        client = clients.register(metadata)
    except ControlError as error:
        at_fault = "redirect_uri" if error.message.startswith("redirect_uris") else "client_metadata"
        raise OAuthError(f"invalid_{at_fault}", error.message) from error
    return {**client.metadata(), "client_id_issued_at": now // NANOSECONDS}
