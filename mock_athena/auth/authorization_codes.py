"""Authorization codes: one use, about a minute, for one client, one redirect URI and one PKCE challenge.

A code that comes a second time may have been stolen, so what the first use was given is revoked (RFC 6749 §4.1.2).
"""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass

from mock_athena.auth.pkce import check_verifier
from mock_athena.auth.tokens import Grant
from mock_athena.clock import NANOSECONDS, Clock
from mock_athena.errors import OAuthError

LIFETIME_S = 60
# How long a used code is known as used, and not merely as unknown.
_REMEMBERED_S = 3600
_ADVICE = "authorize again: a code is for one use within 60 s"


@dataclass(frozen=True, slots=True)
class CodeBinding:
    """What a code stands for, and by whom it may be redeemed.

    Attributes:
        grant: what its redemption gives.
        redirect_uri: the one it was sent to.
        challenge: S256 code challenge; None if the client used no PKCE.
    """

    grant: Grant
    redirect_uri: str
    challenge: str | None


@dataclass(slots=True)
class _Issued:
    binding: CodeBinding
    at: int
    used: bool = False


class AuthorizationCodes:
    """Codes that were issued lately; in memory, as they live a minute. Safe to use from several threads.

    Args:
        revoke: called with the session of a used code that came again.
    """

    def __init__(self, clock: Clock, revoke: Callable[[str], None]) -> None:
        self._clock = clock
        self._revoke = revoke
        self._lock = threading.Lock()
        self._issued: dict[str, _Issued] = {}

    def issue(self, binding: CodeBinding) -> str:
        """A new code."""
        code = secrets.token_urlsafe(24)
        now = self._clock.now()
        with self._lock:
            self._forget_before(now - _REMEMBERED_S * NANOSECONDS)
            self._issued[code] = _Issued(binding, now)
        return code

    def redeem(self, code: str, client_id: str, redirect_uri: str, verifier: str | None) -> Grant:
        """Use a code.

        Raises:
            OAuthError: ``invalid_grant``: used before, unknown, expired, or of another client, redirect URI or
                challenge. An attempt that fails leaves the code to its owner.
        """
        with self._lock:
            issued = self._issued.get(code)
            if issued is None or issued.binding.grant.client_id != client_id:
                reason = "unknown code" if issued is None else f"{client_id} sent a code of another client"
                raise OAuthError("invalid_grant", f"the code is unknown; {_ADVICE}", reason=reason)
            self._check(issued, redirect_uri, verifier)
            issued.used = True
            return issued.binding.grant

    def reset(self) -> None:
        """Forget all codes."""
        with self._lock:
            self._issued = {}

    def _check(self, issued: _Issued, redirect_uri: str, verifier: str | None) -> None:
        if issued.used:
            self._revoke(issued.binding.grant.session)
            message = f"the code was already used, so the tokens it was redeemed for are revoked; {_ADVICE}"
            raise OAuthError("invalid_grant", message)
        age = (self._clock.now() - issued.at) / NANOSECONDS
        if age >= LIFETIME_S:
            raise OAuthError("invalid_grant", f"the code expired {age - LIFETIME_S:.0f} s ago; {_ADVICE}")
        if redirect_uri != issued.binding.redirect_uri:
            raise OAuthError("invalid_grant", "redirect_uri must be the one of the authorization request, exactly")
        check_verifier(verifier, issued.binding.challenge)

    def _forget_before(self, instant: int) -> None:
        """Codes are kept in the order of their issue, so the oldest come first."""
        while self._issued:
            oldest = next(iter(self._issued))
            if self._issued[oldest].at >= instant:
                return
            del self._issued[oldest]
