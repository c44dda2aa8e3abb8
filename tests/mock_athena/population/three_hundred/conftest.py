"""300 patients of one practice in blocks of 25, so that the workers of a test run share them."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

import pytest

from mock_athena.population import AS_OF, life, patient, person, practice_resources
from mock_athena.population.story import Story

SEED, PRACTICE, PATIENTS, SIZE = 1, 500001, 300, 25
AGED, OLD = 150, 60

Resource = dict[str, Any]


@lru_cache(maxsize=2)
def made(first: int) -> tuple[tuple[Resource, ...], ...]:
    return tuple(tuple(patient(SEED, PRACTICE, n)) for n in range(first, first + SIZE))


BLOCKS = range(1, PATIENTS, SIZE)
OFTEN = 100  # patients of every run; the long one has all


def in_blocks(often: int) -> list[Any]:
    return [pytest.param(first, marks=[pytest.mark.long] * (first > often)) for first in BLOCKS]


@pytest.fixture(scope="module", params=in_blocks(OFTEN), ids="patients from {}".format)
def records(request: pytest.FixtureRequest) -> tuple[tuple[Resource, ...], ...]:
    """The resources of 25 patients, each patient's by itself, the Patient first."""
    return made(request.param)


@pytest.fixture(scope="module", params=in_blocks(0), ids="patients from {}".format)
def read_slowly(request: pytest.FixtureRequest) -> tuple[tuple[Resource, ...], ...]:
    """The same for a test that takes seconds for a block; ``population/test_models.py`` has the first."""
    return made(request.param)


@pytest.fixture(scope="session")
def practice() -> list[Resource]:
    return practice_resources(SEED, PRACTICE, PATIENTS)


@pytest.fixture
def block(records: tuple[tuple[Resource, ...], ...]) -> Iterator[list[Resource]]:
    return iter([list(record) for record in records])


@lru_cache(maxsize=1)
def told() -> tuple[Story, ...]:
    return tuple(life.tell(person.draw(SEED, PRACTICE, n, AS_OF)) for n in range(1, PATIENTS + 1))


@pytest.fixture(scope="session")
def stories() -> tuple[Story, ...]:
    """What the resources of all of them are written from."""
    return told()


@lru_cache(maxsize=1)
def told_of_the_aged() -> tuple[Story, ...]:
    people = (person.draw(SEED, PRACTICE + 1, n, AS_OF) for n in range(26, 1000))
    return tuple(life.tell(one) for one in islice((one for one in people if one.age >= OLD), AGED))


@pytest.fixture(scope="session")
def aged() -> tuple[Story, ...]:
    """The lives of 150 people of sixty and more: what is rare among three hundred is common there."""
    return told_of_the_aged()
