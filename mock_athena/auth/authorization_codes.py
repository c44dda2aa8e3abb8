"""Authorization codes: one use, a minute, for one client, one redirect URI and one PKCE challenge.

A code that comes a second time may have been stolen, so what the first use was given is revoked (RFC 6749 §4.1.2).
"""

import secrets
from dataclasses import asdict, dataclass
from typing import Any

from mock_athena.auth.grant import Grant, grant_from
from mock_athena.auth.pkce import check_verifier
from mock_athena.auth.revocations import Revocations
from mock_athena.auth.shelf import Shelf, fingerprint
from mock_athena.clock import NANOSECONDS, Clock
from mock_athena.errors import OAuthError
from mock_athena.state import State

LIFETIME_S = 60
# How long a code that was used or is too old is known as that, and not merely as unknown.
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


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """What is kept of a code; ``expires`` is nanoseconds since 1970 UTC."""

    binding: CodeBinding
    expires: int


class AuthorizationCodes:
    """Codes that were issued lately; safe to use from several threads and processes."""

    def __init__(self, state: State, clock: Clock, revocations: Revocations) -> None:
        self._clock = clock
        self._revocations = revocations
        self._issued = Shelf(state, "code", clock.now)
        self._used = Shelf(state, "used-code", clock.now)

    def issue(self, binding: CodeBinding) -> str:
        """A new code."""
        code = secrets.token_urlsafe(24)
        now = self._clock.now()
        kept = IssuedCode(binding, now + LIFETIME_S * NANOSECONDS)
        self._issued.put(fingerprint(code), asdict(kept), now + _REMEMBERED_S * NANOSECONDS)
        return code

    def redeem(self, code: str, client_id: str, redirect_uri: str, verifier: str | None) -> Grant:
        """Use a code.

        Raises:
            OAuthError: ``invalid_grant``: used before, unknown, expired, or of another client, redirect URI or
                challenge. An attempt that fails leaves the code to its owner.
        """
        id = fingerprint(code)
        kept = self._issued.get(id)
        if kept is None or kept["binding"]["grant"]["client_id"] != client_id:
            reason = "unknown code" if kept is None else f"{client_id} sent a code of another client"
            raise OAuthError("invalid_grant", f"the code is unknown; {_ADVICE}", reason=reason)
        grant = grant_from(kept["binding"]["grant"])
        if self._used.get(id):
            raise self._used_before(grant)
        self._check(kept, redirect_uri, verifier)
        if not self._used.add(id, True, self._clock.now() + _REMEMBERED_S * NANOSECONDS):
            raise self._used_before(grant)
        return grant

    def reset(self) -> None:
        """Forget all codes."""
        self._issued.clear()
        self._used.clear()

    def _used_before(self, grant: Grant) -> OAuthError:
        self._revocations.end_session(grant.session)
        message = f"the code was already used, so the tokens it was redeemed for are revoked; {_ADVICE}"
        return OAuthError("invalid_grant", message)

    def _check(self, kept: Any, redirect_uri: str, verifier: str | None) -> None:
        late = (self._clock.now() - kept["expires"]) / NANOSECONDS
        if late >= 0:
            raise OAuthError("invalid_grant", f"the code expired {late:.0f} s ago; {_ADVICE}")
        binding = kept["binding"]
        if redirect_uri != binding["redirect_uri"]:
            message = f"redirect_uri must be the one of the authorization request, exactly: {binding['redirect_uri']}"
            raise OAuthError("invalid_grant", message)
        check_verifier(verifier, binding["challenge"])
