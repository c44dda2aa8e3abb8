"""The clinicians of a practice and the roles that they have there.

https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-practitionerrole.html
"""

from collections.abc import Iterator
from random import Random
from typing import Any

from mock_athena.fhir.resource import Resource
from mock_athena.population import ids, names
from mock_athena.population.chart import practice_extension
from mock_athena.population.codes import HL7, SNOMED, concept
from mock_athena.population.partners import npi, profiled
from mock_athena.population.staff import (
    ADULT_CLINIC,
    CHILD_CLINIC,
    CHILD_PROVIDERS,
    EMERGENCY_DEPARTMENT,
    EMERGENCY_PHYSICIAN,
    FIRST_PROVIDERS,
    HOSPITAL,
    HOSPITALIST,
    NURSE,
    OTHERS,
    SURGEON,
    clinicians,
    provider_id,
)
from mock_athena.population.streams import stream

_FAMILY, _INTERNAL, _GENERAL = "419772000", "419192003", "394802001"
_SPECIALTIES = {HOSPITALIST: _INTERNAL, EMERGENCY_PHYSICIAN: _GENERAL, SURGEON: _GENERAL, NURSE: _GENERAL}
_DEGREES = ("MD", "MD", "MD", "DO")
_DEGREE_SYSTEM = HL7 + "v2-0360|2.7"

Body = dict[str, Any]


def write(seed: int, practice: int, patients: int) -> Iterator[Resource]:
    """A Practitioner and a PractitionerRole for each."""
    for number in (*clinicians(patients), *OTHERS):
        random = stream(seed, practice, 0, f"clinician/{number}")
        yield _practitioner(random, practice, number)
        yield _role(random, practice, number)


def _practitioner(random: Random, practice: int, number: int) -> Resource:
    gender = random.choice(("female", "male"))
    given, family = names.given(random, gender)[:1], names.family(random)
    degree = "RN" if number == NURSE else random.choice(_DEGREES)
    name = {"use": "official", "text": f"{given[0]} {family}, {degree}", "family": family, "given": given}
    return {
        "resourceType": "Practitioner",
        "id": provider_id(practice, number),
        "meta": profiled("us-core-practitioner"),
        "extension": [practice_extension(practice)],
        "identifier": npi(practice, number),
        "active": True,
        "name": [{**name, "suffix": [degree]}],
        "telecom": [
            {"system": "phone", "value": names.phone(random), "use": "work"},
            {"system": "email", "value": names.mail(given[0], family, number), "use": "work"},
        ],
        "address": [{"use": "work", **names.address(random)}],
        "gender": gender,
        "qualification": [{"code": concept(_DEGREE_SYSTEM, degree)}],
    }


def _role(random: Random, practice: int, number: int) -> Resource:
    clinic = ids.local_id(practice, "Department", _department(number))
    return {
        "resourceType": "PractitionerRole",
        "id": ids.local_id(practice, "ProviderRole", number),
        "meta": profiled("us-core-practitionerrole"),
        "extension": [practice_extension(practice)],
        "active": True,
        "practitioner": {"reference": f"Practitioner/{provider_id(practice, number)}"},
        "organization": {"reference": f"Organization/{ids.practice_id(practice)}"},
        "code": [concept(HL7 + "practitioner-role", "nurse" if number == NURSE else "doctor")],
        "specialty": [concept(SNOMED, _specialty(number))],
        "location": [{"reference": f"Location/{clinic}"}],
        "telecom": [{"system": "phone", "value": names.phone(random), "use": "work"}],
        # Only named: nothing here can be sent to.
        "endpoint": [{"type": "Endpoint", "display": f"Direct mailbox of provider {number}"}],
    }


def _department(number: int) -> int:
    if number == EMERGENCY_PHYSICIAN:
        return EMERGENCY_DEPARTMENT
    if number in (HOSPITALIST, SURGEON):
        return HOSPITAL
    return CHILD_CLINIC if number in CHILD_PROVIDERS else ADULT_CLINIC


def _specialty(number: int) -> str:
    if number in _SPECIALTIES:
        return _SPECIALTIES[number]
    if number in CHILD_PROVIDERS:
        return _FAMILY
    return _INTERNAL if number in FIRST_PROVIDERS and number % 2 == 0 else _FAMILY
