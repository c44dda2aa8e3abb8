from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mock_athena.testing import Athena, intercept_athena
from tests.mock_athena.testing.ways import WAYS, Ask

Intercept = Callable[..., Any]


@pytest.fixture(params=WAYS, scope="session")
def ask(request: pytest.FixtureRequest) -> Ask:
    """One request by one of the libraries."""
    return WAYS[request.param]


@pytest.fixture(scope="session")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.getbasetemp().parent / "populations")


@pytest.fixture
def intercept(cache_dir: str) -> Intercept:
    """``intercept_athena`` with a population that all tests share."""
    return lambda **options: intercept_athena(**{"cache_dir": cache_dir} | options)


@pytest.fixture
def athena(intercept: Intercept) -> Iterator[Athena]:
    with intercept(clock="manual") as athena:
        yield athena
