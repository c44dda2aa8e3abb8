"""Which registered client sends a token request, proven in the way that it registered.

Basic or form for a client with a secret (either, whichever of the two it registered), a signed assertion for one
with keys, the bare ``client_id`` for a public one: https://www.rfc-editor.org/rfc/rfc6749#section-2.3. A failure
tells the caller what to check and the journal what was wrong, so that nobody learns which ids exist or how close a
secret was.
"""

import base64
import binascii
import hmac
from urllib.parse import unquote_plus

from mock_athena.auth.assertions import JWT_BEARER, Assertions, claimed_issuer
from mock_athena.auth.client_errors import invalid_client
from mock_athena.auth.client_registry import ClientRegistry
from mock_athena.auth.form import Parameters
from mock_athena.auth.registration import SECRET_METHODS, SIGNING_METHODS, ClientRegistration
from mock_athena.errors import OAuthError

_CHECK = "client authentication failed: check client_id, client_secret and the way they are sent"


class ClientAuthentication:
    """Authenticates clients of one registry."""

    def __init__(self, clients: ClientRegistry, assertions: Assertions) -> None:
        self._clients = clients
        self._assertions = assertions

    def authenticate(self, form: Parameters, authorization: str | None, token_url: str) -> ClientRegistration:
        """The client, proven.

        Args:
            form: the token request.
            authorization: its Authorization header.
            token_url: the token endpoint as the request reached it.

        Raises:
            OAuthError: ``invalid_client`` (401), or ``invalid_request`` for more than one way at once.
        """
        _refuse_several_ways(form, authorization)
        if authorization:
            client_id, secret = _basic(authorization)
            _refuse_other_id(form, client_id)
            return self._with_secret(client_id, secret)
        if form.get("client_assertion") or form.get("client_assertion_type"):
            return self._with_assertion(form, token_url)
        client_id = form.get("client_id") or ""
        secret = form.get("client_secret") or ""
        return self._with_secret(client_id, secret) if secret else self.public_client(client_id)

    def _with_secret(self, client_id: str, secret: str) -> ClientRegistration:
        client = self._clients.get(client_id)
        if client is None:
            raise invalid_client(_CHECK, f"unknown client {client_id[:100]!r}")
        if client.token_endpoint_auth_method not in SECRET_METHODS or client.client_secret is None:
            raise invalid_client(_CHECK, f"{client_id} sent a secret; it uses {client.token_endpoint_auth_method}")
        if not hmac.compare_digest(client.client_secret.encode(), secret.encode()):
            raise invalid_client(_CHECK, f"wrong secret for {client_id}")
        return client

    def public_client(self, client_id: str) -> ClientRegistration:
        """The client of that id, if it is one that proves nothing.

        Raises:
            OAuthError: ``invalid_client``, if it is not.
        """
        if not client_id:
            message = "the client did not authenticate: send client_id, and its secret (Basic or form) or an assertion"
            raise invalid_client(message)
        client = self._clients.get(client_id)
        if client is None:
            raise invalid_client(_CHECK, f"unknown client {client_id[:100]!r}")
        if not client.is_public:
            raise invalid_client(
                _CHECK, f"{client_id} sent no credentials; it uses {client.token_endpoint_auth_method}"
            )
        return client

    def _with_assertion(self, form: Parameters, token_url: str) -> ClientRegistration:
        if form.get("client_assertion_type") != JWT_BEARER:
            raise invalid_client(f"client_assertion_type must be {JWT_BEARER}")
        assertion = form.get("client_assertion") or ""
        client = self._signing(assertion)
        self._assertions.verify(assertion, client, token_url)
        _refuse_other_id(form, client.client_id)
        return client

    def examine_assertion(self, assertion: str, token_url: str) -> ClientRegistration:
        """Whom an assertion would prove, without its being used.

        Raises:
            OAuthError: ``invalid_client``, saying which rule it breaks.
        """
        client = self._signing(assertion)
        self._assertions.examine(assertion, client, token_url)
        return client

    def _signing(self, assertion: str) -> ClientRegistration:
        """The client that an assertion says it is from, which is one that signs."""
        claimed = claimed_issuer(assertion)
        client = self._clients.get(claimed)
        if client is None or client.token_endpoint_auth_method not in SIGNING_METHODS:
            reason = f"assertion of {claimed[:100]!r}, which is no registered client that signs"
            message = (
                f"client_assertion: iss and sub must be the client_id of a client of {' or '.join(SIGNING_METHODS)}"
            )
            raise invalid_client(message, reason)
        return client


def claimed_client(form: Parameters, authorization: str | None) -> str | None:
    """The client_id that a request gives, before anything is proven; None if it gives none."""
    try:
        if authorization:
            return _basic(authorization)[0] or None
        if form.get("client_assertion"):
            return claimed_issuer(form.get("client_assertion"))
    except OAuthError:
        return None
    return form.get("client_id")


def _refuse_several_ways(form: Parameters, authorization: str | None) -> None:
    ways = {
        "the Authorization header": bool(authorization),
        "client_secret": form.get("client_secret") is not None,
        "client_assertion": form.get("client_assertion") is not None,
    }
    used = [way for way, is_used in ways.items() if is_used]
    if len(used) > 1:
        raise OAuthError(
            "invalid_request", f"the client authenticates in more than one way: {', '.join(used)}; use one"
        )


def _refuse_other_id(form: Parameters, client_id: str) -> None:
    """A ``client_id`` in the form is not needed beside another proof, and must not contradict it."""
    if form.get("client_id") not in (None, client_id):
        raise OAuthError("invalid_request", "client_id in the form is not the client that authenticates: leave it out")


def _basic(authorization: str) -> tuple[str, str]:
    """Id and secret of a Basic header; both were percent-encoded before they were joined (RFC 6749 §2.3.1)."""
    scheme, _, encoded = authorization.strip().partition(" ")
    if scheme.lower() != "basic":
        raise invalid_client("the Authorization header must be of the scheme Basic here, with client_id and secret")
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode("utf-8")
    except (binascii.Error, ValueError) as error:
        message = "the Authorization header must be 'Basic' and the base64 of client_id:client_secret"
        raise invalid_client(message) from error
    client_id, colon, secret = text.partition(":")
    if not colon:
        raise invalid_client("the Basic credentials must be client_id and client_secret, joined by a colon")
    return unquote_plus(client_id), unquote_plus(secret)
