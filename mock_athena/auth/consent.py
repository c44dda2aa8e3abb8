"""What a person decided in front of the consent page, as a value."""

from collections.abc import Collection
from dataclasses import dataclass

from mock_athena.auth.launch import NO_CONTEXT, LaunchContext
from mock_athena.auth.users import User


@dataclass(frozen=True, slots=True)
class Consent:
    """One decision to allow.

    Attributes:
        user: who signed in and decided.
        scopes: texts of the scopes that were left ticked; None for all that were asked for.
        patient: id of the Patient who was chosen, or comes with the launch; None for none.
        encounter: id of the Encounter, likewise.
        launch: what the application is told besides; that of an EHR launch, if it was one.
        signed_in: when the user signed in (nanoseconds since 1970 UTC by our clock); None for just now.
        sign_in: names the user's session in the browser, with whose end ``online_access`` ends; empty for none.
    """

    user: User
    scopes: Collection[str] | None = None
    patient: str | None = None
    encounter: str | None = None
    launch: LaunchContext = NO_CONTEXT
    signed_in: int | None = None
    sign_in: str = ""
