"""One small practice, and searching it the way a request does."""

from collections.abc import Iterator
from typing import Any

import pytest

from mock_athena.fhir.instants import parse
from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.profiles import MISSION
from mock_athena.search import Circumstances, Page, SearchQuery, parse_search, run_search
from mock_athena.store import Resource, ResourceStore
from mock_athena.store.confinement import EVERYTHING, Part, Reach
from tests.stores import new_store

BASE = "http://127.0.0.1:8080/fhir/r4"
NOW = parse("2024-06-01T12:00:00Z").low
LOADED = NOW * 1000


@pytest.fixture
def store() -> Iterator[ResourceStore]:
    """An empty store."""
    store = new_store()
    yield store
    store.close()


def query(text: str, *, strict: bool = True, patient: str | None = None) -> SearchQuery:
    """A query from text such as ``Observation?code=1&date=2024``, in which nothing is percent-encoded."""
    type, _, rest = text.partition("?")
    pairs = [(name, value) for name, _, value in (pair.partition("=") for pair in rest.split("&") if pair)]
    return parse_search(RESOURCE_TYPES[type], pairs, circumstances(strict=strict, patient=patient))


def circumstances(*, strict: bool = True, patient: str | None = None) -> Circumstances:
    reach = Reach((Part("", "*", "cruds", (patient,)),)) if patient else EVERYTHING
    return Circumstances(BASE.__eq__, NOW, MISSION.known_id, strict, reach)


def run(store: ResourceStore, text: str, **options: Any) -> Page:
    return run_search(query(text, **options), store, circumstances(**options), with_total=True)


def found(store: ResourceStore, text: str, **options: Any) -> list[str]:
    """Ids of all matches on the first page, in order of id."""
    page = run(store, text, **options)
    assert page.next is None
    assert page.total == len(page.rows)
    return sorted(row.id for row in page.rows)


def pages(store: ResourceStore, text: str, count: int, **options: Any) -> Iterator[Page]:
    """Every page, following ``next``."""
    text += f"{'&' if '?' in text else '?'}_count={count}"
    page = run(store, text, **options)
    yield page
    seen: set[str] = set()
    while page.next:
        assert page.next not in seen, "the pages go round in a circle"
        seen.add(page.next)
        page = run(store, f"{text}&cursor={page.next}", **options)
        yield page


def resource(type: str, id: str, **content: Any) -> Resource:
    return {"resourceType": type, "id": id, **content}


def observation(id: str, of: str = "p", **content: Any) -> Resource:
    return resource("Observation", id, status="final", subject={"reference": f"Patient/{of}"}) | content


def concept(*codings: tuple[str, str]) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code} if system else {"code": code} for system, code in codings]}
