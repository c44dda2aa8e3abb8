"""Who is calling, as a value: what one accepted access token says, and whether that is enough."""

from dataclasses import dataclass

from mock_athena.auth.bearer import insufficient_scope, invalid_token
from mock_athena.auth.scopes import LETTERS, Scope, allows


@dataclass(frozen=True, slots=True)
class Caller:
    """One access token's bearer.

    Attributes:
        client_id: the application that the token was issued to.
        scopes: what the token grants.
        patient: id of the Patient in context, to whose records the caller is confined; None when not confined.
        token_id: the token's ``jti``, which names it without revealing it.
        expires: nanoseconds since 1970 UTC by our clock; from then on the token is refused.
        user: reference to the one who signed in, such as ``Practitioner/a-1.Provider-1``; None where nobody did.
        patients: ids of the Patients whom that user may see, where ``user/`` scopes count; None for all.
        environment: the only one at which the token is good, since its user sees all patients there; empty for both.
    """

    client_id: str
    scopes: tuple[Scope, ...]
    patient: str | None
    token_id: str
    expires: int
    user: str | None = None
    patients: tuple[str, ...] | None = None
    environment: str = ""


def may(caller: Caller, type: str, letter: str) -> bool:
    """Whether the caller's token grants ``letter`` (one of ``cruds``) on ``type``."""
    return allows(caller.scopes, type, letter)


def require(caller: Caller, type: str, letter: str) -> None:
    """Refuse unless the caller's token grants ``letter`` (one of ``cruds``) on ``type``.

    Raises:
        InsufficientScope: names a scope that would do, and carries RFC 6750's ``insufficient_scope``.
    """
    if may(caller, type, letter):
        return
    context = "system" if caller.patient is None else "patient"
    missing = f"{context}/{type}.{'rs' if letter in 'rs' else letter}"
    has = " ".join(scope.text for scope in caller.scopes) or "none"
    message = (
        f"needs a scope that grants '{letter}' ({LETTERS[letter]}) on {type}, such as {missing}; the token has: {has}. "
        "Request a token with that scope, from a client that is registered for it"
    )
    raise insufficient_scope(message, missing, type, of_patient=caller.patient is not None)


def require_environment(caller: Caller, environment: str) -> None:
    """Refuse a token of somebody who sees a whole practice, at the environment of another one.

    Raises:
        Unauthorized: as for any token that was not issued for where it is sent.
    """
    if caller.environment and caller.environment != environment:
        message = (
            f"the access token is of {caller.user}, who signed in at {caller.environment}; this is {environment}. Sign "
            f"in with the base URL of {environment} as aud"
        )
        raise invalid_token(message)
