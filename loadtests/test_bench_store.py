"""What the store takes to load, read, search and stream the default population."""

from itertools import cycle
from typing import Any

from pytest_benchmark.fixture import BenchmarkFixture

from athena_fhir_load.baselines import SQLITE
from athena_fhir_load.measure import NOW, ROUNDS, Figures, cpu_microseconds
from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.profiles import MISSION
from mock_athena.search import Circumstances, parse_search, run_search
from mock_athena.store import ResourceStore
from mock_athena.store.criteria import Selection
from mock_athena.store.files import open_temporary

PATIENT = "a-500001.E-1"


def test_load(figures: Figures, resources: list[dict[str, Any]]) -> None:
    made: list[ResourceStore] = []
    loaded: list[int] = []
    many = len(resources)
    took = cpu_microseconds(
        lambda: loaded.append(made[-1].load(resources, NOW * 1000)),
        calls=many,
        rounds=3,
        between=lambda: made.append(open_temporary()),
    )
    for store in made:
        store.close()
    assert loaded == [many] * 3
    figures.add("store: load and index, by resource", took, "µs", by=SQLITE)


def test_read(benchmark: BenchmarkFixture, store: ResourceStore, resources: list[dict[str, Any]]) -> None:
    names = cycle((resource["resourceType"], resource["id"]) for resource in resources)

    def read() -> bool:
        found = store.snapshot().read(*next(names))
        return found is not None and not found.deleted

    assert benchmark(read) is True


def test_search_by_patient_category_and_date(benchmark: BenchmarkFixture, store: ResourceStore) -> None:
    pairs = [("patient", PATIENT), ("category", "vital-signs"), ("date", "ge2010-01-01"), ("_count", "20")]
    kind = RESOURCE_TYPES["Observation"]

    circumstances = Circumstances("http://127.0.0.1:8080/fhir/r4".__eq__, NOW, MISSION.known_id, strict=True)

    def search() -> int:
        query = parse_search(kind, pairs, circumstances)
        return len(run_search(query, store, circumstances, with_total=True).rows)

    assert benchmark(search) == 20


def test_stream(figures: Figures, store: ResourceStore, resources: list[dict[str, Any]]) -> None:
    many = sum(resource["resourceType"] == "Observation" for resource in resources)
    snapshot, streamed = store.snapshot(), []
    took = cpu_microseconds(
        lambda: streamed.append(sum(1 for _ in snapshot.bodies(Selection("Observation")))), calls=many
    )
    assert streamed == [many] * ROUNDS
    figures.add("store: stream stored bodies, by resource", took, "µs", by=SQLITE)
