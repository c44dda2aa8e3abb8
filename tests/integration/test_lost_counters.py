"""A real Valkey server is killed under load and started again: what was declared happens, and counting goes on."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from mock_athena import Settings, create_app
from mock_athena.clock import ManualClock
from mock_athena.errors import ConfigurationError
from tests.conftest import StartEmulator
from tests.emulator import PATIENT, Emulator
from tests.valkey_server import ValkeyServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ValkeyServer]:
    server = ValkeyServer(tmp_path)
    server.start()
    yield server
    server.kill()


def ask(emulator: Emulator, bearer: str) -> requests.Response:
    return requests.get(f"{emulator.base}/Patient/{PATIENT}", headers={"Authorization": bearer}, timeout=30)


def under_load(emulator: Emulator, bearer: str, interrupt: Callable[[], None]) -> list[int]:
    """Statuses that four threads see who ask without a pause while something happens."""
    statuses: list[int] = []
    enough = threading.Event()

    def keep_asking() -> None:
        while not enough.is_set():
            statuses.append(ask(emulator, bearer).status_code)

    threads = [threading.Thread(target=keep_asking) for _ in range(4)]
    for thread in threads:
        thread.start()
    while len(statuses) < 40:
        threading.Event().wait(0.01)
    interrupt()
    seen = len(statuses)
    while len(statuses) < seen + 60:
        threading.Event().wait(0.01)
    enough.set()
    for thread in threads:
        thread.join()
    return statuses


@pytest.mark.parametrize(("fail", "status"), [("closed", 503), ("open", 200)])
def test_a_killed_server_means_what_was_declared(
    start_emulator: StartEmulator, server: ValkeyServer, fail: str, status: int
) -> None:
    emulator = start_emulator("--counters", server.url, "--fail", fail)
    bearer = emulator.register().bearer()
    statuses = under_load(emulator, bearer, server.kill)
    assert set(statuses) <= {200, 429, status}
    assert statuses[:40].count(200) >= 16 or 429 not in statuses[:40]
    lost = ask(emulator, bearer)
    assert lost.status_code == status
    assert lost.headers["X-Mock-Counters"] == "lost"
    assert "X-RateLimit-Remaining" not in lost.headers
    if status == 503:
        assert lost.headers["Retry-After"] == "1"
        assert "--fail closed" in lost.text
    health = requests.get(f"{emulator.origin}/_mock/health", timeout=30)
    assert (health.status_code, health.json()["status"]) == (status, "ok" if fail == "open" else "unavailable")
    assert emulator.control("GET", "limits")["callers"] == []
    assert requests.get(f"{emulator.base}/metadata", timeout=30).status_code == 200

    server.start()
    again = [ask(emulator, bearer) for _ in range(30)]
    assert [answer.status_code for answer in again[:16]] == [200] * 16
    assert 429 in {answer.status_code for answer in again[16:]}
    numbers = [int(answer.headers["X-Mock-Decided-At"].partition("seq=")[2]) for answer in (lost, *again)]
    assert numbers == sorted(set(numbers)), "numbering goes on"


def test_two_emulators_share_one_quota(start_emulator: StartEmulator, server: ValkeyServer) -> None:
    pair = [start_emulator("--counters", server.url) for _ in range(2)]
    bearer = pair[0].control("GET", "health") and pair[0].register(client_id="shared").bearer()
    statuses = [ask(pair[number % 2], bearer).status_code for number in range(24)]
    assert statuses[:16] == [200] * 16
    assert 429 in statuses[16:]
    callers = [emulator.control("GET", "limits")["callers"] for emulator in pair]
    assert (
        [caller["client_id"] for caller in callers[0]] == [caller["client_id"] for caller in callers[1]] == ["shared"]
    )


def test_two_emulators_share_one_quota_through_a_file(tmp_path: Path, tmp_path_factory: Any) -> None:
    cache = str(tmp_path_factory.getbasetemp().parent / "populations")
    settings = Settings(clock="manual", counters=f"file:{tmp_path / 'counters'}", patients=2, cache_dir=cache)
    pair = [create_app(settings) for _ in range(2)]
    from mock_athena.ratelimit import QuotaKey

    key = QuotaKey("production", "client", "shared")
    decisions = [pair[number % 2].world.limiter.hit(key) for number in range(20)]
    assert [decision.allowed for decision in decisions] == [True] * 16 + [False] * 4
    assert isinstance(pair[0].world.clock, ManualClock)
    for app in pair:
        app.close()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"counters": "cloud"}, "unknown counters 'cloud': expected memory, file:PATH or redis://"),
        ({"counters": "file:/no/such/folder/x"}, "cannot be used"),
        ({"fail": "ajar"}, "unknown fail mode 'ajar': expected closed or open"),
        ({"retry_after": "never"}, "unknown retry-after 'never': expected plain or fair"),
    ],
)
def test_what_cannot_count_is_refused_at_start(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        create_app(Settings(patients=0, **changes))
