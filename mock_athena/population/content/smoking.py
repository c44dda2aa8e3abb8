"""Smoking status: https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-smokingstatus.html."""

from datetime import timedelta

from mock_athena.population.chart import Chart, Reference
from mock_athena.population.codes import LOINC, SNOMED, concept
from mock_athena.population.content import observations
from mock_athena.population.health import Health
from mock_athena.population.timeline import Visit

ASKED_FROM = 13


def record(chart: Chart, visit: Visit, encounter: Reference, health: Health) -> None:
    """Add the answer to the question at the latest visit, from the age at which it is asked."""
    asked = visit.start + timedelta(minutes=3)
    if not visit.last or chart.person.age_on(asked.date()) < ASKED_FROM:
        return
    result = {"valueCodeableConcept": concept(SNOMED, health.smoking)}
    id = chart.new_id("smokingStatus")
    code = concept(LOINC, "72166-2")
    observations.record(chart, id, "social-history", code, encounter, asked, result, "us-core-smokingstatus")
