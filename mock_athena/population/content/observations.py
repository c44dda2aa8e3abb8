"""What every Observation of a visit has in common: https://hl7.org/fhir/R4/observation.html."""

from datetime import datetime
from typing import Any

from mock_athena.population import moments
from mock_athena.population.chart import Chart, Reference
from mock_athena.population.codes import HL7, Concept, concept


def record(
    chart: Chart,
    id: str,
    category: str,
    code: Concept,
    encounter: Reference,
    taken: datetime,
    result: dict[str, Any],
    profile: str,
    issued: datetime | None = None,
) -> Reference:
    """Add a final Observation.

    Args:
        category: of observation-category.
        taken: when it was measured, or the specimen collected.
        result: ``valueQuantity``, ``component`` and what else says the result.
        issued: when the result was released; ``taken`` where nothing is given.
    """
    released = issued or taken
    body = {
        "status": "final",
        "category": [concept(HL7 + "observation-category", category)],
        "code": code,
        "subject": chart.subject,
        "encounter": encounter,
        "effectiveDateTime": moments.date_time(taken),
        "issued": moments.instant(released),
        **result,
    }
    return chart.add("Observation", id, released, body, profile)
