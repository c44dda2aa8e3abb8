"""What it costs that nodes share PostgreSQL instead of having a file each: both in one run, in proportion.

What a decision of Valkey costs is measured by ``test_bench_valkey.py``.

CPU time is measured, of the node and of PostgreSQL: on a machine that does other things as well, the time that
passes tells of those.
"""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from werkzeug.test import Client

from athena_fhir_load.measure import Figures, cpu_microseconds
from mock_athena.app import MockAthena, create_app
from mock_athena.settings import Settings
from mock_athena.store.criteria import Selection
from mock_athena.store.postgres.database import Connection
from tests.postgres_server import PostgresServer

PATIENT = "/fhir/r4/Patient/a-500001.E-1"
SEARCH = "/fhir/r4/Observation?patient=a-500001.E-1&category=vital-signs&_count=20&date=ge1970-02-"
CALLS = 100
ROUNDS = 3

Call = Callable[[], Any]


class Two(NamedTuple):
    """The same emulator twice: over a file of its own, and as a node."""

    alone: MockAthena
    node: MockAthena

    @property
    def stores(self) -> list[Any]:
        """Production's data of each."""
        return [app.world.environments["production"].store for app in self]


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    started = PostgresServer()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def two(cache: Path, server: PostgresServer) -> Iterator[Two]:
    common: dict[str, Any] = {"cache_dir": str(cache), "limits": "off"}
    alone = create_app(Settings(**common))
    node = create_app(Settings(**common, db=server.database(), counters="memory"))
    yield Two(alone, node)
    alone.close()
    node.close()


def asking(app: MockAthena, path: Callable[[], str]) -> Call:
    """Asks with a token."""
    client = Client(app)
    form = {"grant_type": "client_credentials", "client_id": "mock-client", "client_secret": "mock-secret"}
    told = client.post("/oauth2/v1/token", data={**form, "scope": "system/*.*"}).get_json()
    headers = {"Authorization": f"Bearer {told['access_token']}"}

    def ask() -> None:
        answer = client.get(path(), headers=headers)
        assert answer.status_code == 200, answer.text

    return ask


def compared(figures: Figures, server: PostgresServer, name: str, two: list[Call], calls: int = CALLS) -> None:
    """CPU time of one call: over a file; then of the node, of PostgreSQL."""

    def repeated(call: Call) -> Call:
        return lambda: [call() for _ in range(calls)]

    for call in two:
        [call() for _ in range(10)]  # statements are prepared, connections opened
    alone = cpu_microseconds(repeated(two[0]), calls, ROUNDS)
    before = server.cpu_seconds()
    node = cpu_microseconds(repeated(two[1]), calls, ROUNDS)
    postgres = (server.cpu_seconds() - before) * 1e6 / calls / ROUNDS
    figures.add(f"nodes: {name}, over a file", alone, "µs", "CPU")
    figures.add(f"nodes: {name}, a node", node, "µs", f"{node / alone:.1f} x; PostgreSQL {postgres:.0f}")


def searches(first: int = 0) -> Callable[[], str]:
    """Searches that find the same, none of which was asked before."""
    numbers = count(first)

    def path() -> str:
        day, minute = divmod(next(numbers), 1440)
        return f"{SEARCH}{day + 1:02}T{minute // 60:02}:{minute % 60:02}:00Z"

    return path


def test_requests(figures: Figures, server: PostgresServer, two: Two) -> None:
    compared(figures, server, "request, a read kept in memory", [asking(app, lambda: PATIENT) for app in two])
    compared(figures, server, "request, a search", [asking(app, searches()) for app in two])


def test_commits(figures: Figures, server: PostgresServer, two: Two) -> None:
    numbers = count()

    def put(store: Any) -> Call:
        return lambda: store.put({"resourceType": "Patient", "id": f"bench-{next(numbers)}"}, 0)

    compared(figures, server, "store, a commit", [put(store) for store in two.stores], 40)


def test_a_file(figures: Figures, server: PostgresServer, two: Two) -> None:
    def streamed(store: Any) -> int:
        snapshot = store.snapshot()
        return sum(len(snapshot.lines(block)) for block in snapshot.blocks(Selection("Observation")))

    sizes = {streamed(store) for store in two.stores}
    assert len(sizes) == 1
    name = f"store, an export file of {sizes.pop() / 1e6:.1f} MB"
    compared(figures, server, name, [partial(streamed, store) for store in two.stores], 3)


def test_round_trips(figures: Figures, two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    """How often a request asks the database: what a network adds, times this."""
    asked: list[str] = []
    execute = Connection.execute

    def counted(self: Connection, text: str, *values: Any) -> Any:
        asked.append(text)
        return execute(self, text, *values)

    monkeypatch.setattr(Connection, "execute", counted)
    for name, path in (("a read kept in memory", lambda: PATIENT), ("a search", searches(10_000))):
        ask = asking(two.node, path)
        ask()
        asked.clear()
        ask()
        figures.add(f"nodes: statements of {name}", len(asked), "")
