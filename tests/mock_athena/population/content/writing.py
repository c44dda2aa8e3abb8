"""Writes a story with the modules that are tested here alone: who the person is, visits, appointments and plans."""

from typing import Any

from mock_athena.population.chart import Chart
from mock_athena.population.content import (
    appointments,
    care,
    conditions,
    coverage,
    demographics,
    encounters,
    provenance,
    related,
)
from mock_athena.population.story import Story

Resource = dict[str, Any]


def write(story: Story) -> list[Resource]:
    """The resources, in the order of the record."""
    chart = Chart(story)
    demographics.record(chart)
    related.record(chart)
    coverage.record(chart)
    conditions.problem_list(chart)
    for visit in story.visits:
        mark = len(chart.resources)
        appointment = appointments.kept(chart, visit)
        encounter = encounters.reserve(chart, visit)
        found = conditions.diagnoses(chart, visit, encounter)
        encounters.record(chart, visit, found, appointment)
        provenance.record(chart, visit, mark)
    care.record(chart)
    appointments.planned(chart)
    provenance.rest(chart)
    return chart.resources


def of(type: str, made: list[Resource]) -> list[Resource]:
    """Those of a type."""
    return [each for each in made if each["resourceType"] == type]


def code(concept: Resource) -> str:
    """The first code of a concept."""
    found: str = concept["coding"][0]["code"]
    return found
