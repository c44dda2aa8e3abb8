"""A user connects: sent to the authorization server, comes back with a code, and the connection is there.

SMART App Launch, standalone (https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html) with PKCE (RFC 7636). What
the callback needs is kept in the database, so that a restart in between does not matter; it is used once.
"""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hmac import compare_digest
from urllib.parse import urlencode

from athena_fhir_client.clock import Clock
from athena_fhir_client.configuration import Configuration
from athena_fhir_client.errors import ConfigurationError
from athena_fhir_client.providers import ATHENAHEALTH
from athena_fhir_client.service.connections import Connections
from athena_fhir_client.service.errors import SignInFailed
from athena_fhir_client.service.records import SignIn
from athena_fhir_client.service.store import Store

LIFETIME = 600.0  # seconds from the start to the callback
DEFAULT_SCOPE = f"{ATHENAHEALTH.oauth.default_scopes} offline_access"


@dataclass(frozen=True, slots=True)
class SigningIn:
    """Begins and finishes sign-ins."""

    store: Store
    connections: Connections
    configuration: Configuration
    clock: Clock

    def begin(self, *, scope: str = "", return_to: str = "", redirect_uri: str = "") -> SignIn:
        """A sign-in that has begun; its ``ticket`` lets a browser go on with it.

        Args:
            scope: what to ask for; the environment's, else the provider's default with ``offline_access``.
            redirect_uri: if the configuration has none.
        """
        sign_in = SignIn(
            state=secrets.token_urlsafe(32),
            ticket=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(64),
            redirect_uri=self.configuration.redirect_uri or redirect_uri,
            scope=scope or self.configuration.scope or DEFAULT_SCOPE,
            fhir_endpoint=self.configuration.fhir_endpoint,
            created=self.clock.now(),
            return_to=return_to,
        )
        self.store.put_sign_in(sign_in)
        return sign_in

    def bind(self, ticket: str) -> SignIn:
        """The sign-in of a ticket, now bound to the browser that came with it: nobody else can use the ticket.

        Raises:
            SignInFailed: unknown, used, or too old.
        """
        sign_in = self.store.sign_in(ticket=ticket, since=self.clock.now() - LIFETIME)
        if sign_in is None:
            message = f"this link was used, or is older than {LIFETIME / 60:.0f} minutes; begin again"
            raise SignInFailed(message)
        bound = replace(sign_in, ticket="", bound=True)
        self.store.put_sign_in(bound)
        return bound

    def authorization_url(self, sign_in: SignIn) -> str:
        """Where the browser goes.

        Raises:
            ConfigurationError: the server has no authorization endpoint.
            AthenaError: it cannot be reached.
        """
        endpoint = self.connections.server(sign_in.fhir_endpoint).endpoints.authorization
        if not endpoint:
            message = f"{sign_in.fhir_endpoint} names no authorization endpoint: users cannot sign in there"
            raise ConfigurationError(message)
        digest = hashlib.sha256(sign_in.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self.configuration.client_id,
            "redirect_uri": sign_in.redirect_uri,
            "scope": sign_in.scope,
            "state": sign_in.state,
            "aud": sign_in.fhir_endpoint,
            "code_challenge": urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"

    def finish(self, told: Mapping[str, str], cookie: str) -> tuple[str, SignIn]:
        """The id of the new connection, and the sign-in that led to it.

        Args:
            told: the query of the callback. cookie: the state that the browser has of its start.

        Raises:
            SignInFailed: unknown state, another browser, no consent.
            AuthError: the code was not accepted.
        """
        sign_in = self.store.sign_in(state=told.get("state", ""), since=self.clock.now() - LIFETIME)
        if sign_in is None:
            message = "this sign-in is not known, was finished, or took too long; begin again"
            raise SignInFailed(message)
        if not sign_in.bound or not compare_digest(sign_in.state, cookie):
            message = "this sign-in was begun in another browser; begin again in this one"
            raise SignInFailed(message)
        if "error" in told or not told.get("code"):
            reason = told.get("error_description") or told.get("error") or "no code came back"
            message = f"there was no consent: {reason}"
            raise SignInFailed(message)
        form = {"grant_type": "authorization_code", "code": told["code"], "redirect_uri": sign_in.redirect_uri}
        endpoint = self.connections.token_endpoint(sign_in.fhir_endpoint)
        token = endpoint.ask({**form, "code_verifier": sign_in.verifier}, sign_in.scope)
        id = self.connections.add("user", sign_in.fhir_endpoint, token.scope, token=token, user_id=token.patient)
        return id, sign_in
