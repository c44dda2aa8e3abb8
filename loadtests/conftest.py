"""What the benchmarks share, and the report of their figures."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from athena_fhir_load.measure import Figures
from mock_athena.app import MockAthena, create_app
from mock_athena.settings import Settings

_FIGURES = pytest.StashKey[Figures]()


def pytest_configure(config: pytest.Config) -> None:
    """Make room for the figures."""
    config.stash[_FIGURES] = Figures()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Show the figures."""
    if config.stash[_FIGURES].lines:
        terminalreporter.section("figures")
        terminalreporter.write_line("\n".join(config.stash[_FIGURES].lines))


@pytest.fixture(scope="session")
def figures(pytestconfig: pytest.Config) -> Figures:
    """Where a benchmark puts what it measured."""
    return pytestconfig.stash[_FIGURES]


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for populations."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def app(cache: Path) -> Iterator[MockAthena]:
    """An emulator in this process, with the default data, on a clock that stands still."""
    app = create_app(Settings(clock="manual", cache_dir=str(cache)))
    yield app
    app.close()
