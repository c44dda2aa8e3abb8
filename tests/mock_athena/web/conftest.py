"""Emulators in this process, each with two patients in each environment, on a clock that stands still."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from mock_athena import Settings, create_app
from tests.mock_athena.web.in_process import Athena
from tests.stores import over_postgres, poured

MakeAthena = Callable[..., Athena]


@pytest.fixture(scope="session")
def population_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.getbasetemp().parent / "populations"


@pytest.fixture(scope="session")
def clinic(population_cache: Path) -> Iterator[Athena]:
    """An emulator with all the patients of the golden population. Tests share it: they move no clock, reset nothing."""
    app = create_app(Settings(clock="manual", cache_dir=str(population_cache)))
    yield Athena(app)
    app.close()


@pytest.fixture
def make_athena(population_cache: Path) -> Iterator[MakeAthena]:
    """Makes an emulator with other settings; its data are in PostgreSQL where that is tested."""
    with ExitStack() as opened:
        if over_postgres():
            opened.enter_context(poured())

        def make(**changes: Any) -> Athena:
            settings = {"clock": "manual", "patients": 2, "cache_dir": str(population_cache), **changes}
            app = create_app(Settings(**settings))
            opened.callback(app.close)
            return Athena(app)

        yield make


@pytest.fixture
def athena(make_athena: MakeAthena) -> Athena:
    return make_athena()
