"""An access token with what came with it (RFC 6749 §5.1, SMART App Launch)."""

import re
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from athena_fhir_client.errors import AuthError, JsonObject

_EARLY, _SHARE = 60.0, 0.1
_DEFAULT_LIFE = 300.0  # seconds, if the server does not say
_SENDABLE = re.compile(r"[\x20-\x7e]+")  # RFC 6749 appendix A.12
_KNOWN = ("access_token", "refresh_token", "expires_in", "scope", "token_type", "patient", "id_token")


@dataclass(frozen=True, slots=True)
class Token:
    """What the token endpoint answered.

    Attributes:
        expires_at: seconds since 1970.
        lifetime: seconds from its issue on.
        scope: what was granted, which may be less than was asked for.
        patient: id of the patient in context; empty if there is none.
        context: whatever else came with it, such as ``encounter`` or ``ah_practice``.
    """

    access_token: str = field(repr=False)
    expires_at: float
    lifetime: float
    scope: str = ""
    refresh_token: str = field(default="", repr=False)
    patient: str = ""
    id_token: str = field(default="", repr=False)
    context: JsonObject = field(default_factory=dict, repr=False)

    def fresh(self, now: float) -> bool:
        """Whether it may be sent: it is renewed a minute before it ends, or a tenth of its life if that is shorter."""
        return now < self.expires_at - min(_EARLY, _SHARE * self.lifetime)

    @property
    def scopes(self) -> frozenset[str]:
        """What was granted, one by one."""
        return frozenset(self.scope.split())


def token_from_answer(told: JsonObject, now: float, asked_scope: str = "", refresh_token: str = "") -> Token:
    """The token of an answer.

    Args:
        asked_scope: what is granted if the answer does not say (RFC 6749 §5.1).
        refresh_token: stays good if the answer brings no other (§6).

    Raises:
        AuthError: it holds none that can be used.
    """
    access, kind = told.get("access_token"), str(told.get("token_type", "Bearer"))
    if not isinstance(access, str) or not access:
        raise AuthError("the token endpoint answered without an access_token")
    if not _SENDABLE.fullmatch(access):
        raise AuthError("the token endpoint answered with an access_token that no header field can carry")
    if kind.lower() != "bearer":
        raise AuthError(f"the token endpoint answered with a token of type {kind!r}: expected Bearer")
    lifetime = _seconds(told.get("expires_in"))
    return Token(
        access_token=access,
        expires_at=now + lifetime,
        lifetime=lifetime,
        scope=str(told.get("scope") or asked_scope),
        refresh_token=str(told.get("refresh_token") or refresh_token),
        patient=str(told.get("patient") or ""),
        id_token=str(told.get("id_token") or ""),
        context={name: value for name, value in told.items() if name not in _KNOWN},
    )


def _seconds(value: Any) -> float:
    try:
        seconds = float(value)
    except (TypeError, ValueError, OverflowError):
        return _DEFAULT_LIFE
    return max(seconds, 0.0) if isfinite(seconds) else _DEFAULT_LIFE
