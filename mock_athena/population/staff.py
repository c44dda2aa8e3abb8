"""Who works at a practice and where: how many, what they do, and whose patient is whose.

Clinicians 1 to 4 see adults, 5 and 6 children. With every further 500 patients comes a family doctor, whose patients
they are: patient ``n`` has the same clinician however many patients there are. The hospital has its own staff.
Departments 1 and 2 are the adults' and the children's clinic, 3 is the hospital, 4 its emergency department.
"""

from functools import cache

from mock_athena.population import ids
from mock_athena.population.chart import Reference
from mock_athena.population.person import Person
from mock_athena.population.story import EMERGENCY, STAY

ADULT_PROVIDERS = (1, 2, 3, 4)
CHILD_PROVIDERS = (5, 6)
FIRST_PROVIDERS = ADULT_PROVIDERS + CHILD_PROVIDERS
PANEL = 500
"""Patients after which the practice takes on another clinician."""

HOSPITALIST, EMERGENCY_PHYSICIAN, SURGEON, NURSE = 1801, 1802, 1803, 1804
OTHERS = (HOSPITALIST, EMERGENCY_PHYSICIAN, SURGEON, NURSE)
_LAST_PROVIDER = HOSPITALIST - 1

ADULT_CLINIC, CHILD_CLINIC, HOSPITAL, EMERGENCY_DEPARTMENT = 1, 2, 3, 4


def provider_id(practice: int, number: int) -> str:
    """The Practitioner's id."""
    return ids.local_id(practice, "Provider", number)


@cache
def practitioner(practice: int, number: int) -> Reference:
    """The reference to a clinician. Shared: do not change it."""
    return {"reference": f"Practitioner/{provider_id(practice, number)}"}


def clinicians(patients: int) -> tuple[int, ...]:
    """Numbers of all who see patients at a practice of that size."""
    return tuple(range(1, _latest(max(patients, 1)) + 1))


def _latest(n: int) -> int:
    return min(len(FIRST_PROVIDERS) + (n - 1) // PANEL, _LAST_PROVIDER)


def primary_care_number(n: int, *, child: bool) -> int:
    """The clinician of patient ``n``, while a child or later."""
    if n > PANEL:
        return _latest(n)
    pool = CHILD_PROVIDERS if child else ADULT_PROVIDERS
    return pool[n % len(pool)]


def primary_care(person: Person) -> Reference:
    """The clinician whose patient the person is on ``as_of``. Shared: do not change it."""
    return practitioner(person.practice, primary_care_number(person.n, child=person.is_child))


def department(person: Person, kind: str = "") -> str:
    """The id that the Location and the Organization of the department share, for a kind of visit of ``story``."""
    if kind == STAY:
        return department_id(person.practice, HOSPITAL)
    if kind == EMERGENCY:
        return department_id(person.practice, EMERGENCY_DEPARTMENT)
    return department_id(person.practice, CHILD_CLINIC if person.is_child else ADULT_CLINIC)


@cache
def department_id(practice: int, number: int) -> str:
    """The id of the Location, and of the Organization, of a department."""
    return ids.local_id(practice, "Department", number)
