"""What it costs that nodes share PostgreSQL instead of having a file each: both in one run, in proportion."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count, cycle
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from werkzeug.test import Client

from athena_fhir_load.measure import Figures, real_microseconds
from mock_athena.app import MockAthena, create_app
from mock_athena.settings import Settings
from mock_athena.store.criteria import Selection
from tests.postgres_server import PostgresServer
from tests.valkey_server import ValkeyServer

PATIENT = "/fhir/r4/Patient/a-500001.E-1"
SEARCH = "/fhir/r4/Observation?patient=a-500001.E-1&category=vital-signs&date=ge2010-01-01&_count="
CALLS = 60


class Two(NamedTuple):
    """The same emulator twice: over a file of its own, and as a node."""

    alone: MockAthena
    node: MockAthena


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    server = PostgresServer()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def two(cache: Path, postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    valkey = ValkeyServer(tmp_path_factory.mktemp("valkey"))
    valkey.start()
    common: dict[str, Any] = {"cache_dir": str(cache), "limits": "athena-prod"}
    alone = create_app(Settings(**common))
    node = create_app(Settings(**common, db=postgres.database(), counters=valkey.url))
    yield Two(alone, node)
    alone.close()
    node.close()
    valkey.kill()


def asks(app: MockAthena) -> Callable[[str], int]:
    """Asks for a path with a token, and answers the status."""
    client = Client(app)
    form = {"grant_type": "client_credentials", "client_id": "mock-client", "client_secret": "mock-secret"}
    told = client.post("/oauth2/v1/token", data={**form, "scope": "system/*.*"}).get_json()
    headers = {"Authorization": f"Bearer {told['access_token']}"}
    return lambda path: client.get(path, headers=headers).status_code


def compared(figures: Figures, name: str, two: tuple[Callable[[], Any], Callable[[], Any]], calls: int = CALLS) -> None:
    """The median of each in turn, and their ratio."""
    alone, node = (real_microseconds(partial(repeated, call, calls), calls) for call in two)
    figures.add(f"nodes: {name}, a file", alone, "µs")
    figures.add(f"nodes: {name}, PostgreSQL", node, "µs", f"{node / alone:.1f} x the file")


def repeated(call: Callable[[], Any], calls: int) -> None:
    for _ in range(calls):
        call()


def stores(two: Two) -> Any:
    return (app.world.environments["production"].store for app in two)


def test_reads_and_searches(figures: Figures, two: Two, postgres: PostgresServer) -> None:
    """With what a request costs besides: token, counters, journal."""
    for name, path in (("a read that is kept in memory", PATIENT), ("a search", SEARCH)):
        numbers = count(1)
        ask = [asks(app) for app in two]
        assert [one(path + ("5" if path is SEARCH else "")) for one in ask] == [200, 200]
        urls = (lambda path=path: f"{path}{next(numbers) % 200 + 1}") if path is SEARCH else (lambda path=path: path)
        compared(figures, f"request, {name}", (lambda: ask[0](urls()), lambda: ask[1](urls())))


def test_the_store_alone(figures: Figures, two: Two) -> None:
    alone, node = stores(two)
    ids = cycle(alone.snapshot().ids(Selection("Observation")))
    found = [lambda store=store: store.snapshot()._read("Observation", next(ids)) for store in (alone, node)]
    assert all(read() for read in found)
    compared(figures, "store, a snapshot and a read of the database", (found[0], found[1]))
    compared(figures, "store, a snapshot", (alone.snapshot, node.snapshot))


def test_writes(figures: Figures, two: Two) -> None:
    numbers = count(1)

    def put(store: Any) -> Callable[[], Any]:
        return lambda: store.put({"resourceType": "Patient", "id": f"bench-{next(numbers)}"}, 0)

    alone, node = stores(two)
    compared(figures, "store, a commit", (put(alone), put(node)), 20)


def test_an_export_file(figures: Figures, two: Two) -> None:
    def streamed(store: Any) -> int:
        snapshot = store.snapshot()
        return sum(len(snapshot.lines(block)) for block in snapshot.blocks(Selection("Observation")))

    alone, node = stores(two)
    assert streamed(alone) == streamed(node) > 1_000_000
    compared(figures, "store, a file of Observations", (lambda: streamed(alone), lambda: streamed(node)), 1)


def test_round_trips(figures: Figures, two: Two) -> None:
    state = two.node.world.state
    compared(figures, "state, whether anything changed", (two.alone.world.state.generation, state.generation))
