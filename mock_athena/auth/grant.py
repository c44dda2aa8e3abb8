"""What a token is issued for, as a value, and as JSON for the state that processes share."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from mock_athena.auth.launch import NO_CONTEXT, LaunchContext, context_from


@dataclass(frozen=True, slots=True)
class Grant:
    """What an access token is issued for.

    Attributes:
        scopes: their texts, as granted.
        patient: id of the Patient in context; None where there is none.
        session: the consent that this goes back to, under which all its tokens can be revoked; empty without one.
        practice: where the user signed in, as athenahealth names it in ``ah_practice`` (``a-1.Practice-1959``).
        user: reference to the one who signed in, such as ``Practitioner/a-1.Provider-1``; None where nobody did.
        patients: ids of the Patients whom that user may see; None for all.
        nonce: of the authorization request, for the id_token.
        signed_in: when the user signed in, in nanoseconds since 1970 UTC by our clock.
        launch: what else the application is told beside the token; its patient is this one.
        environment: ``production`` or ``sandbox``, where the user signed in; empty where nobody did.
        username, name: of the user, for the id_token.
        sign_in: names the user's session in the browser, with which ``online_access`` ends; empty for none.
    """

    client_id: str
    scopes: tuple[str, ...]
    patient: str | None = None
    session: str = ""
    practice: str | None = None
    user: str | None = None
    patients: tuple[str, ...] | None = None
    nonce: str | None = None
    signed_in: int | None = None
    launch: LaunchContext = NO_CONTEXT
    environment: str = ""
    username: str = ""
    name: str = ""
    sign_in: str = ""

    def as_json(self) -> dict[str, Any]:
        """For :func:`grant_from`."""
        return asdict(self)


def grant_from(kept: Mapping[str, Any]) -> Grant:
    """The grant that :meth:`Grant.as_json` told."""
    patients = kept["patients"]
    rebuilt = {
        "scopes": tuple(kept["scopes"]),
        "patients": None if patients is None else tuple(patients),
        "launch": context_from(kept["launch"]),
    }
    return Grant(**{**kept, **rebuilt})
