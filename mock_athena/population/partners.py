"""Whom every practice works with: the reference laboratory, the pharmacy and those who pay.

They are the same in every practice, so they name none. Their NPIs are the last of all that could be made.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from mock_athena.fhir.resource import Resource
from mock_athena.population import ids, names
from mock_athena.population.chart import meta
from mock_athena.population.codes import HL7, bare, concept

OPENED = datetime(2019, 1, 7, 14, tzinfo=UTC)
"""When a practice put its own data on file."""
OPENED_META = meta(OPENED)

_NPI = "http://hl7.org/fhir/sid/us-npi"
# NPIs must differ within a practice: 2000 for each, of which the clinicians have the first 1900.
_NPIS_PER_PRACTICE, _PRACTICES = 2000, 50_000
_PARTNER_STEM = 99_999_990

_PARTNERS = (
    (ids.LABORATORY_ID, "Example Reference Laboratory", "prov", "1 Specimen Way", "800-555-0199"),
    (ids.PHARMACY_ID, "Example Community Pharmacy", "prov", "12 Mortar Street", "800-555-0198"),
    (ids.COMMERCIAL_PLAN_ID, "Example Health Plan", "pay", "70 Premium Plaza", "800-555-0197"),
    (ids.MEDICARE_ID, "Medicare Example Administrator", "pay", "65 Federal Avenue", "800-555-0196"),
    (ids.MEDICAID_ID, "State Medical Assistance Example", "pay", "3 Capitol Square", "800-555-0195"),
)


def profiled(*profiles: str) -> dict[str, Any]:
    """The ``meta`` of what a practice put on file when it opened."""
    return meta(OPENED, *profiles) if profiles else OPENED_META


def npi(practice: int, number: int) -> list[dict[str, Any]]:
    """The identifier of provider ``number`` of a practice: valid, and given to nobody."""
    return _npi(practice % _PRACTICES * _NPIS_PER_PRACTICE + number)


def _npi(stem: int) -> list[dict[str, Any]]:
    return [{"use": "official", "type": bare(HL7 + "v2-0203", "NPI"), "system": _NPI, "value": names.npi(stem)}]


def write() -> Iterator[Resource]:
    """An Organization for each."""
    for place, (id, name, kind, line, phone) in enumerate(_PARTNERS):
        yield {
            "resourceType": "Organization",
            "id": id,
            "meta": profiled("us-core-organization"),
            "identifier": _npi(_PARTNER_STEM + place),
            "active": True,
            "type": [concept(HL7 + "organization-type", kind)],
            "name": name,
            "telecom": [{"system": "phone", "value": phone, "use": "work"}],
            "address": [{"line": [line], "city": "Exampleton", "state": "MA", "postalCode": "02100", "country": "US"}],
        }
