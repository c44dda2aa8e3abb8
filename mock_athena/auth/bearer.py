"""The Authorization header of a FHIR request, and the challenge that answers a bad one.

Without a token the challenge carries no error code; with one that is not accepted it carries ``invalid_token``, and
with one that does not cover the request ``insufficient_scope``.
https://www.rfc-editor.org/rfc/rfc6750#section-3. A token never appears in a message.
"""

import re
from collections.abc import Iterable

from mock_athena.errors import BadRequest, Headers, InsufficientScope, Layer, Unauthorized

REALM = "mock-athena"

_TOKEN = re.compile(r"[A-Za-z0-9\-._~+/]+=*", re.ASCII)
# What begins one: a scheme, in front or after a comma; proxies and servers join headers of one name by commas.
_CREDENTIALS = re.compile(r"(?:^|,)\s*(?:Basic|Bearer)\s", re.ASCII | re.IGNORECASE)
_HOW = "POST /oauth2/v1/token answers one; send it as 'Authorization: Bearer <token>'"


def bearer_token(authorization: str | None) -> str:
    """The token in the header.

    Raises:
        Unauthorized: there is no header, it is of another scheme, or what follows is no token.
        BadRequest: there are several headers, or several tokens in one.
    """
    if not authorization or not authorization.strip():
        raise _no_token(f"this needs an access token and none was sent: {_HOW}")
    if len(_CREDENTIALS.findall(authorization)) > 1:
        raise invalid_request(f"more than one Authorization was sent, and which one counts cannot be told: {_HOW}")
    scheme, _, token = authorization.strip().partition(" ")
    if scheme.lower() != "bearer":
        sent = scheme if scheme.isalpha() and len(scheme) <= 20 else "something else"
        raise _no_token(f"the Authorization header must be of the scheme Bearer, not {sent}: {_HOW}")
    if not _TOKEN.fullmatch(token.strip()):
        raise invalid_token(f"the Authorization header does not hold exactly one token: {_HOW}")
    return token.strip()


def require_no_token(pairs: Iterable[tuple[str, str]], authorization: str | None) -> None:
    """Refuse a token among the parameters of a URL, where everybody who keeps URLs would keep it (RFC 6750 §2.3).

    Raises:
        Unauthorized: it is there instead of the header. BadRequest: beside it (RFC 6750 §3.1).
    """
    if not any(name == "access_token" for name, _ in pairs):
        return
    if authorization:
        message = f"an access token was sent in the URL and in the header: {_HOW}, and leave the URL without"
        raise invalid_request(message, ["access_token"])
    raise _no_token(f"an access token in the URL is not read, since URLs are kept in logs: {_HOW}")


def invalid_request(message: str, expression: Iterable[str] = ("Authorization",)) -> BadRequest:
    """The refusal of credentials that contradict each other."""
    return BadRequest(message, headers=_challenge(error="invalid_request"), expression=tuple(expression))


def invalid_token(message: str, reason: str | None = None) -> Unauthorized:
    """The refusal of a token that was sent; ``reason`` is for the journal."""
    described = message.replace("\\", "/").replace('"', "'")
    return Unauthorized(message, reason=reason, headers=_challenge(error="invalid_token", error_description=described))


def insufficient_scope(message: str, scope: str, type: str, letter: str, *, of_patient: bool) -> InsufficientScope:
    """The refusal of a good token that lacks ``scope`` for ``letter`` on a resource type.

    Args:
        of_patient: it is a patient's, which the real API's router lets through to the service.
    """
    challenge = _challenge(error="insufficient_scope", scope=scope)
    layer: Layer = "service" if of_patient else "router"
    return InsufficientScope(message, type=type, letter=letter, scope=scope, layer=layer, headers=challenge)


def _no_token(message: str) -> Unauthorized:
    return Unauthorized(message, headers=_challenge())


def _challenge(**attributes: str) -> Headers:
    told = {"realm": REALM, **attributes}
    return (("WWW-Authenticate", "Bearer " + ", ".join(f'{name}="{value}"' for name, value in told.items())),)
