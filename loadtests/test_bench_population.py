"""What it takes to make a population, in each shape, and that its memory does not grow with the number of patients."""

import tracemalloc

import orjson
import pytest

from athena_fhir_load.measure import Figures, cpu_microseconds
from mock_athena.environments import PRODUCTION
from mock_athena.garbage import without_collection
from mock_athena.population.recipe import Recipe

PATIENTS = 40
ROUNDS = 3
FEW, MANY = 20, 200
# Caches of names and codes fill up to their bounds; a population that was kept would take ten times as much.
MOST_GROWTH = 2

SHAPES = {
    "mission": Recipe(1, PRODUCTION.practice, PATIENTS),
    "athena": Recipe(1, PRODUCTION.practice, PATIENTS, shape="athena"),
    "mission, a tenth dirty": Recipe(1, PRODUCTION.practice, PATIENTS, dirty=0.1),
}


@without_collection()  # as `mock-athena generate` does
def streamed(recipe: Recipe) -> list[int]:
    """Makes everything and keeps nothing; how many resources, and how many bytes."""
    many = size = 0
    for n in range(1, recipe.patients + 1):
        for made in recipe.of_patient(n):
            many += 1
            size += len(orjson.dumps(made))
    return [many, size]


def peak(patients: int) -> int:
    """The most bytes that Python held at once while so many patients were streamed."""
    tracemalloc.start()
    try:
        streamed(Recipe(1, PRODUCTION.practice, patients))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("shape", SHAPES)
def test_generate_to_bytes(figures: Figures, shape: str) -> None:
    recipe = SHAPES[shape]
    many, size = streamed(recipe)
    took = cpu_microseconds(lambda: streamed(recipe), many, rounds=ROUNDS)
    figures.add(
        f"generate to bytes, {shape}: a second of one core", 1_000_000 / took, "resources", f"{took:.1f} µs each"
    )
    figures.add(f"generate, {shape}: of each patient", many / PATIENTS, "resources", f"{size / many:,.0f} bytes each")


def test_a_fixed_piece_of_work(figures: Figures) -> None:
    """What this machine does at this moment, to judge the other figures by."""
    patient = SHAPES["mission"].of_patient(1)[0]

    def work() -> None:
        for number in range(1000):
            orjson.dumps(patient)
            sum(range(number % 100))

    figures.add("reference: one resource written, a hundred numbers", cpu_microseconds(work, 1000), "µs")


def test_memory_does_not_grow_with_the_patients(figures: Figures) -> None:
    peak(1)  # tables are read once
    few, many = peak(FEW), peak(MANY)
    figures.add(f"generate: most memory, {FEW} patients", few / 1e6, "MB")
    figures.add(f"generate: most memory, {MANY:,} patients", many / 1e6, "MB")
    assert many < few * MOST_GROWTH
