"""Allergies: https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-allergyintolerance.html."""

from datetime import date, timedelta
from random import Random
from typing import Any

from mock_athena.population import moments
from mock_athena.population.chart import Chart
from mock_athena.population.codes import HL7, RXNORM, SNOMED, bare, concept
from mock_athena.population.health import FOODS, LATEX, Health

_NONE_KNOWN = "716186003"
_MANIFESTATIONS = ("247472004", "271807003")


def record(chart: Chart, health: Health, first_seen: date) -> None:
    """Add each allergy as recorded when the person was first seen; where there is none, that this is known."""
    random = chart.person.stream("allergy-reactions")
    for substance in health.allergies:
        _add(chart, first_seen, _allergy(random, chart, substance, first_seen))
    if not health.allergies:
        _add(chart, first_seen, {"code": concept(SNOMED, _NONE_KNOWN)})


def _add(chart: Chart, day: date, body: dict[str, Any]) -> None:
    recorded = moments.at(day, 22 * 60)
    whole = {
        "clinicalStatus": bare(HL7 + "allergyintolerance-clinical", "active"),
        "verificationStatus": bare(HL7 + "allergyintolerance-verification", "confirmed"),
        **body,
        "patient": chart.subject,
        "recordedDate": moments.date_time(recorded),
    }
    chart.add("AllergyIntolerance", chart.new_id("pa"), recorded, whole, "us-core-allergyintolerance")


def _allergy(random: Random, chart: Chart, substance: str, first_seen: date) -> dict[str, Any]:
    severe = random.random() < 0.15
    lived = (first_seen - chart.person.born).days
    onset = chart.person.born + timedelta(days=random.randint(lived // 4, lived))
    return {
        "type": "allergy",
        "category": [_category(substance)],
        "criticality": "high" if severe else "low",
        "code": concept(SNOMED if substance in FOODS else RXNORM, substance),
        "onsetDateTime": onset.isoformat(),
        "reaction": [
            {
                "manifestation": [concept(SNOMED, random.choice(_MANIFESTATIONS))],
                "severity": "severe" if severe else random.choice(("mild", "moderate")),
            }
        ],
    }


def _category(substance: str) -> str:
    if substance in FOODS:
        return "food"
    return "environment" if substance == LATEX else "medication"
