"""References to those who do things and are no patients: clinicians, the practice, its laboratory and the pharmacy."""

from functools import cache

from mock_athena.population import ids
from mock_athena.population.chart import Reference
from mock_athena.population.staff import practitioner as clinician

__all__ = ["LABORATORY", "PHARMACY", "clinician", "organization"]

LABORATORY: Reference = {"reference": f"Organization/{ids.LABORATORY_ID}"}
PHARMACY: Reference = {"reference": f"Organization/{ids.PHARMACY_ID}"}


@cache
def organization(practice: int) -> Reference:
    """The reference to the practice. Shared: do not change it."""
    return {"reference": f"Organization/{ids.practice_id(practice)}"}
