"""The authorization server: one object that joins the parts of this room, for the edge and the views."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mock_athena.auth import discovery
from mock_athena.auth.approvals import Approval, Approvals
from mock_athena.auth.assertions import Assertions
from mock_athena.auth.authorization_codes import AuthorizationCodes, CodeBinding
from mock_athena.auth.authorize import AuthorizationRequest, ReturnAddress, authorization_request, return_address
from mock_athena.auth.caller import Caller
from mock_athena.auth.client_authentication import ClientAuthentication, claimed_client
from mock_athena.auth.client_registry import ClientRegistry
from mock_athena.auth.consent import Consent, grant_of
from mock_athena.auth.dynamic_registration import registered
from mock_athena.auth.form import Parameters
from mock_athena.auth.grant import Grant
from mock_athena.auth.introspection import introspected
from mock_athena.auth.key_sets import KeySets
from mock_athena.auth.keys import SigningKey
from mock_athena.auth.launch import Launches
from mock_athena.auth.open_access import whoever
from mock_athena.auth.refresh_tokens import RefreshTokens
from mock_athena.auth.revocations import How, Revocations
from mock_athena.auth.token_context import id_token
from mock_athena.auth.token_endpoint import Response, TokenEndpoint
from mock_athena.auth.tokens import AccessTokens
from mock_athena.auth.users import User
from mock_athena.clock import Clock
from mock_athena.errors import OAuthError, shortened
from mock_athena.profiles import Profile
from mock_athena.settings import Settings, fixtures_dir
from mock_athena.state import State


class AuthorizationServer:
    """Registers clients, lets patients consent, issues tokens and recognises them. One for both environments.

    Attributes:
        clients: who may ask.
        registration: who may register by RFC 7591: ``local``, ``open`` or ``off``.
        tokens: access tokens.
        launches: applications that were started from within the EHR.
        approvals: what people allowed, and have not taken back.
    """

    def __init__(self, settings: Settings, profile: Profile, clock: Clock, state: State) -> None:
        self._profile, self._clock = profile, clock
        self.clients = ClientRegistry(state, profile)
        if settings.clients:
            self.clients.load_file(Path(settings.clients))
        self.registration = settings.registration or profile.registration
        self._whoever = whoever() if settings.open_access else None
        self._key = SigningKey(fixtures_dir() / "keys" / "signing.private.jwk.json")
        self._revocations = Revocations(state, clock)
        self.approvals = Approvals(state, self._revocations)
        self.launches = Launches(state, clock)
        self.tokens = AccessTokens(clock, settings.token_lifetime, self._key, state, self._revocations)
        rotates = profile.rotates_refresh if settings.refresh_rotation is None else settings.refresh_rotation
        self._refresh_tokens = RefreshTokens(state, clock, self._revocations, rotates=rotates)
        self._codes = AuthorizationCodes(state, clock, self._revocations)
        self._assertions = Assertions(state, clock, KeySets(clock))
        self._authentication = ClientAuthentication(self.clients, self._assertions)
        self._endpoint = TokenEndpoint(
            profile, self._authentication, self.tokens, self._codes, self._refresh_tokens, self._id_token
        )

    def identify(self, authorization: str | None) -> Caller:
        """See :meth:`AccessTokens.identify`; without a token, whoever it is where access is open."""
        if self._whoever is not None and not authorization:
            return self._whoever
        return self.tokens.identify(authorization)

    def return_address(self, sent: Parameters, origin: str) -> ReturnAddress:
        """See :func:`mock_athena.auth.authorize.return_address`."""
        return return_address(sent, self.clients, origin)

    def authorization_request(self, sent: Parameters, address: ReturnAddress, origin: str) -> AuthorizationRequest:
        """See :func:`mock_athena.auth.authorize.authorization_request`."""
        return authorization_request(sent, address, self._profile, origin, self.launches)

    def approve(self, request: AuthorizationRequest, consent: Consent) -> str:
        """The URL that brings the client its code, after somebody signed in and consented.

        Raises:
            OAuthError: ``access_denied``: nothing was allowed, or not by this user. ``invalid_request``: the launch was
                used meanwhile.
        """
        grant = grant_of(request, consent, self._clock.now())
        if request.launch_id:
            self.launches.use(request.launch_id, grant.client_id)
        code = self._codes.issue(CodeBinding(grant, request.address.redirect_uri, request.challenge))
        self._remember(grant, consent.user)
        return request.address.with_code(code)

    def _remember(self, grant: Grant, user: User) -> None:
        """What somebody allowed, so that it can be seen and taken back."""
        given = Approval(
            session=grant.session,
            client_id=grant.client_id,
            environment=user.environment,
            user=user.fhir_user,
            scopes=grant.scopes,
            patient=grant.patient,
            at=self._clock.now(),
        )
        self.approvals.add(given)

    def claimed_client(self, sent: Parameters, authorization: str | None = None) -> str | None:
        """Whom a request says it is from, for the journal: nothing is proven. None if it does not say."""
        claimed = claimed_client(sent, authorization)
        # A registered id is shown whole, so that the journal can be filtered by it.
        return claimed if claimed is None or self.clients.get(claimed) else shortened(claimed, 100)

    def token(self, form: Parameters, authorization: str | None, token_url: str) -> Response:
        """See :meth:`TokenEndpoint.answer`."""
        return self._endpoint.answer(form, authorization, token_url)

    def examine_assertion(self, assertion: str, token_url: str) -> str:
        """The client_id that a client assertion would prove; it can still be used then.

        Raises:
            OAuthError: ``invalid_client``, saying which rule it breaks.
        """
        return self._authentication.examine_assertion(assertion, token_url).client_id

    def refresh_token_told(self, token: str) -> dict[str, Any] | None:
        """What can be said of a refresh token that has not expired; None for any other text."""
        told = self._refresh_tokens.told(token)
        if told is None:
            return None
        grant, fault = told
        return {
            "good": not fault,
            "why": fault or f"good for {grant.client_id} at the token endpoint",
            "client_id": grant.client_id,
            "user": grant.user,
            "patient": grant.patient,
            "session": grant.session,
        }

    def issue_to_try(self, client_id: str, scope: str, user: User | None, patient: str | None) -> str:
        """An access token, without anybody who signs in: see :func:`mock_athena.auth.trial.trial_grant`.

        Raises:
            ControlError, OAuthError: the client could not get such a token.
        """
        from mock_athena.auth.trial import trial_grant  # most runs never need it

        grant = trial_grant(self.clients.demand(client_id), scope, user, patient, self._profile, self._clock.now())
        if user is not None:
            self._remember(grant, user)
        return self.tokens.issue(grant)

    def introspect(self, form: Parameters, authorization: str | None, origin: str) -> Response:
        """What a token is good for, told to the client to which it was issued.

        Raises:
            OAuthError: the client is not proven, or there is no token.
        """
        form.refuse_repeated()
        client = self._authentication.authenticate(form, authorization, origin + discovery.TOKEN_PATH)
        token = form.demand("token", "the one that is asked about")
        if self._profile.introspect_by_get:
            form.demand("token_type_hint", "access_token or refresh_token")
        return introspected(token, client.client_id, self.tokens, self._refresh_tokens, origin)

    def revoke(self, form: Parameters, authorization: str | None, origin: str) -> None:
        """End a token of the client that asks; with a refresh token, all that goes back to its consent.

        https://www.rfc-editor.org/rfc/rfc7009#section-2. A text that is no token is as good as revoked.

        Raises:
            OAuthError: the client is not proven, or there is no token, or it is another client's.
        """
        form.refuse_repeated()
        client = self._authentication.authenticate(form, authorization, origin + discovery.TOKEN_PATH)
        token = form.demand("token", "the one that is to end")
        claims = self.tokens.claims(token)
        owner = claims["client_id"] if claims else self._refresh_tokens.owner_of(token)
        if owner is not None and owner != client.client_id:
            message = "the token was issued to another client, which alone can revoke it"
            raise OAuthError("unauthorized_client", message, reason=f"{client.client_id} sent a token of {owner}")
        if claims:
            self._revocations.end_token(claims["jti"], "revoked")
        elif owner:
            self.revoke_session(self._refresh_tokens.session_of(token))

    def revoke_session(self, session: str) -> None:
        """Accept no token any more that goes back to this consent."""
        if session:
            self._revocations.end_session(session)

    def signed_out(self, sign_in: str) -> None:
        """Somebody's session in the browser has ended, and with it what was granted as ``online_access``."""
        self._revocations.end_sign_in(sign_in)

    def end_token(self, token_id: str, how: How) -> None:
        """Accept one access token no more, as if it had expired or been revoked."""
        self._revocations.end_token(token_id, how)

    def end_tokens(self, how: How, *, client_id: str | None = None, session: str | None = None) -> int:
        """End the listed access tokens of a client or of a consent; if they are revoked, what refreshes them too.

        Answers how many access tokens it were.
        """
        fits = {
            id: told
            for id, told in self.tokens.listed().items()
            if client_id in (None, told["client_id"]) and session in (None, told["sid"])
        }
        for id in fits:
            self._revocations.end_token(id, how)
        if how == "revoked":
            grants = [each for each in self._refresh_tokens.all() if client_id in (None, each.client_id)]
            for found in {each.session for each in grants if session in (None, each.session)}:
                self.revoke_session(found)
        return len(fits)

    def delete_client(self, client_id: str) -> None:
        """Forget a client, and end what it was given.

        Raises:
            ControlError: there is none of that id (404).
        """
        self.clients.delete(client_id)
        self.end_tokens("revoked", client_id=client_id)

    def register(self, metadata: object) -> dict[str, Any]:
        """See :func:`mock_athena.auth.dynamic_registration.registered`."""
        return registered(metadata, self.clients, self._clock.now())

    def smart_configuration(self, origin: str, types: Sequence[str] = ()) -> dict[str, Any]:
        """See :func:`mock_athena.auth.discovery.smart_configuration`."""
        return discovery.smart_configuration(origin, self._profile, types, registers=self.registration != "off")

    def openid_configuration(self, origin: str, types: Sequence[str] = ()) -> dict[str, Any]:
        """See :func:`mock_athena.auth.discovery.openid_configuration`."""
        return discovery.openid_configuration(origin, self._profile, types, registers=self.registration != "off")

    def jwks(self) -> dict[str, Any]:
        """The JWK Set with the public half of the key that signs our tokens."""
        return self._key.jwks()

    def reset(self) -> None:
        """As at start: clients from files only, no codes, no refresh tokens; access tokens stay good."""
        for part in (
            self.clients,
            self.tokens,
            self.launches,
            self.approvals,
            self._codes,
            self._refresh_tokens,
            self._assertions,
            self._revocations,
        ):
            part.reset()

    def _id_token(self, grant: Grant, origin: str) -> str | None:
        return id_token(grant, origin, self._key, self._clock.now(), self.tokens.lifetime_s)
