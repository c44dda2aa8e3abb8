"""Faults on the connection itself, against a real server: each breaks a client that works without."""

import socket
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.conftest import StartEmulator
from tests.emulator import PATIENT, Emulator, RegisteredClient

PATIENT_PATH = f"/fhir/r4/Patient/{PATIENT}"


@pytest.fixture(scope="module")
def shared(emulators: Any) -> Emulator:
    """An emulator on a manual clock whose faults this module's tests arm, one after the other."""
    started: Emulator = emulators.start("--clock", "manual", "--patients", "2", "--limits", "off")
    return started


@pytest.fixture
def emulator(shared: Emulator) -> Iterator[Emulator]:
    yield shared
    shared.control("DELETE", "faults")


@pytest.fixture
def client(emulator: Emulator) -> RegisteredClient:
    return emulator.register()


def arm(emulator: Emulator, kind: str, **keys: Any) -> None:
    emulator.control("POST", "faults", {"kind": kind, **keys})


def connected(emulator: Emulator, bearer: str, path: str = PATIENT_PATH) -> socket.socket:
    """A connection on which a request was sent."""
    where = urlsplit(emulator.origin)
    connection = socket.create_connection((where.hostname or "", where.port or 0), timeout=20)
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {where.netloc}\r\nAuthorization: {bearer}\r\n\r\n".encode())
    return connection


def received(connection: socket.socket) -> bytes:
    """Everything until the other side closes."""
    return b"".join(iter(lambda: connection.recv(65_536), b""))


def head_and_body(connection: socket.socket, size: int) -> bytes:
    """As much of the body as was to come."""
    got = b""
    while len(got.partition(b"\r\n\r\n")[2]) < size:
        chunk = connection.recv(65_536)
        assert chunk, got
        got += chunk
    return got.partition(b"\r\n\r\n")[2]


def take(connection: socket.socket, size: int) -> bytes:
    """So many bytes."""
    got = b""
    while len(got) < size:
        got += connection.recv(size - len(got)) or b"(it ended)" * size
    return got


def test_a_reset_breaks_a_client(emulator: Emulator, client: RegisteredClient) -> None:
    bearer = client.bearer()
    arm(emulator, "connection-reset")
    with closing(connected(emulator, bearer)) as connection, pytest.raises(ConnectionResetError):
        received(connection)
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{emulator.base}/Patient", headers={"Authorization": bearer}, timeout=20)
    assert emulator.control("GET", "journal?status=0")["entries"][-1]["faults"] == ["connection-reset"]


def test_a_reset_in_the_midst_comes_after_the_bytes(emulator: Emulator, client: RegisteredClient) -> None:
    bearer = client.bearer()
    arm(emulator, "connection-reset", **{"with": {"after": 50}})
    with closing(connected(emulator, bearer)) as connection:
        assert len(head_and_body(connection, 50)) == 50
        with pytest.raises(ConnectionResetError):
            received(connection)


def test_a_dropped_answer_is_shorter_than_promised(emulator: Emulator, client: RegisteredClient) -> None:
    bearer, session = client.bearer(), client.session()
    whole = session.get(emulator.origin + PATIENT_PATH, timeout=20)
    arm(emulator, "drop", **{"with": {"after": 100}})
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
        session.get(emulator.origin + PATIENT_PATH, timeout=20)
    with closing(connected(emulator, bearer)) as connection:
        head, _, body = received(connection).partition(b"\r\n\r\n")
    assert body == whole.content[:100]
    assert f"Content-Length: {len(whole.content)}".encode() in head


def test_a_dropped_export_file_ends_without_its_last_chunk(emulator: Emulator, client: RegisteredClient) -> None:
    session = client.session()
    kick_off = session.get(
        f"{emulator.base}/$export?_type=Observation", headers={"Prefer": "respond-async"}, timeout=20
    )
    emulator.advance(2)
    file = session.get(kick_off.headers["Content-Location"], timeout=20).json()["output"][0]
    whole = session.get(file["url"], timeout=20).content
    arm(emulator, "drop", **{"with": {"after": 1000}}, match={"path": "*.ndjson"})
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        session.get(file["url"], timeout=20)
    assert len(whole) > 1000


