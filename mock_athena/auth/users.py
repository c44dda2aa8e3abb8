"""Who signs in: a patient, a provider of the practice, or somebody who acts for patients."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["patient", "provider", "proxy"]


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who can sign in at one of the two environments.

    Attributes:
        username: what is typed, and names the user within the environment.
        kind: a patient sees own records, a proxy (a parent, a guardian) those of others, a provider the practice's.
        name: as a person would write it.
        fhir_user: reference to the user's own resource: ``Patient/…``, ``Practitioner/…`` or ``RelatedPerson/…``.
        patients: ids of the Patients for whom the user may act; None for all of the practice.
        practice: as athenahealth names it in ``ah_practice``, such as ``a-1.Practice-195900``.
        environment: ``production`` or ``sandbox``.
    """

    username: str
    kind: Kind
    name: str
    fhir_user: str
    patients: tuple[str, ...] | None
    practice: str
    environment: str

    def may_act_for(self, patient: str) -> bool:
        """Whether this user may choose the Patient of that id."""
        return self.patients is None or patient in self.patients


def user_from(kept: Mapping[str, Any]) -> User:
    """A user who was told as JSON."""
    patients = kept["patients"]
    return User(**{**kept, "patients": None if patients is None else tuple(patients)})
