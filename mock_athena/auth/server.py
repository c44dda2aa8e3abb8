"""The authorization server: one object that joins the parts of this room, for the edge and the views."""

import secrets
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from mock_athena.auth import discovery
from mock_athena.auth.assertions import Assertions
from mock_athena.auth.authorization_codes import AuthorizationCodes, CodeBinding
from mock_athena.auth.authorize import AuthorizationRequest, ReturnAddress, authorization_request, return_address
from mock_athena.auth.caller import Caller
from mock_athena.auth.client_authentication import ClientAuthentication, claimed_client
from mock_athena.auth.client_registry import ClientRegistry
from mock_athena.auth.form import Parameters
from mock_athena.auth.keys import SigningKey
from mock_athena.auth.refresh_tokens import RefreshTokens
from mock_athena.auth.token_endpoint import Response, TokenEndpoint
from mock_athena.auth.tokens import AccessTokens, Grant
from mock_athena.clock import Clock
from mock_athena.environments import ENVIRONMENTS
from mock_athena.errors import OAuthError, shortened
from mock_athena.profiles import Profile
from mock_athena.settings import Settings, fixtures_dir
from mock_athena.state import State


class AuthorizationServer:
    """Registers clients, lets patients consent, issues tokens and recognises them. One for both environments.

    Attributes:
        clients: who may ask.
        tokens: access tokens.
    """

    def __init__(self, settings: Settings, profile: Profile, clock: Clock, state: State) -> None:
        self._state = state
        self.clients = ClientRegistry()
        if settings.clients:
            self.clients.load_file(Path(settings.clients))
        self._profile = profile
        self._key = SigningKey(fixtures_dir() / "keys" / "signing.private.jwk.json")
        self.tokens = AccessTokens(clock, settings.token_lifetime, self._key)
        self._refresh_tokens = RefreshTokens(clock)
        self._codes = AuthorizationCodes(clock, self.revoke_session)
        self._assertions = Assertions(clock)
        authentication = ClientAuthentication(self.clients, self._assertions)
        self._endpoint = TokenEndpoint(profile, authentication, self.tokens, self._codes, self._refresh_tokens)

    def identify(self, authorization: str | None) -> Caller:
        """See :meth:`AccessTokens.identify`."""
        return self.tokens.identify(authorization)

    def return_address(self, sent: Parameters) -> ReturnAddress:
        """See :func:`mock_athena.auth.authorize.return_address`."""
        return return_address(sent, self.clients)

    def authorization_request(self, sent: Parameters, address: ReturnAddress, origin: str) -> AuthorizationRequest:
        """See :func:`mock_athena.auth.authorize.authorization_request`."""
        return authorization_request(sent, address, self._profile, origin)

    def approve(self, request: AuthorizationRequest, patient: str, approved: Collection[str] | None = None) -> str:
        """The URL that brings the client its code, after ``patient`` (an id) signed in and consented.

        Args:
            approved: texts of the scopes that the patient allows; None for all.

        Raises:
            OAuthError: ``access_denied``, when none is left.
        """
        scopes = tuple(text for text in request.scopes if approved is None or text in approved)
        if not scopes:
            raise OAuthError("access_denied", "the patient allowed nothing of what was asked for")
        client_id = request.address.client.client_id
        practice = f"a-1.Practice-{ENVIRONMENTS[request.environment].practice}"
        grant = Grant(client_id, scopes, patient, secrets.token_urlsafe(16), practice)
        code = self._codes.issue(CodeBinding(grant, request.address.redirect_uri, request.challenge))
        return request.address.with_code(code)

    def claimed_client(self, sent: Parameters, authorization: str | None = None) -> str | None:
        """Whom a request says it is from, for the journal: nothing is proven. None if it does not say."""
        claimed = claimed_client(sent, authorization)
        # A registered id is shown whole, so that the journal can be filtered by it.
        return claimed if claimed is None or self.clients.get(claimed) else shortened(claimed, 100)

    def token(self, form: Parameters, authorization: str | None, token_url: str) -> Response:
        """See :meth:`TokenEndpoint.answer`."""
        return self._endpoint.answer(form, authorization, token_url)

    def revoke_session(self, session: str) -> None:
        """Accept no token any more that goes back to this sign-in."""
        self.tokens.revoke(session)
        self._refresh_tokens.revoke(session)

    def smart_configuration(self, origin: str, types: Sequence[str] = ()) -> dict[str, Any]:
        """See :func:`mock_athena.auth.discovery.smart_configuration`."""
        return discovery.smart_configuration(origin, self._profile, types)

    def jwks(self) -> dict[str, Any]:
        """The JWK Set with the public half of the key that signs our tokens."""
        return self._key.jwks()

    def reset(self) -> None:
        """As at start: clients from files only, no codes, no refresh tokens; access tokens stay good."""
        self.clients.reset()
        self.tokens.reset()
        self._codes.reset()
        self._refresh_tokens.reset()
        self._assertions.reset()
