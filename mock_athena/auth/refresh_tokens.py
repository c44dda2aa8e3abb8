"""Refresh tokens: opaque, bound to one client, good for the scopes and the patient of the consent or for fewer scopes.

Each use answers a new one and spends the old one. A spent one that comes again may have been stolen, so the whole
family that goes back to the consent is revoked (RFC 9700 §4.14.2). Where tokens are not rotated, a refresh token stays
as it is. One lasts 90 days by our clock; one of ``online_access`` 12 hours, and no longer than the session of whoever
signed in. https://www.rfc-editor.org/rfc/rfc6749#section-6
"""

import secrets
from dataclasses import replace
from typing import NamedTuple

from mock_athena.auth.grant import Grant, grant_from
from mock_athena.auth.grants import unknown_types_told
from mock_athena.auth.revocations import Revocations
from mock_athena.auth.scopes import covers, parse_scope, parse_scopes, unknown_types
from mock_athena.auth.shelf import Shelf, fingerprint
from mock_athena.clock import NANOSECONDS, Clock
from mock_athena.errors import OAuthError, shortened
from mock_athena.state import State

LIFETIME_S = 90 * 86_400
ONLINE_LIFETIME_S = 12 * 3600


class Refreshed(NamedTuple):
    """What a refresh token was redeemed for.

    Attributes:
        grant: for the access token. token: the refresh token to use from now on.
    """

    grant: Grant
    token: str


class RefreshTokens:
    """Refresh tokens; safe to use from several threads and processes.

    Args:
        rotates: each use answers a new one.
    """

    def __init__(self, state: State, clock: Clock, revocations: Revocations, *, rotates: bool) -> None:
        self._clock = clock
        self._revocations = revocations
        self._rotates = rotates
        self._issued = Shelf(state, "refresh-token", clock.now)
        self._spent = Shelf(state, "spent-refresh-token", clock.now)

    def issue(self, grant: Grant) -> str:
        """A new refresh token for this grant; the nonce was for the first id_token alone."""
        token = secrets.token_urlsafe(32)
        lasts = LIFETIME_S if "offline_access" in grant.scopes else ONLINE_LIFETIME_S
        kept = replace(grant, nonce=None).as_json()
        self._issued.put(fingerprint(token), kept, self._clock.now() + lasts * NANOSECONDS)
        return token

    def redeem(self, token: str, client_id: str, scope: str | None) -> Refreshed:
        """The grant of a refresh token, narrowed to ``scope`` if that is given.

        Raises:
            OAuthError: ``invalid_grant`` for a token that is unknown, expired, spent or another client's;
                ``invalid_scope`` for a scope that was not granted at first.
        """
        grant = self.grant_of(token, client_id)
        narrowed = grant if scope is None else replace(grant, scopes=_subset(scope, grant))
        if not self._rotates:
            return Refreshed(narrowed, token)
        if not self._spent.add(fingerprint(token), True, self._clock.now() + LIFETIME_S * NANOSECONDS):
            raise self._reused(grant)
        return Refreshed(narrowed, self.issue(grant))

    def grant_of(self, token: str, client_id: str, *, looking: bool = False) -> Grant:
        """What a refresh token was issued for, which stays as good as it was.

        Args:
            looking: it is only asked about, so a spent one revokes nothing.

        Raises:
            OAuthError: ``invalid_grant``, as :meth:`redeem`.
        """
        kept = self._issued.get(fingerprint(token))
        grant = None if kept is None else grant_from(kept)
        fault = self._fault(grant, client_id)
        if grant is None or fault:
            message = "the refresh token is unknown, expired or revoked, or is another client's: authorize again"
            raise OAuthError("invalid_grant", message, reason=fault)
        if self._spent.get(fingerprint(token)):
            raise OAuthError("invalid_grant", "the refresh token was used before") if looking else self._reused(grant)
        return grant

    def owner_of(self, token: str) -> str | None:
        """Id of the client that a refresh token was issued to, spent or not; None for what is none, or has expired."""
        kept = self._issued.get(fingerprint(token))
        return None if kept is None else kept["client_id"]

    def session_of(self, token: str) -> str:
        """The consent that a refresh token goes back to; empty for what is none."""
        kept = self._issued.get(fingerprint(token))
        return "" if kept is None else kept["session"]

    def told(self, token: str) -> tuple[Grant, str] | None:
        """What a refresh token was issued for, and why it is not accepted, if it is not; None for what is none."""
        kept = self._issued.get(fingerprint(token))
        if kept is None:
            return None
        grant = grant_from(kept)
        spent = "it was used before" if self._spent.get(fingerprint(token)) else ""
        return grant, spent or self._fault(grant, grant.client_id)

    def all(self) -> list[Grant]:
        """The grants of all refresh tokens that have not expired."""
        return [grant_from(kept) for kept in self._issued.all().values()]

    def reset(self) -> None:
        """Forget all refresh tokens."""
        self._issued.clear()
        self._spent.clear()

    def _reused(self, grant: Grant) -> OAuthError:
        self._revocations.end_session(grant.session)
        message = (
            "the refresh token was used before, so every token of this sign-in is revoked: keep the refresh_token of "
            "the latest answer, use it once, and authorize again now"
        )
        return OAuthError("invalid_grant", message)

    def _fault(self, grant: Grant | None, client_id: str) -> str:
        """Why the token is not accepted; empty when it is."""
        if grant is None:
            return "unknown or expired refresh token"
        if grant.client_id != client_id:
            return f"{client_id} sent a refresh token of {grant.client_id}"
        if self._revocations.has_session_ended(grant.session):
            return "the sign-in of this refresh token was revoked"
        online = grant.sign_in and "offline_access" not in grant.scopes
        if online and self._revocations.has_sign_in_ended(grant.sign_in):
            return "online_access ended when the user signed out"
        return ""


def _subset(requested: str, grant: Grant) -> tuple[str, ...]:
    original = parse_scopes(" ".join(grant.scopes))
    texts = tuple(dict.fromkeys(requested.split()))
    for text in texts:
        scope = parse_scope(text)
        known = scope is not None and not unknown_types(text)
        if scope is None or not known or not any(covers(wide, scope) for wide in original):
            beyond = f"scope {shortened(text)!r} goes beyond the sign-in{unknown_types_told(text)}"
            message = f"{beyond}; ask for some of: {' '.join(grant.scopes)}"
            raise OAuthError("invalid_scope", message)
    return texts or grant.scopes
