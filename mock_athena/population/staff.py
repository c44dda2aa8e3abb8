"""Who works at a practice and where: how many, what they do, and whose patient is whose.

Clinicians 1 to 4 see adults, 5 and 6 children. Departments 1 and 2 are the adults' and the children's clinic,
3 is the hospital where the practice's patients are admitted.
"""

from mock_athena.population import ids
from mock_athena.population.chart import Reference
from mock_athena.population.person import Person

ADULT_PROVIDERS = (1, 2, 3, 4)
CHILD_PROVIDERS = (5, 6)
PROVIDERS = ADULT_PROVIDERS + CHILD_PROVIDERS
ADULT_CLINIC, CHILD_CLINIC, HOSPITAL = 1, 2, 3


def provider_id(practice: int, number: int) -> str:
    """The Practitioner's id."""
    return ids.local_id(practice, "Provider", number)


def primary_care(person: Person) -> Reference:
    """The clinician whose patient the person is."""
    pool = CHILD_PROVIDERS if person.is_child else ADULT_PROVIDERS
    return {"reference": f"Practitioner/{provider_id(person.practice, pool[person.n % len(pool)])}"}


def department(person: Person, *, inpatient: bool = False) -> str:
    """The id that the Location and the Organization of the department share."""
    outpatient = CHILD_CLINIC if person.is_child else ADULT_CLINIC
    return ids.local_id(person.practice, "Department", HOSPITAL if inpatient else outpatient)
