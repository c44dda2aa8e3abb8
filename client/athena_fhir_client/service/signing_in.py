"""A user connects: sent to the authorization server, comes back with a code, and the connection is there.

The dance is :mod:`.auth.sign_in`'s. Here is what a web application adds: what the callback needs is kept in the
database, so that a restart in between does not matter; it is bound to the browser that began, and it is used once.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hmac import compare_digest

from athena_fhir_client.auth import sign_in as dance
from athena_fhir_client.clock import Clock
from athena_fhir_client.configuration import Configuration
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

        Raises:
            AuthError: users cannot sign in at this server. AthenaError: it cannot be reached.
        """
        configuration = self.configuration
        begun = dance.begin(
            self.connections.server(configuration.fhir_endpoint).endpoints,
            configuration.client_id,
            configuration.redirect_uri or redirect_uri,
            configuration.fhir_endpoint,
            scope or configuration.scope or DEFAULT_SCOPE,
        )
        sign_in = SignIn(begun, configuration.fhir_endpoint, self.clock.now(), secrets.token_urlsafe(32), return_to)
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
        if not sign_in.bound or not compare_digest(sign_in.state.encode(), cookie.encode()):
            message = "this sign-in was begun in another browser; begin again in this one"
            raise SignInFailed(message)
        if "error" in told or not told.get("code"):
            reason = told.get("error_description") or told.get("error") or "no code came back"
            message = f"there was no consent: {reason}"
            raise SignInFailed(message)
        token = dance.finish(sign_in.begun, told, self.connections.token_endpoint(sign_in.fhir_endpoint))
        id = self.connections.add("user", sign_in.fhir_endpoint, token.scope, token=token, user_id=token.patient)
        return id, sign_in
