"""What the benchmarks share, and the report of their figures."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from athena_fhir_load import baselines as measured
from athena_fhir_load.measure import NOW, Figures
from athena_fhir_load.records import FOLDER, written
from mock_athena.app import MockAthena, create_app
from mock_athena.environments import PRODUCTION
from mock_athena.population import population
from mock_athena.settings import Settings
from mock_athena.store import ResourceStore
from mock_athena.store.files import open_temporary

_FIGURES = pytest.StashKey[Figures]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where the record of the run is written."""
    parser.addoption("--records", default=str(FOLDER), help="folder for the figures of this run as JSON")


def pytest_configure(config: pytest.Config) -> None:
    """Make room for the figures."""
    config.stash[_FIGURES] = Figures()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Show the figures, and keep them."""
    figures = config.stash[_FIGURES]
    _add_rounds(figures, config)
    if not figures.found:
        return
    terminalreporter.section("figures")
    for name, microseconds in figures.baselines.items():
        terminalreporter.write_line(f"{'baseline: ' + name:<52} {microseconds:>9,.2f} µs")
    terminalreporter.write_line("\n".join(figure.line for figure in figures.found))
    terminalreporter.write_line(f"\nrecord: {written(figures, Path(str(config.getoption('--records'))))}")


def _add_rounds(figures: Figures, config: pytest.Config) -> None:
    """What pytest-benchmark measured goes into the same record: the least of its rounds."""
    session: Any = getattr(config, "_benchmarksession", None)
    for found in getattr(session, "benchmarks", ()):
        if found and found.stats.data:
            figures.add(f"{Path(found.fullname).stem.split('.')[0]}: {found.name}", found.stats.min * 1e6, "µs")


@pytest.fixture(scope="session")
def figures(pytestconfig: pytest.Config, baselines: Mapping[str, float]) -> Figures:
    """Where a benchmark puts what it measured."""
    found = pytestconfig.stash[_FIGURES]
    found.baselines.update(baselines)
    return found


@pytest.fixture(scope="session")
def baselines(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, float]:
    """Microseconds of what figures are compared with."""
    return measured.baselines(tmp_path_factory.mktemp("baselines"))


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for populations."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def resources() -> list[dict[str, Any]]:
    """The default population."""
    default = Settings()
    return list(population(default.seed, PRODUCTION.practice, default.patients))


@pytest.fixture(scope="module")
def store(resources: list[dict[str, Any]]) -> Iterator[ResourceStore]:
    """A store that has it."""
    store = open_temporary()
    store.load(resources, NOW * 1000)
    yield store
    store.close()


@pytest.fixture(scope="session")
def app(cache: Path) -> Iterator[MockAthena]:
    """An emulator in this process, with the default data, on a clock that stands still."""
    app = create_app(Settings(clock="manual", cache_dir=str(cache)))
    yield app
    app.close()
