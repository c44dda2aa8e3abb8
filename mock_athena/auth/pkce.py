"""Proof Key for Code Exchange: only ``S256``, never ``plain`` (RFC 7636; SMART App Launch allows nothing else)."""

import base64
import hashlib
import hmac
import re

from mock_athena.errors import OAuthError

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}", re.ASCII)


def checked_challenge(challenge: str | None, method: str | None, *, required: bool) -> str | None:
    """The ``code_challenge`` of an authorization request; None if none was sent and none is required.

    Raises:
        OAuthError: ``invalid_request``: missing, not S256, or no SHA-256 in base64url.
    """
    if challenge is None:
        if required or method is not None:
            raise OAuthError("invalid_request", "code_challenge is missing: a public client must use PKCE with S256")
        return None
    if method != "S256":
        sent = "none (which means plain)" if method is None else repr(method[:20])
        raise OAuthError("invalid_request", f"code_challenge_method must be S256; {sent} was sent")
    if not _CHALLENGE.fullmatch(challenge):
        message = "code_challenge must be the SHA-256 of the code_verifier: 43 characters of base64url without padding"
        raise OAuthError("invalid_request", message)
    return challenge


def check_verifier(verifier: str | None, challenge: str | None) -> None:
    """Refuse unless ``verifier`` is what ``challenge`` was made from.

    Raises:
        OAuthError: ``invalid_grant``, also for a verifier without a challenge (RFC 9700 §2.1.1).
    """
    if challenge is None:
        if verifier is not None:
            message = "code_verifier was sent, but the authorization request had no code_challenge: send both or none"
            raise OAuthError("invalid_grant", message)
        return
    if verifier is None:
        message = "code_verifier is missing: the authorization request had a code_challenge"
        raise OAuthError("invalid_grant", message)
    if not _VERIFIER.fullmatch(verifier) or not hmac.compare_digest(challenge_of(verifier), challenge):
        message = "code_verifier does not match: its SHA-256 in base64url must be the code_challenge that was sent"
        raise OAuthError("invalid_grant", message)


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a verifier (RFC 7636 §4.2)."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
