"""Refresh tokens: opaque, bound to one client, good for the scopes and the patient of the sign-in or for fewer scopes.

A refresh token stays the same when it is used, and lasts 90 days by our clock. https://www.rfc-editor.org/rfc/rfc6749#section-6
"""

import secrets
import threading
from dataclasses import dataclass, replace

from mock_athena.auth.grants import unknown_types_told
from mock_athena.auth.scopes import covers, parse_scope, parse_scopes, unknown_types
from mock_athena.auth.tokens import Grant
from mock_athena.clock import NANOSECONDS, Clock
from mock_athena.errors import OAuthError, shortened

LIFETIME_S = 90 * 86_400
MOST_KEPT = 100_000


@dataclass(frozen=True, slots=True)
class _Issued:
    grant: Grant
    expires: int


class RefreshTokens:
    """Refresh tokens of this run; the oldest give way when there are too many. Safe to use from several threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._issued: dict[str, _Issued] = {}
        self._revoked: set[str] = set()

    def issue(self, grant: Grant) -> str:
        """A new refresh token for this grant."""
        token = secrets.token_urlsafe(32)
        issued = _Issued(grant, self._clock.now() + LIFETIME_S * NANOSECONDS)
        with self._lock:
            while len(self._issued) >= MOST_KEPT:
                del self._issued[next(iter(self._issued))]
            self._issued[token] = issued
        return token

    def redeem(self, token: str, client_id: str, scope: str | None) -> Grant:
        """The grant of a refresh token, narrowed to ``scope`` if that is given.

        Raises:
            OAuthError: ``invalid_grant`` for a token that is unknown, expired or another client's;
                ``invalid_scope`` for a scope that was not granted at first.
        """
        issued = self._issued.get(token)
        fault = self._fault(issued, client_id)
        if issued is None or fault:
            message = "the refresh token is unknown, expired or revoked: authorize again"
            raise OAuthError("invalid_grant", message, reason=fault)
        return issued.grant if scope is None else replace(issued.grant, scopes=_subset(scope, issued.grant))

    def revoke(self, session: str) -> None:
        """Accept no refresh token of this sign-in any more, nor one that is issued for it just now."""
        with self._lock:
            self._revoked.add(session)
            self._issued = {token: issued for token, issued in self._issued.items() if issued.grant.session != session}

    def reset(self) -> None:
        """Forget all refresh tokens."""
        with self._lock:
            self._issued, self._revoked = {}, set()

    def _fault(self, issued: _Issued | None, client_id: str) -> str:
        """Why the token is not accepted; empty when it is."""
        if issued is None:
            return "unknown refresh token"
        if issued.grant.client_id != client_id:
            return f"{client_id} sent a refresh token of {issued.grant.client_id}"
        if issued.grant.session in self._revoked:
            return "the sign-in of this refresh token was revoked"
        return "expired refresh token" if self._clock.now() >= issued.expires else ""


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
