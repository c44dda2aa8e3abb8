"""Relatives on file: https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-relatedperson.html."""

from mock_athena.population import names
from mock_athena.population.chart import Chart, Reference, profiles
from mock_athena.population.codes import HL7, concept
from mock_athena.population.content import household
from mock_athena.population.content.household import Household, Relative

_KIND = "RelatedPerson"
_PROFILE = profiles("us-core-relatedperson")
_LIVES_ELSEWHERE = (household.DAUGHTER, household.SON)


def record(chart: Chart) -> None:
    """Add the parents or the guardian of a child, the spouse or a grown child of an adult."""
    known = household.draw(chart.person)
    for relative in known.relatives:
        _add(chart, known, relative)


def references(chart: Chart) -> list[Reference]:
    """References to those added, in the order of ``Household.relatives``."""
    early = chart.resources[:8]
    return [{"reference": f"{_KIND}/{made['id']}"} for made in early if made["resourceType"] == _KIND]


def _add(chart: Chart, known: Household, relative: Relative) -> None:
    number = chart.person.n
    body = {
        "active": True,
        "patient": chart.subject,
        "relationship": [concept(HL7 + "v3-RoleCode", relative.relationship)],
        "name": [{"use": "official", "family": relative.family, "given": [relative.given]}],
        "telecom": [
            {"system": "phone", "value": relative.phone, "use": "mobile"},
            {"system": "email", "value": names.mail(relative.given, relative.family, number), "use": "home"},
        ],
        "gender": relative.gender,
        "birthDate": relative.born.isoformat(),
    }
    if relative.relationship not in _LIVES_ELSEWHERE:
        body["address"] = [household.address(known)]
    meta = chart.resources[0]["meta"]
    shared = {"versionId": "1", "lastUpdated": meta["lastUpdated"], "profile": _PROFILE}
    chart.place(_KIND, chart.new_id("relatedperson"), shared, body)
