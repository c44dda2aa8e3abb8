"""The shape of the real API: what it leaves out, puts inline, dates oddly and keeps though it was entered in error.

The differences are those that were seen on the wire; each has a row in ``docs/fidelity.md``. The people, their
conditions, values and days are those of the mission shape.
"""

from base64 import b64encode
from collections.abc import Callable
from random import Random
from typing import Any

from mock_athena.fhir.placeholders import FHIR_BASE
from mock_athena.fhir.resource import Resource
from mock_athena.garbage import without_collection
from mock_athena.population.codes import HL7
from mock_athena.population.shapes import eastern

OWNER_ID = "a-1.Org-ATHENA"
"""The Organization that keeps every document."""

IN_ERROR_SHARE = 0.18
UNPUBLISHED_SHARE = 0.35

_DATA_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
_BINARY_URL = f"{FHIR_BASE}/Binary/"
_SAYS_PROFILE = frozenset(("CarePlan", "CareTeam", "Condition", "Device", "Encounter", "Goal", "Procedure"))
_LOCAL_UPDATE = frozenset(("Patient", "Immunization", "Condition", "Goal"))
_SECURITY = [{"system": HL7 + "v3-Confidentiality", "code": "N", "display": "normal"}]
_NOT_APPLICABLE = {
    "dischargeDisposition": {
        "coding": [{"system": HL7 + "data-absent-reason", "code": "not-applicable"}],
        "text": "Not applicable",
    }
}
# Numbers that the mission shape does not use within a patient's block.
_ERROR_NUMBERS = 50_000


@without_collection()
def render(resources: list[Resource], random: Random) -> list[Resource]:
    """The resources of one patient, or of the practice, as the real API sends them.

    Observations that were entered in error come beside the right ones; notes hold their text themselves.
    """
    texts = {made["id"]: made for made in resources if made["resourceType"] == "Binary" and "data" in made}
    rendered: list[Resource] = []
    for made in resources:
        if made["resourceType"] == "DocumentReference":
            rendered.append(_document(_dated(made), random, texts))
        else:
            rendered += _rendered(made, random)
    return rendered


def _rendered(made: Resource, random: Random) -> list[Resource]:
    write = _WRITERS.get(made["resourceType"])
    copy = _dated(made)
    if write:
        write(copy, random)
    if made["resourceType"] == "Observation" and random.random() < IN_ERROR_SHARE / (1 - IN_ERROR_SHARE):
        return [copy, _in_error(copy)]
    if made["resourceType"] == "Group":
        return [copy, _owner(made)]
    return [copy]


def _dated(made: Resource) -> Resource:
    """A copy with the ``meta`` of the real API: no version, a profile on some types only."""
    type, updated = made["resourceType"], made["meta"]["lastUpdated"]
    meta = {"lastUpdated": _updated(type, updated)}
    if "profile" in made["meta"] and type in _SAYS_PROFILE:
        meta["profile"] = made["meta"]["profile"]
    return {**made, "meta": meta}


def _updated(type: str, instant: str) -> str:
    if type == "Encounter":
        return eastern.midnight(instant)
    return eastern.local(instant) if type in _LOCAL_UPDATE else instant


def _in_error(observation: Resource) -> Resource:
    kind, _, number = observation["id"].rpartition("-")
    id = f"{kind}-{int(number) + _ERROR_NUMBERS}"
    wrong = {**observation, "id": id, "status": "entered-in-error"}
    wrong["identifier"] = [{**each, "value": id} for each in observation.get("identifier", [])]
    wrong.pop("hasMember", None)
    return wrong


def _owner(group: Resource) -> Resource:
    organization = {"resourceType": "Organization", "id": OWNER_ID, "meta": group["meta"]}
    return {**organization, "active": True, "name": "Example document archive"}


def _patient(made: Resource, random: Random) -> None:  # noqa: ARG001 - the type of a writer
    made["meta"] = {**made["meta"], "security": _SECURITY}


def _encounter(made: Resource, random: Random) -> None:  # noqa: ARG001
    for name in ("diagnosis", "appointment", "statusHistory", "classHistory", "length", "priority"):
        made.pop(name, None)
    made.setdefault("hospitalization", _NOT_APPLICABLE)


def _care_plan(made: Resource, random: Random) -> None:  # noqa: ARG001
    for name in ("activity", "description", "period", "created", "author", "contributor", "encounter"):
        made.pop(name, None)


def _condition(made: Resource, random: Random) -> None:
    if "encounter" in made:
        # Without a status there is no end either: the invariant con-4.
        made.pop("clinicalStatus", None)
        made.pop("abatementDateTime", None)
    if "recordedDate" in made and random.random() < 0.5:
        made["recordedDate"] = eastern.local(made["recordedDate"])


def _report(made: Resource, random: Random) -> None:
    """The day alone; the text of the report inside it, or nothing."""
    conclusion = made.pop("conclusion", "")
    made.pop("conclusionCode", None)
    if "effectiveDateTime" in made:
        made["effectiveDateTime"] = eastern.day_of(made["effectiveDateTime"])
    if made.pop("presentedForm", None) and conclusion and random.random() < 0.5:
        made["presentedForm"] = [{"contentType": "text/plain", "data": b64encode(conclusion.encode()).decode()}]
    if random.random() < 0.5:
        made.pop("encounter", None)


def _observation(made: Resource, random: Random) -> None:  # noqa: ARG001
    is_result = made["category"][0]["coding"][0]["code"] == "laboratory"
    effective = made.get("effectiveDateTime", "")
    made |= (
        {"effectiveDateTime": eastern.day_of(effective) if is_result else eastern.local(effective)} if effective else {}
    )
    if "referenceRange" in made:
        made["referenceRange"] = [{"text": each["text"]} for each in made["referenceRange"] if "text" in each]
    if is_result and "valueQuantity" in made:
        made["valueQuantity"] = {name: made["valueQuantity"][name] for name in ("value", "unit")}
    for name in ("issued", "encounter", "performer"):
        made.pop(name, None)


def _immunization(made: Resource, random: Random) -> None:  # noqa: ARG001
    made["isSubpotent"] = False
    if "occurrenceDateTime" in made:
        made["occurrenceDateTime"] = made["occurrenceDateTime"][:10]


def _document(made: Resource, random: Random, texts: dict[str, Resource]) -> Resource:
    """The note itself where the patient may read it in the portal, a sign that it is absent where not."""
    named = (_binary_of(each["attachment"]) for each in made["content"])
    found = next((texts[id] for id in named if id in texts), None)
    published = random.random() >= UNPUBLISHED_SHARE
    custodian = {"reference": f"Organization/{OWNER_ID}"}
    attachment = _inline(found) if found and published else _absent()
    return {**made, "custodian": custodian, "content": [{"attachment": attachment}]}


def _binary_of(attachment: dict[str, Any]) -> str:
    return str(attachment.get("url", "")).removeprefix(_BINARY_URL)


def _inline(binary: Resource) -> dict[str, Any]:
    return {"contentType": binary["contentType"], "data": binary["data"]}


def _absent() -> dict[str, Any]:
    unknown = {"extension": [{"url": _DATA_ABSENT, "valueCode": "unknown"}]}
    return {"contentType": "application/octet-stream", "_data": unknown}


_WRITERS: dict[str, Callable[[Resource, Random], None]] = {
    "Patient": _patient,
    "Encounter": _encounter,
    "CarePlan": _care_plan,
    "Condition": _condition,
    "DiagnosticReport": _report,
    "Observation": _observation,
    "Immunization": _immunization,
}
