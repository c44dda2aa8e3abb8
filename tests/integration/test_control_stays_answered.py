"""Whatever is held (stalled answers, long-polls, followers), everybody else is answered."""

import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from typing import Any

import requests

from tests.conftest import StartEmulator
from tests.emulator import Emulator
from tests.integration.test_connection_faults import PATIENT_PATH, arm, connected, received, wait_for

MORE_THAN_THREADS = 80


def control(emulator: Emulator, path: str = "health") -> Any:
    return requests.get(f"{emulator.origin}/_mock/{path}", timeout=5).json()


def test_more_stalled_answers_than_threads_hold_nobody_else(start_emulator: StartEmulator) -> None:
    emulator = start_emulator("--clock", "manual", "--patients", "2", "--limits", "off")
    stalled, other = emulator.register(), emulator.register()
    bearer, free = stalled.bearer(), other.session()
    arm(emulator, "stall", match={"client": stalled.id})
    with ExitStack() as opened:
        connections = [opened.enter_context(closing(connected(emulator, bearer))) for _ in range(MORE_THAN_THREADS)]
        wait_for(emulator, MORE_THAN_THREADS)
        assert control(emulator)["status"] == "ok"
        assert free.get(emulator.origin + PATIENT_PATH, timeout=5).status_code == 200
        emulator.advance(300)
        assert {received(connection) for connection in connections} == {b""}
    assert emulator.control("GET", "journal")["counters"]["status.0"] == MORE_THAN_THREADS
    assert emulator.stop() == 0


def test_more_long_polls_and_followers_than_control_has_threads(start_emulator: StartEmulator) -> None:
    emulator = start_emulator("--clock", "manual", "--patients", "2")
    with ThreadPoolExecutor(20) as pool, ExitStack() as opened:
        polls = [pool.submit(wait, emulator, {"for": 60}) for _ in range(20)]
        followers = [
            opened.enter_context(requests.get(f"{emulator.origin}/_mock/journal/stream", stream=True, timeout=5))
            for _ in range(20)
        ]
        assert {follower.status_code for follower in followers} == {200}
        wait_for(emulator, 20)
        assert control(emulator)["status"] == "ok"
        emulator.advance(60)
        assert all(poll.result(20)["reached"] for poll in polls)
    assert emulator.stop() == 0


def test_held_answers_do_not_hold_the_end(start_emulator: StartEmulator) -> None:
    emulator = start_emulator("--clock", "manual", "--patients", "2")
    client = emulator.register()
    bearer = client.bearer()
    arm(emulator, "stall", match={"client": client.id})
    with closing(connected(emulator, bearer)), ThreadPoolExecutor(1) as pool:
        poll = pool.submit(wait, emulator, {"for": 60, "patience": 30})
        wait_for(emulator, 2)
        assert emulator.stop() == 0
        poll.exception(20)
    assert emulator.errors.read_text() == ""


def test_many_who_do_not_read_their_answers_leave_control_alone(start_emulator: StartEmulator) -> None:
    emulator = start_emulator("--patients", "25", "--limits", "off", "--clock", "manual")
    bearer = emulator.register().bearer()
    with ExitStack() as opened:
        for _ in range(40):
            opened.enter_context(closing(unread(emulator, bearer)))
        for _ in range(50):
            assert control(emulator)["status"] == "ok"


def unread(emulator: Emulator, bearer: str) -> socket.socket:
    connection = connected(emulator, bearer, "/fhir/r4/Observation?_count=1000")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    return connection


def wait(emulator: Emulator, order: dict[str, Any]) -> Any:
    return requests.post(f"{emulator.origin}/_mock/clock/wait", json=order, timeout=60).json()


def test_participants_over_http_are_deterministic(start_emulator: StartEmulator) -> None:
    emulator = start_emulator("--clock", "manual", "--start", "2026-01-01T00:00:00Z", "--patients", "2")
    logs = {run(emulator) for _ in range(3)}
    assert len(logs) == 1
    (log,) = logs
    assert "429" in log


def run(emulator: Emulator) -> str:
    """The decision log of three threads that share a quota and sleep on the emulator's clock."""
    emulator.control("POST", "reset")
    asked = {
        "client_id": "shared",
        "client_secret": "shared",
        "grant_types": ["client_credentials"],
        "scope": "system/*.rs",
    }
    emulator.control("POST", "clients", asked)
    form = {"grant_type": "client_credentials"}
    token = requests.post(emulator.token_url, data=form, auth=("shared", "shared"), timeout=20).json()["access_token"]
    names = [f"worker-{n}" for n in range(3)]
    emulator.control("POST", "clock/participants", {"names": names})

    def work(n: int) -> None:
        session = requests.Session()
        session.headers["Authorization"] = f"Bearer {token}"
        wait(emulator, {"for": 0, "participant": names[n]})
        for _ in range(10):
            answer = session.get(f"{emulator.base}/Organization?_count=1&worker={n}", timeout=20)
            pause = int(answer.headers.get("Retry-After", 0)) + 0.01 * (n + 1)
            assert wait(emulator, {"for": pause, "participant": names[n]})["reached"]
        emulator.control("DELETE", f"clock/participants/{names[n]}")

    threads = [threading.Thread(target=work, args=(n,)) for n in (2, 0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    entries = emulator.control("GET", "journal?client=shared&route=fhir")["entries"]
    assert len(entries) == 30
    return json.dumps([[entry[name] for name in ("instant", "query", "status", "verdict")] for entry in entries])
