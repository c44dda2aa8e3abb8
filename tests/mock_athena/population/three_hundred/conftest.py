"""300 patients of one practice in blocks of 25, so that the workers of a test run share them."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pytest

from mock_athena.population import patient, practice_resources

SEED, PRACTICE, PATIENTS, SIZE = 1, 500001, 300, 25

Resource = dict[str, Any]


@lru_cache(maxsize=2)
def made(first: int) -> tuple[tuple[Resource, ...], ...]:
    return tuple(tuple(patient(SEED, PRACTICE, n)) for n in range(first, first + SIZE))


@pytest.fixture(params=range(1, PATIENTS, SIZE), ids="patients from {}".format)
def records(request: pytest.FixtureRequest) -> tuple[tuple[Resource, ...], ...]:
    """The resources of 25 patients, each patient's by itself, the Patient first."""
    return made(request.param)


@pytest.fixture(scope="session")
def practice() -> list[Resource]:
    return practice_resources(SEED, PRACTICE, PATIENTS)


@pytest.fixture
def block(records: tuple[tuple[Resource, ...], ...]) -> Iterator[list[Resource]]:
    return iter([list(record) for record in records])
