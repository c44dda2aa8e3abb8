"""The chart of one patient while it is written: it numbers ids, gives each resource what all carry, knows who is where.

Every resource has ``meta`` with version 1 and the instant of its last update, and (but for Binary, which has no
extensions) the extensions by which athena names its practice: https://hl7.org/fhir/R4/resource.html#Meta.
"""

from collections import defaultdict
from datetime import datetime
from functools import cache
from typing import Any

from mock_athena.fhir.resource import Resource
from mock_athena.population import ids, moments
from mock_athena.population.story import Story

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
# A Binary has no extensions; a Patient names its practice in its own way.
_PLAIN = frozenset(("Binary", "Patient"))
_SYSTEMS = {type: _SID + type.lower() for type in _IDENTIFIED}


@cache
def profiles(*names: str) -> list[str]:
    """``meta.profile`` of the US Core profiles with these last parts of their URLs, or of any by its whole URL.

    Shared: do not change it.
    """
    return [name if "://" in name else US_CORE + name for name in names]


def meta(moment: datetime, *names: str) -> dict[str, Any]:
    """The ``meta`` of a first version, of resources that satisfy the US Core profiles ``names``."""
    made: dict[str, Any] = {"versionId": "1", "lastUpdated": moments.instant(moment)}
    if names:
        made["profile"] = profiles(*names)
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


@cache
def extensions(practice: int) -> list[dict[str, Any]]:
    """Both, as every resource of a patient carries them. Shared: do not change it."""
    return [practice_extension(practice), sharing_extension(practice)]


def identifier(type: str, id: str) -> list[dict[str, str]] | None:
    """The business identifier that a type of resource shows, None for the types that show none."""
    if type in _SYSTEMS:
        return [{"system": _SYSTEMS[type], "value": id}]
    return [{"value": id}] if type in _VALUE_ONLY else None


class Chart:
    """Collects the resources of one patient in the order in which they are added.

    Attributes:
        story: what is written. resources: what has been. references: to those, in the same order.
        subject: the reference to the Patient, shared by all.
        problems: number of a problem → reference to its Condition.
        encounters: order of a visit → reference to its Encounter.
        prescriptions: number of a prescription → reference to its MedicationRequest.
        courses: key of a drug → reference to its latest MedicationRequest.
    """

    def __init__(self, story: Story) -> None:
        self.story = story
        self.person = story.person
        self.resources: list[Resource] = []
        self.references: list[Reference] = []
        self.subject: Reference = {"reference": f"Patient/{story.person.id}"}
        self.problems: dict[int, Reference] = {}
        self.encounters: dict[int, Reference] = {}
        self.prescriptions: dict[int, Reference] = {}
        self.courses: dict[str, Reference] = {}
        self._numbers: defaultdict[str, int] = defaultdict(lambda: story.person.n * ids.BLOCK)
        self._prefix = f"a-{story.person.practice}."
        self._extension = extensions(story.person.practice)

    def number(self, kind: str) -> int:
        """The next number of a kind of id, within this patient's block."""
        self._numbers[kind] += 1
        return self._numbers[kind]

    def new_id(self, kind: str) -> str:
        """The next id of a kind, such as ``a-500001.encounter-100001``."""
        self._numbers[kind] += 1  # as number() does, without the call: there is one for nearly every resource
        return f"{self._prefix}{kind}-{self._numbers[kind]}"

    def add(self, type: str, id: str, moment: datetime, body: Resource, *names: str) -> Reference:
        """Add a resource, last updated at ``moment``, and answer a reference to it.

        Args:
            body: the elements of the type, without those that all resources share; not used afterwards.
            names: the last parts of the US Core profile URLs that the resource satisfies.
        """
        return self.place(type, id, meta(moment, *names), body)

    def place(self, type: str, id: str, meta: dict[str, Any], body: Resource) -> Reference:
        """The same with a ``meta`` that resources of one moment may share: it must not be changed afterwards."""
        resource: Resource = {"resourceType": type, "id": id, "meta": meta}
        if type not in _PLAIN:
            resource["extension"] = self._extension
        if system := _SYSTEMS.get(type):
            resource["identifier"] = [{"system": system, "value": id}]
        elif type in _VALUE_ONLY:
            resource["identifier"] = [{"value": id}]
        resource |= body
        self.resources.append(resource)
        reference = {"reference": f"{type}/{id}"}
        self.references.append(reference)
        return reference

    def since(self, mark: int) -> list[Reference]:
        """References to what was added after the first ``mark`` resources."""
        return self.references[mark:]