def test_a_half_closed_connection_says_nothing_more_and_listens(emulator: Emulator, client: RegisteredClient) -> None:
    bearer = client.bearer()
    arm(emulator, "half-close", **{"with": {"after": 10, "seconds": 60}}, times=1)
    with closing(connected(emulator, bearer)) as connection:
        assert len(received(connection).partition(b"\r\n\r\n")[2]) == 10  # it ends: that was their FIN
        connection.sendall(b"GET / HTTP/1.1\r\n")  # and still takes what we say
        wait_for(emulator, 1)
    wait_for(emulator, 0)  # we have gone, and are not waited for


def test_a_stall_answers_nothing_until_the_clock_lets_it_end(emulator: Emulator, client: RegisteredClient) -> None:
    bearer = client.bearer()
    arm(emulator, "stall", **{"with": {"seconds": 300}})
    with pytest.raises(requests.ReadTimeout):
        requests.get(emulator.origin + PATIENT_PATH, headers={"Authorization": bearer}, timeout=0.3)
    with closing(connected(emulator, bearer)) as connection:
        wait_for(emulator, 1)  # the first has gone, and is not waited for
        emulator.advance(300)
        assert received(connection) == b""


def test_a_stalled_body_begins_rests_and_goes_on(emulator: Emulator, client: RegisteredClient) -> None:
    bearer = client.bearer()
    whole = requests.get(emulator.origin + PATIENT_PATH, headers={"Authorization": bearer}, timeout=20).content
    arm(emulator, "stalled-body", **{"with": {"after": 20, "seconds": 30}})
    with pytest.raises(requests.ConnectionError, match="Read timed out"):
        requests.get(emulator.origin + PATIENT_PATH, headers={"Authorization": bearer}, timeout=0.3)
    with closing(connected(emulator, bearer)) as connection:
        assert head_and_body(connection, 20) == whole[:20]
        wait_for(emulator, 1)
        emulator.advance(30)
        assert take(connection, len(whole) - 20) == whole[20:]


def test_a_trickle_never_times_out_and_takes_long(emulator: Emulator, client: RegisteredClient) -> None:
    bearer = client.bearer()
    whole = requests.get(emulator.origin + PATIENT_PATH, headers={"Authorization": bearer}, timeout=20).content
    size = len(whole) // 3 + 1
    arm(emulator, "trickle", **{"with": {"size": size, "seconds": 5}})
    began = float(emulator.control("GET", "clock")["unix"])
    with closing(connected(emulator, bearer)) as connection:
        for n in range(2):
            assert len(head_and_body(connection, size) if n == 0 else take(connection, size)) == size
            wait_for(emulator, 1)
            emulator.advance(5)
        assert take(connection, len(whole) - 2 * size) == whole[2 * size :]
    assert float(emulator.control("GET", "clock")["unix"]) - began == 10


def test_latency_is_of_our_clock(start_emulator: StartEmulator) -> None:
    emulator = start_emulator("--clock", "x100", "--patients", "2")
    session = emulator.register().session()
    arm(emulator, "latency", **{"with": {"seconds": 20}})
    answer = session.get(emulator.origin + PATIENT_PATH, timeout=20)
    assert answer.status_code == 200
    assert 0.19 <= answer.elapsed.total_seconds() < 5


def test_a_lost_answer_makes_two_jobs(emulator: Emulator, client: RegisteredClient) -> None:
    session = client.session()
    emulator.control("POST", "faults", {"scenario": "lost-answers"})
    url, prefer = f"{emulator.base}/$export?_type=Patient", {"Prefer": "respond-async"}
    with pytest.raises(requests.ConnectionError):
        session.get(url, headers=prefer, timeout=20)
    assert session.get(url, headers=prefer, timeout=20).status_code == 202
    mine = [job for job in emulator.control("GET", "jobs")["jobs"] if job["client_id"] == client.id]
    assert len(mine) == 2


def wait_for(emulator: Emulator, waiting: int) -> None:
    """Until so many wait for the clock."""
    for _ in range(2000):
        if len(emulator.control("GET", "clock")["waiting"]) == waiting:
            return
    raise AssertionError(emulator.control("GET", "clock"))
