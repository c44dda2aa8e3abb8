"""The token endpoint: a form in, an access token out, for three grant types.

https://www.rfc-editor.org/rfc/rfc6749#section-4, with SMART's launch context (``patient``) beside the token. Beyond
SMART Backend Services, a client may use ``client_credentials`` with a secret, as athenahealth allows, and may leave
``scope`` out: it then gets all ``system/`` scopes that it registered.
"""

from collections.abc import Callable
from typing import Any

from mock_athena.auth.authorization_codes import AuthorizationCodes
from mock_athena.auth.client_authentication import ClientAuthentication
from mock_athena.auth.discovery import TOKEN_PATH
from mock_athena.auth.form import Parameters
from mock_athena.auth.grant import Grant
from mock_athena.auth.grants import REFRESHING, grantable, granted, invalid_scope, wrong_grant
from mock_athena.auth.refresh_tokens import RefreshTokens
from mock_athena.auth.registration import GRANT_TYPES, ClientRegistration
from mock_athena.auth.token_context import context_of
from mock_athena.auth.tokens import AccessTokens
from mock_athena.errors import OAuthError, shortened
from mock_athena.profiles import Profile

_PROOFS = ("client_id", "client_secret", "client_assertion")

Response = dict[str, Any]
Granted = tuple[Grant, str | None]
# An id_token for a grant and the origin under which the client reaches us; None where none was asked for.
IdTokens = Callable[[Grant, str], str | None]


class TokenEndpoint:
    """Answers token requests."""

    def __init__(
        self,
        profile: Profile,
        authentication: ClientAuthentication,
        tokens: AccessTokens,
        codes: AuthorizationCodes,
        refresh_tokens: RefreshTokens,
        identity: IdTokens,
    ) -> None:
        self._profile = profile
        self._authentication = authentication
        self._tokens = tokens
        self._codes = codes
        self._refresh_tokens = refresh_tokens
        self._identity = identity

    def answer(self, form: Parameters, authorization: str | None, token_url: str) -> Response:
        """The body of the token response (RFC 6749 §5.1).

        Raises:
            OAuthError: as RFC 6749 §5.2 has it.
        """
        form.refuse_repeated()
        grant_type = form.demand("grant_type", f"one of {', '.join(GRANT_TYPES)}")
        if grant_type not in GRANT_TYPES:
            message = f"grant_type {shortened(grant_type, 50)!r}: expected one of {', '.join(GRANT_TYPES)}"
            raise OAuthError("unsupported_grant_type", message)
        client = self._refreshing(grant_type, form, authorization)
        client = client or self._authentication.authenticate(form, authorization, token_url)
        self._require_allowed(grant_type, form, client)
        answers = {
            "client_credentials": self._client_credentials,
            "authorization_code": self._authorization_code,
            "refresh_token": self._refresh_token,
        }
        grant, refresh_token = answers[grant_type](form, client)
        return self._response(grant, refresh_token, token_url.removesuffix(TOKEN_PATH))

    def _refreshing(self, grant_type: str, form: Parameters, authorization: str | None) -> ClientRegistration | None:
        """The public client that says nothing of itself but a refresh token of its own, which SMART lets it do."""
        if grant_type != "refresh_token" or authorization or any(form.get(name) for name in _PROOFS):
            return None
        owner = self._refresh_tokens.owner_of(form.get("refresh_token") or "")
        return None if owner is None else self._authentication.public_client(owner)

    def _require_allowed(self, grant_type: str, form: Parameters, client: ClientRegistration) -> None:
        """Refuse a grant type that the client is not registered for, and, if need be, a request that names no scope."""
        if grant_type not in client.grant_types:
            allowed = ", ".join(client.grant_types)
            message = f"{client.client_id} is not registered for {grant_type}, but for {allowed}"
            raise wrong_grant(message, self._profile)
        if self._profile.scope_required and grant_type != "authorization_code" and form.get("scope") is None:
            message = f"scope is missing, which every request for a token by {grant_type} must give"
            raise OAuthError("access_denied", message, status=401)

    def _client_credentials(self, form: Parameters, client: ClientRegistration) -> Granted:
        registered = grantable(client.scope, "client_credentials", client.grant_types)
        requested = form.get("scope")
        if requested is None:
            scopes = tuple(scope.text for scope in registered)
        else:
            scopes = granted(requested, registered, self._profile)
        if not scopes:
            raise invalid_scope("", registered)
        return Grant(client.client_id, scopes), None

    def _authorization_code(self, form: Parameters, client: ClientRegistration) -> Granted:
        grant = self._codes.redeem(
            form.demand("code", "the code that the redirect brought"),
            client.client_id,
            form.demand("redirect_uri", "the one of the authorization request"),
            form.get("code_verifier"),
        )
        return grant, self._refresh_tokens.issue(grant) if REFRESHING & set(grant.scopes) else None

    def _refresh_token(self, form: Parameters, client: ClientRegistration) -> Granted:
        token = form.demand("refresh_token", "the one that came with the access token")
        return self._refresh_tokens.redeem(token, client.client_id, form.get("scope"))

    def _response(self, grant: Grant, refresh_token: str | None, origin: str) -> Response:
        response: Response = {
            "access_token": self._tokens.issue(grant),
            "token_type": "Bearer",
            "expires_in": self._tokens.lifetime_s,
            "scope": " ".join(grant.scopes),
            "refresh_token": refresh_token,
            "id_token": self._identity(grant, origin),
        }
        return {name: value for name, value in response.items() if value is not None} | context_of(grant, origin)
