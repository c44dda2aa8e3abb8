"""An emulator whose console somebody has open, alone: it may be moved, broken and reset."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mock_athena import Settings, create_app
from tests.mock_athena.web.conftest import MakeAthena
from tests.mock_athena.web.in_process import Athena
from tests.mock_athena.web.portal.visitor import Visitor


@pytest.fixture
def visitor(make_athena: MakeAthena) -> Visitor:
    """Somebody in front of a console without scripts; two patients, a clock that stands."""
    return Visitor(make_athena())


@pytest.fixture(scope="session")
def looked_at(population_cache: Path) -> Iterator[Athena]:
    """An emulator with all the patients of the golden population, whose data are looked at alone."""
    app = create_app(Settings(clock="manual", cache_dir=str(population_cache)))
    yield Athena(app)
    app.close()


@pytest.fixture
def reader(looked_at: Athena) -> Visitor:
    """Somebody in front of its console."""
    return Visitor(looked_at)
