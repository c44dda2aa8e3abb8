"""Who wrote what: https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-provenance.html."""

from datetime import timedelta

from mock_athena.population import ids, moments
from mock_athena.population.chart import Chart
from mock_athena.population.codes import HL7, concept
from mock_athena.population.staff import primary_care
from mock_athena.population.timeline import Visit


def record(chart: Chart, visit: Visit, mark: int) -> None:
    """Add one Provenance for all that was recorded since ``mark``; it names the patient too, as it has no subject."""
    recorded = visit.end + timedelta(minutes=30)
    author = {
        "type": concept(HL7 + "provenance-participant-type", "author"),
        "who": primary_care(chart.person),
        "onBehalfOf": {"reference": f"Organization/{ids.practice_id(chart.person.practice)}"},
    }
    body = {
        "target": [*chart.since(mark), chart.subject],
        "recorded": moments.instant(recorded),
        "agent": [author],
    }
    chart.add("Provenance", chart.new_id("provenance"), recorded, body, "us-core-provenance")
