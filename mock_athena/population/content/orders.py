"""What is ordered: https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-servicerequest.html."""

from datetime import datetime
from typing import Any, NamedTuple

from mock_athena.population import moments
from mock_athena.population.chart import Chart, Reference
from mock_athena.population.codes import ICD10CM, Concept, concept
from mock_athena.population.content import actors
from mock_athena.population.story import Visit


class Order(NamedTuple):
    """An order of a panel, a study or a service.

    Attributes:
        reason: number of the problem that it is for; 0 for the reason of the visit.
        status: of request-status. performer: who is to do it, None where that is open.
        due: when it is to be done; a period from the order to ``until`` where that is given.
    """

    code: Concept
    category: Concept
    ordered: datetime
    reason: int
    status: str
    performer: Reference | None
    due: datetime
    until: datetime | None = None
    concern: Concept | None = None


def add(chart: Chart, visit: Visit, encounter: Reference, order: Order) -> Reference:
    """Add the ServiceRequest."""
    body: dict[str, Any] = {
        "status": order.status,
        "intent": "order",
        "category": [order.category, order.concern] if order.concern else [order.category],
        "priority": "routine",
        "code": order.code,
        "subject": chart.subject,
        "encounter": encounter,
        **_due(order),
        "authoredOn": moments.date_time(order.ordered),
        "requester": actors.clinician(chart.person.practice, visit.provider),
        **because(chart, visit, order.reason),
    }
    if order.performer:
        body["performer"] = [order.performer]
    return chart.add("ServiceRequest", chart.new_id("ambulatoryorder"), order.ordered, body, "us-core-servicerequest")


def _due(order: Order) -> dict[str, Any]:
    if not order.until:
        return {"occurrenceDateTime": moments.date_time(order.due)}
    return {"occurrencePeriod": {"start": moments.date_time(order.due), "end": moments.date_time(order.until)}}


def because(chart: Chart, visit: Visit, problem: int) -> dict[str, Any]:
    """The problem that something is done for, else the reason of the visit."""
    if problem in chart.problems:
        return {"reasonReference": [chart.problems[problem]]}
    return {"reasonCode": [concept(ICD10CM, visit.reasons[0])]}
