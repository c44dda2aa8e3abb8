"""The Patient: https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-patient.html."""

from datetime import timedelta
from random import Random
from typing import Any

from mock_athena.population import ids, moments, names
from mock_athena.population.chart import US_CORE, Chart, sharing_extension
from mock_athena.population.codes import CDCREC, HL7, LANGUAGE, bare, coding, concept
from mock_athena.population.person import Person
from mock_athena.population.staff import primary_care

_RACES = ("2106-3", "2054-5", "2028-9", "1002-5", "2076-8")
_RACE_SHARES = (68, 16, 11, 3, 2)
_HISPANIC, _NOT_HISPANIC = "2135-2", "2186-5"


def record(chart: Chart) -> dict[str, Any]:
    """Add the Patient; answers the resource, whose name and birth date the notes repeat."""
    person = chart.person
    random = person.stream("demographics")
    name = {
        "use": "official",
        "family": names.family(random),
        "given": names.given(random, person.gender),
    }
    body = {
        "extension": [*_us_core_extensions(random, person), sharing_extension(person.practice)],
        "active": True,
        "name": [name],
        "telecom": _telecom(random, person, str(name["family"])),
        "gender": person.gender,
        "birthDate": person.born.isoformat(),
        "address": [{"use": "home", **names.address(random)}],
        **_family(random, person, str(name["family"])),
        "communication": [{"language": concept(LANGUAGE, "en"), "preferred": True}],
        "generalPractitioner": [primary_care(person)],
        "managingOrganization": {"reference": f"Organization/{ids.practice_id(person.practice)}"},
    }
    registered = max(person.born, person.as_of - timedelta(days=900)) + timedelta(days=1)
    chart.add("Patient", person.id, moments.at(registered, 15 * 60), body, "us-core-patient")
    return chart.resources[-1]


def _telecom(random: Random, person: Person, family: str) -> list[dict[str, str]]:
    phone = {"system": "phone", "value": names.phone(random), "use": "mobile"}
    if person.is_child:
        return [phone]
    mail = f"{family}.{person.n}@example.com".lower().replace(" ", "")
    return [phone, {"system": "email", "value": mail}]


def _family(random: Random, person: Person, family: str) -> dict[str, Any]:
    if person.is_child:
        parent = {"family": family, "given": names.given(random, "female")[:1]}
        return {
            "contact": [
                {
                    "relationship": [bare(HL7 + "v2-0131", "N")],
                    "name": parent,
                    "telecom": [{"system": "phone", "value": names.phone(random)}],
                }
            ]
        }
    shares = (45, 40, 13, 2) if person.age < 60 else (60, 10, 14, 16)
    status = random.choices("MSDW", shares)[0]
    return {"maritalStatus": concept(HL7 + "v3-MaritalStatus", status)}


def _us_core_extensions(random: Random, person: Person) -> list[dict[str, Any]]:
    race = random.choices(_RACES, _RACE_SHARES)[0]
    ethnicity = _HISPANIC if random.random() < 0.18 else _NOT_HISPANIC
    return [
        _category("us-core-race", race),
        _category("us-core-ethnicity", ethnicity),
        {"url": US_CORE + "us-core-birthsex", "valueCode": person.gender[0].upper()},
    ]


def _category(name: str, code: str) -> dict[str, Any]:
    found = coding(CDCREC, code)
    return {
        "url": US_CORE + name,
        "extension": [
            {"url": "ombCategory", "valueCoding": found},
            {"url": "text", "valueString": found["display"]},
        ],
    }
