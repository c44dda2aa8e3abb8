"""Who can sign in: the patients of the portal, athenaPatient, at one of the two environments."""

from dataclasses import dataclass

PORTAL = "athenaPatient"


@dataclass(frozen=True, slots=True)
class PortalPatient:
    """One patient of the portal.

    Attributes:
        id: of the Patient resource, such as ``a-1959.E-1``.
        name: as a person would write it.
        birth_date: ``YYYY-MM-DD``.
    """

    id: str
    name: str
    birth_date: str
