"""A clinic with its first patients, and somebody in front of a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mock_athena import Settings, create_app
from tests.mock_athena.web.conftest import MakeAthena
from tests.mock_athena.web.in_process import Athena
from tests.mock_athena.web.portal.visitor import Visitor


@pytest.fixture(scope="session")
def clinic(population_cache: Path) -> Iterator[Athena]:
    """An emulator with all the patients of the golden population. Tests share it: they move no clock, reset nothing."""
    app = create_app(Settings(clock="manual", cache_dir=str(population_cache)))
    yield Athena(app)
    app.close()


@pytest.fixture
def visitor(clinic: Athena) -> Visitor:
    """Somebody who was not here before."""
    return Visitor(clinic)


@pytest.fixture
def alone(make_athena: MakeAthena) -> Visitor:
    """The only visitor of an emulator with two patients, who may move its clock and reset it."""
    return Visitor(make_athena())
