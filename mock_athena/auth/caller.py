"""Who is calling, as a value: what one accepted access token says, and whether that is enough."""

from dataclasses import dataclass, field, replace

from mock_athena.auth.bearer import insufficient_scope
from mock_athena.auth.reach import reach_of
from mock_athena.auth.scopes import LETTERS, Scope, in_letters, names
from mock_athena.fhir.registry import ResourceType
from mock_athena.store.confinement import Part, Reach


@dataclass(frozen=True, slots=True)
class Caller:
    """One access token's bearer.

    Attributes:
        client_id: the application that the token was issued to.
        scopes: what the token grants.
        patient: id of the Patient in context, whom ``patient/`` scopes are about; None for none.
        token_id: the token's ``jti``, which names it without revealing it.
        expires: nanoseconds since 1970 UTC by our clock; from then on the token is refused.
        user: reference to the one who signed in, such as ``Practitioner/a-1.Provider-1``; None where nobody did.
        patients: ids of the Patients whom that user may see, where ``user/`` scopes count; None for all.
        practice: where that user signed in, as athenahealth names it (``a-1.Practice-500001``); None where nobody did.
        home: the practice of the environment of that sign-in, whatever the launch calls it; None where nobody did.
        abroad: the practice of the environment that was asked, where that is not ``home``; else empty.
        reach: what all of that lets the caller see and do.
    """

    client_id: str
    scopes: tuple[Scope, ...]
    patient: str | None
    token_id: str
    expires: int
    user: str | None = None
    patients: tuple[str, ...] | None = None
    practice: str | None = None
    home: str | None = None
    abroad: str = ""
    reach: Reach = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Find out what is reached, once for all requests."""
        scopes = () if self.abroad else self.scopes
        object.__setattr__(self, "reach", reach_of(scopes, self.patient, self.user, self.patients))

    def at(self, practice: str) -> "Caller":
        """The caller of a request to the environment of a practice: who signed in at the other one is nobody there."""
        return self if self.home in (None, practice) else replace(self, abroad=practice)

    @property
    def context(self) -> str:
        """The context of the scopes that this caller is given: ``patient``, ``user`` or ``system``."""
        if self.patient is not None:
            return "patient"
        return "system" if self.user is None else "user"


def may(caller: Caller, type: str, letter: str) -> bool:
    """Whether the caller's token grants ``letter`` (one of ``cruds``) on ``type``, or on some of it."""
    return caller.reach.grants(type, letter)


def require(caller: Caller, type: str, letter: str) -> None:
    """Refuse unless the caller's token grants ``letter`` (one of ``cruds``) on ``type``, or on some of it.

    Raises:
        InsufficientScope: names a scope that would do, and carries RFC 6750's ``insufficient_scope``.
    """
    if caller.reach.grants(type, letter):
        return
    missing = f"{caller.context}/{type}.{'rs' if letter in 'rs' else letter}"
    has = " ".join(scope.text for scope in caller.scopes) or "none"
    message = (
        f"needs a scope that grants '{letter}' ({LETTERS[letter]}) on {type}, such as {missing}; the token has: {has}. "
        f"{_close(caller, type, letter)}Request a token with that scope, from a client that is registered for it"
    )
    raise insufficient_scope(message, missing, type, letter, of_patient=caller.context != "system")


def out_of_reach(caller: Caller, kind: ResourceType, id: str, letter: str = "r") -> str:
    """Why a resource that exists is as unknown to the caller as one that does not; for the journal alone."""
    parts = [part for part in caller.reach.parts if part.grants(kind.name, letter)]
    granted = ", ".join(f"{part.scope}{_whose(part)}" for part in parts) or "no scope"
    return f"{kind.name}/{id} exists, out of reach of what grants '{letter}' on it: {granted}"


def _whose(part: Part) -> str:
    if part.patients is None:
        return ""
    return f" (of {', '.join(f'Patient/{id}' for id in part.patients)})"


def _close(caller: Caller, type: str, letter: str) -> str:
    """What the caller's scopes on the type grant instead; empty where there are none."""
    if caller.abroad:
        return f"Who got it signed in at {caller.home}, and this is {caller.abroad}: sign in there. "
    near = next((scope for scope in caller.scopes if scope.context and names(scope, type)), None)
    if near is None:
        return ""
    if letter in near.letters:
        who = "the Patient in context, and there is none" if near.context == "patient" else "a user, and none signed in"
        return f"{near.text} is about {who}. "
    told = f"{near.text} grants {in_letters(near.letters)} and lacks {in_letters(letter)}"
    other = {"s": "reading by id is not searching", "r": "searching is not reading by id"}.get(letter)
    return f"{told}: {other}. " if other and set(near.letters) & set("rs") else f"{told}. "
