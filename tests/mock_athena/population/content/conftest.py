"""A visit to fill, and what the content modules write of it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from mock_athena.population.chart import Chart
from mock_athena.population.content import (
    allergies,
    immunizations,
    laboratory,
    medications,
    notes,
    procedures,
    referrals,
    screenings,
    social,
    studies,
    vitals,
)
from mock_athena.population.person import Person
from mock_athena.population.story import FOLLOW_UP, Allergy, Diagnosis, Problem, Story, Visit

Resource = dict[str, Any]
Write = Callable[..., list[Resource]]

START = datetime(2026, 3, 10, 15, tzinfo=UTC)
PERSON = Person(1, 500001, 3, date(2026, 11, 1), "female", date(1971, 3, 14))
DIABETES = Problem(1, "type-2-diabetes", "E11.9", "44054006", date(2019, 5, 2), date(2019, 5, 20))


@pytest.fixture
def start() -> datetime:
    """When the visit begins."""
    return START


@pytest.fixture
def visit() -> Visit:
    """A follow-up of a woman of 54 at which nothing was done yet."""
    return Visit(
        order=1,
        kind=FOLLOW_UP,
        start=START,
        end=START + timedelta(minutes=30),
        provider=2,
        reasons=("E11.9",),
        diagnoses=(Diagnosis("E11.9", "44054006", 1, 1),),
        vitals=None,
        summary=("Feels well & sleeps <8 hours.",),
        plan=("Come back in four months.",),
    )


@pytest.fixture
def write() -> Write:
    """Writes visits, with the allergies, of a person: all resources but the Patient."""

    def written(*visits: Visit, person: Person = PERSON, known: tuple[Allergy, ...] = ()) -> list[Resource]:
        chart = Chart(Story(person, (DIABETES,), known, visits, (), (), (), ()))
        name = [{"given": ["Ann"], "family": "Example"}]
        chart.resources.append({"resourceType": "Patient", "id": person.id, "name": name})
        chart.problems[1] = {"reference": "Condition/a-500001.Problem-300001"}
        allergies.record(chart)
        medications.reported(chart)
        for each in visits:
            _visit(chart, each)
        return chart.resources[1:]

    return written


def _visit(chart: Chart, visit: Visit) -> None:
    kind = "stay" if visit.is_stay else "encounter"
    encounter = {"reference": f"Encounter/a-500001.{kind}-{300000 + visit.order}"}
    for module in (vitals, social, screenings, laboratory, studies, medications, immunizations):
        module.record(chart, visit, encounter)
    procedures.record(chart, visit, encounter, [{"reference": "Condition/a-500001.EncounterDx-300001"}])
    referrals.record(chart, visit, encounter)
    notes.record(chart, visit, encounter)


@pytest.fixture
def only() -> Callable[[list[Resource], str], list[Resource]]:
    """The resources of a type."""
    return lambda made, named: [each for each in made if each["resourceType"] == named]
