"""Flaws of real-world data, each a small function; ``--dirty 0.1`` gives one to a tenth of the resources.

Everything stays valid R4 that a server may send; it is what a careful client must be ready for. ``docs/population.md``
has one row for each flaw, held by a test.
"""

from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

from mock_athena.fhir.resource import Resource
from mock_athena.population.codes import HL7
from mock_athena.population.shapes import eastern

Mend = Callable[[Resource], Resource | None]


class Flaw(NamedTuple):
    """One kind of flaw.

    Attributes:
        name: as in the documentation.
        types: of the resources that can have it.
        make: a copy with the flaw; None where this resource cannot have it.
    """

    name: str
    types: frozenset[str]
    make: Mend


def render(resources: list[Resource], random: Random, share: float) -> list[Resource]:
    """The resources, about ``share`` of them (0 to 1) with one flaw each."""
    return [_soiled(made, random) if random.random() < share else made for made in resources]


def _soiled(made: Resource, random: Random) -> Resource:
    """``made`` with the first possible flaw of a shuffled list; itself where there is none."""
    possible = [flaw for flaw in FLAWS if made["resourceType"] in flaw.types]
    random.shuffle(possible)
    flawed = (flaw.make(made) for flaw in possible)
    return next((each for each in flawed if each), made)


def _entered_in_error(made: Resource) -> Resource:
    return {**made, "status": "entered-in-error"}


def _refuted(made: Resource) -> Resource:
    status = {"coding": [{"system": HL7 + _VERIFICATION[made["resourceType"]], "code": "entered-in-error"}]}
    kept = {name: value for name, value in made.items() if name not in ("clinicalStatus", "abatementDateTime")}
    return {**kept, "verificationStatus": status}


_VERIFICATION = {"Condition": "condition-ver-status", "AllergyIntolerance": "allergyintolerance-verification"}


def _value_missing(made: Resource) -> Resource | None:
    if "valueQuantity" not in made:
        return None
    kept = {name: value for name, value in made.items() if name not in ("valueQuantity", "interpretation")}
    return {**kept, "dataAbsentReason": {"coding": [{"system": HL7 + "data-absent-reason", "code": "unknown"}]}}


def _code_as_text(made: Resource) -> Resource | None:
    return {**made, "code": {"text": made["code"]["text"]}} if made.get("code", {}).get("text") else None


def _unit_as_text(made: Resource) -> Resource | None:
    value = made.get("valueQuantity")
    return {**made, "valueQuantity": {"value": value["value"], "unit": value["unit"]}} if value else None


def _value_as_text(made: Resource) -> Resource | None:
    value = made.get("valueQuantity")
    if not value:
        return None
    kept = {name: part for name, part in made.items() if name != "valueQuantity"}
    return {**kept, "valueString": f"{value['value']} {value['unit']}"}


def _day_only(made: Resource) -> Resource | None:
    return _redated(made, lambda text: text[:10])


def _month_only(made: Resource) -> Resource | None:
    return _redated(made, lambda text: text[:7])


def _local_offset(made: Resource) -> Resource | None:
    return _redated(made, eastern.local)


_DATES = ("effectiveDateTime", "recordedDate", "onsetDateTime", "performedDateTime", "occurrenceDateTime", "authoredOn")


def _redated(made: Resource, write: Callable[[str], str]) -> Resource | None:
    changed = {name: write(made[name]) for name in _DATES if isinstance(made.get(name), str)}
    return {**made, **changed} if any(made[name] != text for name, text in changed.items()) else None


def _shouted(made: Resource) -> Resource | None:
    names = made.get("name")
    return {**made, "name": [_upper(name) for name in names]} if isinstance(names, list) else None


def _upper(name: dict[str, Any]) -> dict[str, Any]:
    changed: dict[str, Any] = {"family": name["family"].upper()} if "family" in name else {}
    if "given" in name:
        changed["given"] = [f" {given.upper()} " for given in name["given"]]
    return {**name, **changed, **({"text": name["text"].upper()} if "text" in name else {})}


def _unreachable(made: Resource) -> Resource | None:
    return {name: value for name, value in made.items() if name != "telecom"} if "telecom" in made else None


def _named_only(made: Resource) -> Resource | None:
    """Who did it, by name and without a reference."""
    for name in ("requester", "recorder", "asserter"):
        if name in made:
            return {**made, name: {"display": made[name].get("display", "Unknown clinician")}}
    return None


def _odd_characters(made: Resource) -> Resource | None:
    """Tabs, line ends and entities inside a text: a client that splits lines or unescapes twice breaks on them."""
    text = made.get("description")
    return (
        {**made, "description": f"{text}\r\n\t&amp; see \u201cattached\u201d\u00a0note"}
        if isinstance(text, str)
        else None
    )


def _of(*types: str) -> frozenset[str]:
    return frozenset(types)


FLAWS = (
    Flaw(
        "entered in error",
        _of("Observation", "DiagnosticReport", "Immunization", "Procedure", "DocumentReference"),
        _entered_in_error,
    ),
    Flaw("condition entered in error", _of("Condition", "AllergyIntolerance"), _refuted),
    Flaw("value missing", _of("Observation"), _value_missing),
    Flaw("code as text only", _of("Observation", "Condition", "Procedure", "AllergyIntolerance"), _code_as_text),
    Flaw("unit as text only", _of("Observation"), _unit_as_text),
    Flaw("value as text", _of("Observation"), _value_as_text),
    Flaw(
        "day without time", _of("Observation", "Condition", "MedicationRequest", "Immunization", "Procedure"), _day_only
    ),
    Flaw("month without day", _of("Condition", "Immunization", "Procedure"), _month_only),
    Flaw("local offset", _of("Observation", "Condition", "MedicationRequest", "Procedure"), _local_offset),
    Flaw("name in capitals and spaces", _of("Patient", "RelatedPerson"), _shouted),
    Flaw("no telecom", _of("Patient", "RelatedPerson", "Practitioner"), _unreachable),
    Flaw("clinician by name only", _of("MedicationRequest", "Condition", "AllergyIntolerance"), _named_only),
    Flaw("odd characters in text", _of("Appointment", "CarePlan", "DocumentReference"), _odd_characters),
)
