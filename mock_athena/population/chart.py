"""The chart of one patient while it is written: numbers ids and gives each resource what all of them carry.

Every resource has ``meta`` with version 1 and the instant of its last update, and (but for Binary, which has no
extensions) the extensions by which athena names its practice: https://hl7.org/fhir/R4/resource.html#Meta.
"""

from collections import Counter
from datetime import datetime
from typing import Any

from mock_athena.fhir.resource import Resource
from mock_athena.population import ids, moments
from mock_athena.population.person import Person

Reference = dict[str, Any]

EXTENSIONS = "https://fhir.athena.io/StructureDefinition/"
US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/"

_SID = "https://fhir.athena.io/sid/ah-"
# The real API gives these an identifier system; the plan family has a value alone, the others none.
_IDENTIFIED = frozenset(
    (
        "Patient",
        "Encounter",
        "Observation",
        "DocumentReference",
        "Immunization",
        "Procedure",
        "MedicationRequest",
        "Medication",
    )
)
_VALUE_ONLY = frozenset(("CarePlan", "CareTeam", "Condition", "Goal"))


def meta(moment: datetime, profile: str | None = None) -> dict[str, Any]:
    """The ``meta`` of a first version; ``profile`` is the last part of a US Core profile URL."""
    made: dict[str, Any] = {"versionId": "1", "lastUpdated": moments.instant(moment)}
    if profile:
        made["profile"] = [US_CORE + profile]
    return made


def practice_extension(practice: int) -> dict[str, Any]:
    """The extension that names the practice."""
    return {
        "url": EXTENSIONS + "ah-practice",
        "valueReference": {"reference": f"Organization/{ids.practice_id(practice)}"},
    }


def sharing_extension(practice: int) -> dict[str, Any]:
    """The extension that names the chart sharing group."""
    group = ids.local_id(practice, "CSG", 1)
    return {
        "url": EXTENSIONS + "ah-chart-sharing-group",
        "valueReference": {"reference": f"Organization/{group}"},
    }


def identifier(type: str, id: str) -> list[dict[str, str]] | None:
    """The business identifier that a type of resource shows, None for the types that show none."""
    if type in _IDENTIFIED:
        return [{"system": _SID + type.lower(), "value": id}]
    return [{"value": id}] if type in _VALUE_ONLY else None


class Chart:
    """Collects the resources of one patient in the order in which they are added."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.resources: list[Resource] = []
        self.subject: Reference = {"reference": f"Patient/{person.id}"}
        self._numbers: Counter[str] = Counter()
        self._extension = [practice_extension(person.practice), sharing_extension(person.practice)]

    def number(self, kind: str) -> int:
        """The next number of a kind of id, within this patient's block."""
        self._numbers[kind] += 1
        return self.person.n * ids.BLOCK + self._numbers[kind]

    def new_id(self, kind: str) -> str:
        """The next id of a kind, such as ``a-500001.encounter-100001``."""
        return ids.local_id(self.person.practice, kind, self.number(kind))

    def add(self, type: str, id: str, moment: datetime, body: Resource, profile: str | None = None) -> Reference:
        """Add a resource, last updated at ``moment``, and answer a reference to it.

        Args:
            body: the elements of the type, without those that all resources share.
            profile: the last part of the US Core profile URL that the resource satisfies.
        """
        resource: Resource = {"resourceType": type, "id": id, "meta": meta(moment, profile)}
        if type not in ("Binary", "Patient"):
            resource["extension"] = self._extension
        if named := identifier(type, id):
            resource["identifier"] = named
        resource |= body
        self.resources.append(resource)
        return {"reference": f"{type}/{id}"}

    def since(self, mark: int) -> list[Reference]:
        """References to what was added after the first ``mark`` resources."""
        return [{"reference": f"{made['resourceType']}/{made['id']}"} for made in self.resources[mark:]]
