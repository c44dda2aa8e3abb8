"""The parts of an answer, each by itself: search shapes, a page, its Bundle, a line of NDJSON, a PDF, a cursor.

CPU time, the least of several rounds; what reads the database is compared with a row of raw SQLite.
"""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from athena_fhir_load.baselines import COPY, DUMPS, SQLITE
from athena_fhir_load.forgetting import forget_totals
from athena_fhir_load.measure import NOW, Figures, cpu_microseconds
from mock_athena.documents.rendering import rendered
from mock_athena.documents.sources import Sources
from mock_athena.fhir.bundle import entries, searchset
from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.profiles import MISSION
from mock_athena.search import Circumstances, cursor, parse_search, run_search
from mock_athena.store import ResourceStore
from mock_athena.store.criteria import Position, Selection

PATIENT = "a-500001.E-1"
BASE = "http://127.0.0.1:8080/fhir/r4"
CALLS = 200

SHAPES: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "one id": ("Patient", [("_id", PATIENT)]),
    "name": ("Patient", [("name", "a"), ("_count", "10")]),
    "patient": ("Observation", [("patient", PATIENT), ("_count", "20")]),
    "patient, category, date": (
        "Observation",
        [("patient", PATIENT), ("category", "vital-signs"), ("date", "ge2010-01-01"), ("_count", "20")],
    ),
    "patient, 100 to a page": ("Observation", [("patient", PATIENT), ("_count", "100")]),
    "included": ("Encounter", [("patient", PATIENT), ("_include", "Encounter:participant"), ("_count", "20")]),
    "chained": ("Observation", [("patient.name", "a"), ("_count", "20")]),
}


@pytest.fixture(scope="module")
def circumstances() -> Circumstances:
    return Circumstances(BASE.__eq__, NOW, MISSION.known_id, strict=True)


def microseconds(run: Callable[[], object], calls: int = CALLS) -> float:
    def many() -> None:
        for _ in range(calls):
            run()

    return cpu_microseconds(many, calls)


@pytest.mark.parametrize("shape", SHAPES)
def test_search(figures: Figures, store: ResourceStore, circumstances: Circumstances, shape: str) -> None:
    type, pairs = SHAPES[shape]
    hits: list[int] = []

    def search() -> None:
        forget_totals(store)
        query = parse_search(RESOURCE_TYPES[type], pairs, circumstances)
        hits.append(len(run_search(query, store, circumstances, with_total=True).rows))

    took = microseconds(search)
    assert hits[0] > 0
    figures.add(f"search: {shape}, {hits[0]} hits", took, "µs", by=SQLITE)


def test_a_later_page(figures: Figures, store: ResourceStore, circumstances: Circumstances) -> None:
    """The page that a cursor leads to; its total is known of the first."""
    pairs = SHAPES["patient"][1]
    kind = RESOURCE_TYPES["Observation"]
    first = run_search(parse_search(kind, pairs, circumstances), store, circumstances, with_total=True)
    assert first.next
    later = [*pairs, ("cursor", first.next)]

    def page() -> int:
        query = parse_search(kind, later, circumstances)
        return len(run_search(query, store, circumstances, with_total=True).rows)

    assert page() == 20
    figures.add("page: the second, by its cursor, 20 hits", microseconds(page), "µs", by=SQLITE)


def test_a_cursor(figures: Figures) -> None:
    place, used = Position(NOW, 17), [("patient", PATIENT), ("_count", "20")]

    def there_and_back() -> tuple[int, Position]:
        return cursor.decode(cursor.encode(4, place, "Observation", used), "Observation", used)

    assert there_and_back() == (4, place)
    figures.add("cursor: written and read again", microseconds(there_and_back), "µs", by=DUMPS)


def test_a_bundle_is_joined(figures: Figures, store: ResourceStore) -> None:
    rows = [body for body, _ in zip(store.snapshot().bodies(Selection("Observation")), range(20), strict=False)]
    found = [("Observation", f"id-{number}", body) for number, body in enumerate(rows)]

    def join() -> bytes:
        return searchset(entries(BASE, found), [("self", BASE)], 20, "2026-01-01T00:00:00.000Z")

    bundle = join()
    assert len(orjson.loads(bundle)["entry"]) == 20
    took = microseconds(join)
    figures.add(f"bundle: 20 entries joined, {len(bundle):,} bytes", took, "µs", by=DUMPS)


def test_a_line_of_ndjson(figures: Figures, store: ResourceStore) -> None:
    snapshot = store.snapshot()
    sizes = [len(body) for body in snapshot.bodies(Selection("Observation"))]
    took = cpu_microseconds(
        lambda: sum(len(body) + 1 for body in snapshot.bodies(Selection("Observation"))), len(sizes)
    )
    figures.add("ndjson: one line read", took, "µs", f"{sum(sizes) / len(sizes):,.0f} bytes each", by=SQLITE)
    per_megabyte = took * len(sizes) / (sum(sizes) / 1e6)
    figures.add("ndjson: a megabyte read", per_megabyte, "µs", by=COPY)


def test_a_pdf(figures: Figures, resources: list[dict[str, Any]]) -> None:
    report = next(each for each in resources if each["resourceType"] == "DiagnosticReport" and each.get("result"))
    by_name = {(each["resourceType"], each["id"]): each for each in resources}
    sources = Sources(lambda *name: by_name.get(name), _nothing, _nothing, "500001")
    content = rendered(report, "pdf", sources)
    assert content
    assert content.startswith(b"%PDF")
    took = microseconds(lambda: rendered(report, "pdf", sources), 5)
    figures.add(f"pdf: a report, {len(content):,} bytes", took / 1000, "ms")


def _nothing(_type: str, _id: str) -> list[dict[str, Any]]:
    return []
