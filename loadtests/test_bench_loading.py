"""What it takes to make a population, to load it and to keep it: resources a second of one core, bytes of a database.

All figures of one run are of the same resources, so their proportions hold on a machine that is busy with other things.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest

from athena_fhir_load.measure import Figures, cpu_microseconds
from mock_athena.environments import PRODUCTION
from mock_athena.garbage import without_collection
from mock_athena.population.recipe import Recipe
from mock_athena.store import ResourceStore, files
from mock_athena.store.loading import load_files

PATIENTS = 40
ROUNDS = 3
RECIPE = Recipe(1, PRODUCTION.practice, PATIENTS)


@pytest.fixture(scope="module")
def resources() -> list[dict[str, Any]]:
    """The population as the generator gives it, whose resources share parts."""
    return list(RECIPE.resources())


@pytest.fixture(scope="module")
def lines(resources: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as NDJSON."""
    path = tmp_path_factory.mktemp("loading") / "population.ndjson"
    path.write_bytes(b"".join(orjson.dumps(resource) + b"\n" for resource in resources))
    return path


def measured(
    figures: Figures, what: str, run: Callable[[], object], many: int, between: Callable[[], object] | None = None
) -> None:
    took = cpu_microseconds(run, many, rounds=ROUNDS, between=between)
    figures.add(f"{what}, a second of one core", 1_000_000 / took, "resources", f"{took:.1f} µs each")


def absent(path: Path) -> Callable[[], object]:
    """Removes a file: what is measured is to write one, not to give up the space of another."""
    return partial(path.unlink, missing_ok=True)


def holds(path: Path, many: int) -> bool:
    store = ResourceStore.open(path)
    found: int = store._database.connection().execute("SELECT count(*) FROM version").fetchone()[0]
    store.close()
    return found == many


def test_generate(figures: Figures, resources: list[dict[str, Any]]) -> None:
    sizes: list[int] = []

    @without_collection()  # as `mock-athena generate` does
    def made() -> None:
        sizes.append(sum(len(orjson.dumps(resource)) for resource in RECIPE.resources()))

    measured(figures, "generate, to bytes", made, len(resources))
    assert len(set(sizes)) == 1


def test_load_from_the_generator(figures: Figures, resources: list[dict[str, Any]], tmp_path: Path) -> None:
    path = tmp_path / "made.sqlite"
    measured(figures, "load, as generated", partial(files.build, path, resources, 0), len(resources), absent(path))
    assert holds(path, len(resources))


def test_load_from_ndjson(figures: Figures, resources: list[dict[str, Any]], lines: Path, tmp_path: Path) -> None:
    path = tmp_path / "made.sqlite"
    measured(figures, "load, from NDJSON", partial(load_files, path, [str(lines)], 0), len(resources), absent(path))
    assert holds(path, len(resources))
    bodies = lines.stat().st_size - len(resources)
    figures.add("database, bytes for each of a body", path.stat().st_size / bodies, "x")
