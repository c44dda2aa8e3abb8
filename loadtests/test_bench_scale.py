"""What a search in the store costs as the store grows: 10,000 resources, 200,000, and more if asked for.

``BENCH_RESOURCES=10000,1000000 make bench ARGS='-k bench_scale'``; a million takes two minutes to be made. Patients of
the whole store take turns. What is measured is the time that passes for one search, with its total and 20 rows; to read
its parameters is not part of it. Before each turn the store forgets what it kept, so that every total is counted; what
is "asked again" follows right away, and its total is known as that of a second page is.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

import pytest

from athena_fhir_load.forgetting import forget_totals
from athena_fhir_load.measure import NOW, Figures
from mock_athena.environments import PRODUCTION
from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.population.recipe import Recipe
from mock_athena.profiles import MISSION
from mock_athena.search import Circumstances, parse_search, run_search
from mock_athena.search.query import SearchQuery
from mock_athena.store import ResourceStore, files
from mock_athena.store.criteria import Selection

SIZES = tuple(int(size) for size in os.environ.get("BENCH_RESOURCES", "10000,200000").split(","))
PER_PATIENT = 250
ASKED_FOR = 50  # patients
TURNS = 8
SHAPES = {
    "patient": {},
    "patient, category, date": {"category": "vital-signs", "date": "ge2010-01-01"},
    "patient, code": {"code": "http://loinc.org|8867-4"},
}
CIRCUMSTANCES = Circumstances("http://127.0.0.1:8080/fhir/r4".__eq__, NOW, MISSION.known_id, strict=True)


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, ResourceStore]]:
    """Number of resources, about → a store of so many."""
    made = {}
    for size in SIZES:
        path: Path = tmp_path_factory.mktemp("scale") / f"{size}.sqlite"
        files.build(path, Recipe(1, PRODUCTION.practice, size // PER_PATIENT).resources(), NOW * 1000)
        made[size] = ResourceStore.open(path)
    yield made
    for store in made.values():
        store.close()


@pytest.mark.parametrize("shape", SHAPES)
def test_a_search_while_the_store_grows(stores: dict[int, ResourceStore], figures: Figures, shape: str) -> None:
    took: dict[int, list[Took]] = {size: [] for size in stores}
    for _ in range(TURNS):
        for size, store in stores.items():
            forget_totals(store)
            took[size] += _searches(store, shape)
    for at, which in enumerate(("", ", asked again")):
        p50 = {size: median(each[at] for each in took[size]) for size in SIZES}
        for size in SIZES:
            more = f"p50; {p50[size] / p50[SIZES[0]]:.2f} x that of {SIZES[0]:,}"
            figures.add(f"store: {shape}, of {size:,}{which}", p50[size], "µs", more)


class Took(NamedTuple):
    """Microseconds of a search, and of the same search once more."""

    first: float
    again: float


def _searches(store: ResourceStore, shape: str) -> list[Took]:
    """What each search took, for patients from the whole store."""
    rows = store.snapshot().page(Selection("Patient"), 100_000)
    patients = [row.id for row in rows[:: max(1, len(rows) // ASKED_FOR)]]
    took = []
    for patient in patients:
        pairs = [("patient", patient), *SHAPES[shape].items(), ("_count", "20")]
        query = parse_search(RESOURCE_TYPES["Observation"], pairs, CIRCUMSTANCES)
        took.append(Took(_microseconds(store, query), _microseconds(store, query)))
    return took


def _microseconds(store: ResourceStore, query: SearchQuery) -> float:
    began = time.perf_counter_ns()
    run_search(query, store, CIRCUMSTANCES, with_total=True)
    return (time.perf_counter_ns() - began) / 1000
