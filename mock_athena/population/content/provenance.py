"""Who wrote what: https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-provenance.html."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from mock_athena.fhir.resource import Resource
from mock_athena.population import ids
from mock_athena.population.chart import Chart, Reference, profiles
from mock_athena.population.codes import HL7, US_CORE, concept
from mock_athena.population.staff import practitioner, primary_care
from mock_athena.population.story import Visit

_PROFILE = profiles("us-core-provenance")
# A slot is the clinician's, not the patient's; a Provenance speaks of itself no more than of others of its kind; and
# the patient is named by each of them.
_UNNAMED = frozenset(("Provenance", "Slot", "Patient"))


def record(chart: Chart, visit: Visit, mark: int) -> None:
    """Add one Provenance for all that was recorded since ``mark``; it names the patient too, as it has no subject."""
    made = zip(chart.resources[mark:], chart.references[mark:], strict=True)
    _add(chart, made, practitioner(chart.person.practice, visit.provider))


def rest(chart: Chart) -> None:
    """Add one Provenance for what none names yet: the patient's own data, the problem list, history, plans."""
    named = {
        target["reference"]
        for made in chart.resources
        if made["resourceType"] == "Provenance"
        for target in made["target"]
    }
    made = zip(chart.resources, chart.references, strict=True)
    left = [(each, reference) for each, reference in made if reference["reference"] not in named]
    _add(chart, left, primary_care(chart.person))


def _add(chart: Chart, made: Iterable[tuple[Resource, Reference]], author: Reference) -> None:
    named = [(each, reference) for each, reference in made if each["resourceType"] not in _UNNAMED]
    if not named:
        return
    # Instants of one form sort as text.
    recorded = max([each["meta"]["lastUpdated"] for each, _ in named])
    body = {
        "target": [*(reference for _, reference in named), chart.subject],
        "recorded": recorded,
        "agent": [_author(chart.person.practice, author["reference"]), _transmitter(chart.person.practice)],
    }
    meta = {"versionId": "1", "lastUpdated": recorded, "profile": _PROFILE}
    chart.place("Provenance", chart.new_id("provenance"), meta, body)


@cache
def _author(practice: int, who: str) -> dict[str, Any]:
    return {
        "type": concept(HL7 + "provenance-participant-type", "author"),
        "who": {"reference": who},
        "onBehalfOf": {"reference": f"Organization/{ids.practice_id(practice)}"},
    }


@cache
def _transmitter(practice: int) -> dict[str, Any]:
    return {
        "type": concept(US_CORE + "us-core-provenance-participant-type", "transmitter"),
        "who": {"reference": f"Organization/{ids.practice_id(practice)}"},
    }
