"""The Authorization header of a FHIR request, and the challenge that answers a bad one.

Without a token the challenge carries no error code; with one that is not accepted it carries ``invalid_token``, and
with one that does not cover the request ``insufficient_scope``.
https://www.rfc-editor.org/rfc/rfc6750#section-3. A token never appears in a message.
"""

import re

from mock_athena.errors import Forbidden, Headers, Unauthorized

REALM = "mock-athena"

_TOKEN = re.compile(r"[A-Za-z0-9\-._~+/]+=*", re.ASCII)
_HOW = "POST /oauth2/v1/token answers one; send it as 'Authorization: Bearer <token>'"


def bearer_token(authorization: str | None) -> str:
    """The token in the header.

    Raises:
        Unauthorized: there is no header, it is of another scheme, or what follows is no token.
    """
    if not authorization or not authorization.strip():
        raise _no_token(f"this needs an access token and none was sent: {_HOW}")
    scheme, _, token = authorization.strip().partition(" ")
    if scheme.lower() != "bearer":
        sent = scheme if scheme.isalpha() and len(scheme) <= 20 else "something else"
        raise _no_token(f"the Authorization header must be of the scheme Bearer, not {sent}: {_HOW}")
    if not _TOKEN.fullmatch(token.strip()):
        raise invalid_token(f"the Authorization header does not hold exactly one token: {_HOW}")
    return token.strip()


def invalid_token(message: str, reason: str | None = None) -> Unauthorized:
    """The refusal of a token that was sent; ``reason`` is for the journal."""
    described = message.replace("\\", "/").replace('"', "'")
    return Unauthorized(message, reason=reason, headers=_challenge(error="invalid_token", error_description=described))


def insufficient_scope(message: str, scope: str) -> Forbidden:
    """The refusal of a good token that lacks ``scope``."""
    return Forbidden(message, headers=_challenge(error="insufficient_scope", scope=scope))


def _no_token(message: str) -> Unauthorized:
    return Unauthorized(message, headers=_challenge())


def _challenge(**attributes: str) -> Headers:
    told = {"realm": REALM, **attributes}
    return (("WWW-Authenticate", "Bearer " + ", ".join(f'{name}="{value}"' for name, value in told.items())),)
