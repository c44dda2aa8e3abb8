"""Who is calling: what one accepted access token says, as a value."""

from dataclasses import dataclass

from mock_athena.auth.scopes import Scope


@dataclass(frozen=True, slots=True)
class Caller:
    """One access token's bearer.

    Attributes:
        client_id: the application that the token was issued to.
        scopes: what the token grants.
        patient: id of the Patient in context, to whose records the caller is confined; None when not confined.
        token_id: the token's ``jti``, which names it without revealing it.
        expires: nanoseconds since 1970 UTC by our clock; from then on the token is refused.
    """

    client_id: str
    scopes: tuple[Scope, ...]
    patient: str | None
    token_id: str
    expires: int
