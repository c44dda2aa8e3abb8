"""Stories of 150 people, told once."""

from datetime import date

import pytest

from mock_athena.population import life, person
from mock_athena.population.story import Story

AS_OF = date(2026, 11, 1)


@pytest.fixture(scope="session")
def stories() -> list[Story]:
    return [life.tell(person.draw(3, 500001, n, AS_OF)) for n in range(1, 151)]
