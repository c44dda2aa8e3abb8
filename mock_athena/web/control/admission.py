"""Who may use the control API.

Without ``--control-token`` only callers on this machine are answered; with it, whoever sends the token.
"""

import hmac
import ipaddress

from flask import request

from mock_athena.errors import ControlError
from mock_athena.web.exchange import current_exchange


def admit(control_token: str) -> None:
    """Refuse whoever may not control this emulator.

    Raises:
        ControlError: 401 without the token that was set, 403 from another machine where none was.
    """
    if control_token:
        sent = request.headers.get("Authorization", "")
        if not hmac.compare_digest(sent.encode(), f"Bearer {control_token}".encode()):
            message = "the control API expects 'Authorization: Bearer' with the token of --control-token"
            raise ControlError(
                message, status=401, headers=[("WWW-Authenticate", 'Bearer realm="mock-athena control"')]
            )
    elif not _is_loopback(current_exchange().remote):
        message = "the control API answers this machine only; start with --control-token to use it from elsewhere"
        raise ControlError(message, status=403)


def _is_loopback(address: str) -> bool:
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return False
    # A socket that listens on both families shows an IPv4 caller as ::ffff:127.0.0.1.
    return (getattr(known, "ipv4_mapped", None) or known).is_loopback
