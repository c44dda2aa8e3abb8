"""Referrals: services that others are asked for, within the next months.

https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-servicerequest.html
"""

from datetime import timedelta

from mock_athena.population.chart import Chart, Reference
from mock_athena.population.codes import SNOMED, US_CORE, concept
from mock_athena.population.content import orders
from mock_athena.population.story import Referral, Visit

_OPEN_FOR = timedelta(days=90)


def record(chart: Chart, visit: Visit, encounter: Reference) -> None:
    """Add the referrals of a visit."""
    for referral in visit.referrals:
        orders.add(chart, visit, encounter, _order(chart, referral))


def _order(chart: Chart, referral: Referral) -> orders.Order:
    until = referral.ordered + _OPEN_FOR
    return orders.Order(
        concept(SNOMED, referral.code),
        concept(SNOMED, referral.category),
        referral.ordered,
        referral.problem,
        "completed" if until.date() < chart.person.as_of else "active",
        None,
        referral.ordered,
        until,
        concept(US_CORE + "us-core-category", "sdoh") if _is_concern(chart, referral.problem) else None,
    )


def _is_concern(chart: Chart, number: int) -> bool:
    return any(problem.number == number and problem.concern for problem in chart.story.problems)
