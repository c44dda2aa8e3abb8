"""What a practice has besides patients: organizations, departments, clinicians, drugs, and the group of its patients.

https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-practitioner.html
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from typing import Any

from mock_athena.fhir.resource import Resource
from mock_athena.population import ids, names
from mock_athena.population.chart import identifier, meta, practice_extension
from mock_athena.population.codes import HL7, RXNORM, SNOMED, bare, concept
from mock_athena.population.content.formulary import DRUGS
from mock_athena.population.content.medications import medication_id
from mock_athena.population.staff import (
    ADULT_CLINIC,
    CHILD_CLINIC,
    CHILD_PROVIDERS,
    HOSPITAL,
    PROVIDERS,
    provider_id,
)
from mock_athena.population.streams import stream

_OPENED = datetime(2019, 1, 7, 14, tzinfo=UTC)
_NPI = "http://hl7.org/fhir/sid/us-npi"
_DEPARTMENTS = {
    ADULT_CLINIC: ("Family Medicine", "PROFF", "dept"),
    CHILD_CLINIC: ("Pediatrics", "PROFF", "dept"),
    HOSPITAL: ("Community Hospital", "HOSP", "prov"),
}
# NPIs must differ over all that have one: 100 per practice, and the last hundred of all for the laboratory.
_NPIS_PER_PRACTICE = 100
_LABORATORY_NPI = 99_999_900

Body = dict[str, Any]


def write(seed: int, practice: int, patients: int) -> list[Resource]:
    """Every resource of the practice that belongs to no patient; the Group lists patients 1 to ``patients``."""
    random = stream(seed, practice, 0, "practice")
    return [
        *_organizations(random, practice),
        *_departments(random, practice),
        *_clinicians(seed, practice),
        *_medications(practice),
        _group(practice, patients),
    ]


def _resource(practice: int, type: str, id: str, body: Body, profile: str | None = None) -> Resource:
    named = identifier(type, id)
    shared = {
        "extension": [practice_extension(practice)],
        **({"identifier": named} if named else {}),
    }
    return {"resourceType": type, "id": id, "meta": meta(_OPENED, profile), **shared, **body}


def _npi(stem: int) -> list[Body]:
    return [{"use": "official", "type": bare(HL7 + "v2-0203", "NPI"), "system": _NPI, "value": names.npi(stem)}]


def _contact(random: Random) -> Body:
    return {
        "telecom": [{"system": "phone", "value": names.phone(random)}],
        "address": [names.address(random)],
    }


def _organizations(random: Random, practice: int) -> Iterator[Resource]:
    town = str(names.address(random)["city"])
    own = {
        "identifier": _npi(practice * _NPIS_PER_PRACTICE),
        "active": True,
        "type": [concept(HL7 + "organization-type", "prov")],
        "name": f"{town} Medical Group",
        **_contact(random),
    }
    yield _resource(practice, "Organization", ids.practice_id(practice), own, "us-core-organization")
    sharing = {"active": True, "type": [concept(HL7 + "organization-type", "other")], "name": f"{town} charts"}
    group = ids.local_id(practice, "CSG", 1)
    yield _resource(practice, "Organization", group, sharing, "us-core-organization")
    yield _laboratory()


def _laboratory() -> Resource:
    """The reference laboratory: the same in every practice, so it names none."""
    body = {
        "identifier": _npi(_LABORATORY_NPI),
        "active": True,
        "type": [concept(HL7 + "organization-type", "prov")],
        "name": "Example Reference Laboratory",
        "telecom": [{"system": "phone", "value": "800-555-0199"}],
        "address": [
            {"line": ["1 Specimen Way"], "city": "Exampleton", "state": "MA", "postalCode": "02100", "country": "US"}
        ],
    }
    own = meta(_OPENED, "us-core-organization")
    return {"resourceType": "Organization", "id": ids.LABORATORY_ID, "meta": own, **body}


def _departments(random: Random, practice: int) -> Iterator[Resource]:
    for number, (name, role, type) in _DEPARTMENTS.items():
        id = ids.local_id(practice, "Department", number)
        contact = _contact(random)
        organization = {
            "active": True,
            "type": [concept(HL7 + "organization-type", type)],
            "name": name,
            **contact,
            "partOf": {"reference": f"Organization/{ids.practice_id(practice)}"},
        }
        location = {
            "status": "active",
            "name": name,
            "mode": "instance",
            "type": [concept(HL7 + "v3-RoleCode", role)],
            "telecom": contact["telecom"],
            "address": contact["address"][0],
            "managingOrganization": {"reference": f"Organization/{id}", "type": "Organization"},
        }
        yield _resource(practice, "Organization", id, organization, "us-core-organization")
        yield _resource(practice, "Location", id, location, "us-core-location")


def _clinicians(seed: int, practice: int) -> Iterator[Resource]:
    for number in PROVIDERS:
        random = stream(seed, practice, 0, f"clinician/{number}")
        yield _practitioner(random, practice, number)
        yield _role(random, practice, number)


def _practitioner(random: Random, practice: int, number: int) -> Resource:
    gender = random.choice(("female", "male"))
    given, family = names.given(random, gender)[:1], names.family(random)
    body = {
        "identifier": _npi(practice * _NPIS_PER_PRACTICE + number),
        "active": True,
        "name": [{"text": f"{given[0]} {family}, MD", "family": family, "given": given, "suffix": ["MD"]}],
        **_contact(random),
        "gender": gender,
    }
    return _resource(practice, "Practitioner", provider_id(practice, number), body, "us-core-practitioner")


def _role(random: Random, practice: int, number: int) -> Resource:
    children = number in CHILD_PROVIDERS
    clinic = ids.local_id(practice, "Department", CHILD_CLINIC if children else ADULT_CLINIC)
    specialty = "419772000" if children or number % 2 else "419192003"
    body = {
        "active": True,
        "practitioner": {"reference": f"Practitioner/{provider_id(practice, number)}"},
        "organization": {"reference": f"Organization/{ids.practice_id(practice)}"},
        "code": [concept(HL7 + "practitioner-role", "doctor")],
        "specialty": [concept(SNOMED, specialty)],
        "location": [{"reference": f"Location/{clinic}"}],
        "telecom": [{"system": "phone", "value": names.phone(random)}],
    }
    id = ids.local_id(practice, "ProviderRole", number)
    return _resource(practice, "PractitionerRole", id, body, "us-core-practitionerrole")


def _medications(practice: int) -> Iterator[Resource]:
    for drug in DRUGS:
        body = {"code": concept(RXNORM, drug.code), "status": "active"}
        yield _resource(practice, "Medication", medication_id(practice, drug.code), body, "us-core-medication")


def _group(practice: int, patients: int) -> Resource:
    body = {
        "active": True,
        "type": "person",
        "actual": True,
        "name": "All patients of the practice",
        "quantity": patients,
        "managingEntity": {"reference": f"Organization/{ids.practice_id(practice)}"},
    }
    if patients:
        body["member"] = [
            {"entity": {"reference": f"Patient/{ids.patient_id(practice, n)}"}} for n in range(1, patients + 1)
        ]
    return _resource(practice, "Group", ids.group_id(practice), body)
