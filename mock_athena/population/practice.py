"""What a practice has besides patients: organizations, departments, clinicians, medicines, free times, and the group of
its patients.

https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-practitioner.html
"""

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

from mock_athena.fhir.resource import Resource
from mock_athena.population import AS_OF, clinicians, ids, names, openings, partners
from mock_athena.population.chart import identifier, practice_extension
from mock_athena.population.codes import HL7, concept
from mock_athena.population.content import medications
from mock_athena.population.partners import OPENED, OPENED_META, npi, profiled
from mock_athena.population.staff import ADULT_CLINIC, CHILD_CLINIC, EMERGENCY_DEPARTMENT, HOSPITAL
from mock_athena.population.streams import stream

_OWN_NPI, _HOSPITAL_NPI = 0, 1900
# Name, kind of place (v3-RoleCode), kind of organization, the department that it is part of (0: the practice).
_DEPARTMENTS = {
    ADULT_CLINIC: ("Family Medicine", "FMC", "dept", 0),
    CHILD_CLINIC: ("Pediatrics", "PEDC", "dept", 0),
    HOSPITAL: ("Community Hospital", "HOSP", "prov", 0),
    EMERGENCY_DEPARTMENT: ("Emergency Department", "ER", "dept", HOSPITAL),
}
_WEEKDAYS = ["mon", "tue", "wed", "thu", "fri"]

Body = dict[str, Any]


def write(seed: int, practice: int, patients: int, as_of: date = AS_OF) -> list[Resource]:
    """Every resource of the practice that belongs to no patient; the Group lists patients 1 to ``patients``."""
    random = stream(seed, practice, 0, "practice")
    return [
        *_organizations(random, practice),
        *partners.write(),
        *_departments(random, practice),
        *clinicians.write(seed, practice, patients),
        *openings.write(practice, patients, as_of),
        *medications.formulary(practice, OPENED),
        _group(practice, patients),
    ]


def _resource(practice: int, type: str, id: str, body: Body, *profiles: str) -> Resource:
    named = identifier(type, id)
    shared = {"extension": [practice_extension(practice)], **({"identifier": named} if named else {})}
    return {"resourceType": type, "id": id, "meta": profiled(*profiles), **shared, **body}


def _organizations(random: Random, practice: int) -> Iterator[Resource]:
    town = str(names.address(random)["city"])
    own = {
        "identifier": npi(practice, _OWN_NPI),
        "active": True,
        "type": [concept(HL7 + "organization-type", "prov")],
        "name": f"{town} Medical Group",
        "alias": [town],
        "telecom": [
            {"system": "phone", "value": names.phone(random), "use": "work"},
            {"system": "fax", "value": names.phone(random), "use": "work"},
        ],
        "address": [names.address(random)],
    }
    yield _resource(practice, "Organization", ids.practice_id(practice), own, "us-core-organization")
    sharing = {"active": True, "type": [concept(HL7 + "organization-type", "other")], "name": f"{town} charts"}
    group = ids.local_id(practice, "CSG", 1)
    yield _resource(practice, "Organization", group, sharing, "us-core-organization")


def _departments(random: Random, practice: int) -> Iterator[Resource]:
    address = names.address(random)
    for number, (name, place, kind, parent) in _DEPARTMENTS.items():
        id = ids.local_id(practice, "Department", number)
        # The emergency department is in the hospital's building.
        address = address if parent else names.address(random)
        contact = [{"system": "phone", "value": names.phone(random), "use": "work"}]
        upper = ids.local_id(practice, "Department", parent) if parent else ids.practice_id(practice)
        organization: Body = {
            "active": True,
            "type": [concept(HL7 + "organization-type", kind)],
            "name": name,
            "telecom": contact,
            "address": [address],
            "partOf": {"reference": f"Organization/{upper}"},
        }
        if number == HOSPITAL:
            organization["identifier"] = npi(practice, _HOSPITAL_NPI)
        yield _resource(practice, "Organization", id, organization, "us-core-organization")
        location = _location(id, name, place, contact, address)
        if parent:
            location["partOf"] = {"reference": f"Location/{upper}"}
        yield _resource(practice, "Location", id, location, "us-core-location")


def _location(id: str, name: str, place: str, contact: list[Body], address: dict[str, object]) -> Body:
    location: Body = {
        "status": "active",
        "name": name,
        "mode": "instance",
        "type": [concept(HL7 + "v3-RoleCode", place)],
        "telecom": contact,
        "address": address,
        "physicalType": concept(HL7 + "location-physical-type", "wa" if place == "ER" else "bu"),
        "managingOrganization": {"reference": f"Organization/{id}"},
    }
    if place in ("HOSP", "ER"):
        location["hoursOfOperation"] = [{"daysOfWeek": [*_WEEKDAYS, "sat", "sun"], "allDay": True}]
    else:
        hours = {"openingTime": "08:00:00", "closingTime": "17:00:00"}
        location["hoursOfOperation"] = [{"daysOfWeek": _WEEKDAYS, **hours}]
    return location


def _group(practice: int, patients: int) -> Resource:
    body: Body = {
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
    own = {"extension": [practice_extension(practice)], **body}
    return {"resourceType": "Group", "id": ids.group_id(practice), "meta": OPENED_META, **own}
