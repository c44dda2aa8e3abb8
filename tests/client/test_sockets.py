"""Over real sockets: an emulator's standing clock, connections that break, and answers that never end."""

import contextlib
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from athena_fhir_client import AthenaClient
from athena_fhir_client.bench.emulated import running
from athena_fhir_client.bench.methods import METHODS
from athena_fhir_client.clock import stopwatch
from athena_fhir_client.emulator_clock import EmulatorClock
from athena_fhir_client.errors import TimedOut, TransportError
from athena_fhir_client.pace.backoff import Backoff
from athena_fhir_client.pace.pacer import Pacer
from athena_fhir_client.pace.strategies import Strategy
from athena_fhir_client.transport import Timeouts, Transport
from tests.emulator import PATIENT, Emulator, RegisteredClient

QUICK = Timeouts(connect=5.0, read=1.5, whole=1.5)


def client_of(known: RegisteredClient) -> AthenaClient:
    return AthenaClient.from_client_credentials(
        known.emulator.base, known.id, known.secret, backoff=Backoff(attempts=2, base=0.01), transport=Transport(QUICK)
    )


@pytest.mark.requirement("RLM-025")
def test_forty_requests_on_a_standing_clock_are_paced_and_take_no_time(manual_client: RegisteredClient) -> None:
    emulator = manual_client.emulator
    clock = EmulatorClock(emulator.origin)
    with clock.taking_part():
        client = AthenaClient.from_client_credentials(
            emulator.base, manual_client.id, manual_client.secret, clock=clock, pacer=Pacer(clock)
        )
        for _ in range(40):
            client.read("Patient", PATIENT)
    entries = [each for each in emulator.journal(manual_client) if each["route"] == "fhir"]
    instants = [float(each["instant"]) for each in entries]
    assert [each["status"] for each in entries] == [200] * 40
    assert 4.0 <= instants[-1] - instants[0] < 4.1


def test_several_threads_on_a_standing_clock(manual_client: RegisteredClient) -> None:
    emulator, names = manual_client.emulator, ["one", "two", "three"]
    clock = EmulatorClock(emulator.origin)
    client = AthenaClient.from_client_credentials(
        emulator.base, manual_client.id, manual_client.secret, clock=clock, pacer=Pacer(clock)
    )
    client.token_auth.token()

    def work(name: str) -> None:
        with clock.participant(name):
            for _ in range(12):
                client.read("Patient", PATIENT)

    clock.declare(*names)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, names))
    statuses = [each["status"] for each in emulator.journal(manual_client) if each["route"] == "fhir"]
    assert statuses == [200] * 36


def test_a_cell_of_the_bench_is_what_the_journal_says(manual_emulator: Emulator) -> None:
    emulated = running(manual_emulator.base)
    assert emulated.virtual
    with emulated.client(Strategy.SPACED) as client:
        assert METHODS["spaced"].run(client, [f"Patient/{PATIENT}"] * 17) == 17
        found = emulated.measured(client)
    assert (found.requests, found.refused) == (17, 0)
    assert found.seconds == pytest.approx(16 * 0.125, abs=0.01)


@pytest.mark.parametrize("kind", ["connection-reset", "drop", "half-close", "stall"])
def test_a_connection_that_breaks_is_tried_again_and_then_an_error(client: RegisteredClient, kind: str) -> None:
    mine = client_of(client)
    mine.token_auth.token()
    match = {"route": "fhir", "client": client.id}
    rule = client.emulator.control("POST", "faults", {"kind": kind, "match": match})["armed"][-1]["id"]
    try:
        with pytest.raises(TransportError):
            mine.read("Patient", PATIENT)
    finally:
        client.emulator.control("DELETE", f"faults/{rule}")
    assert mine.read("Patient", PATIENT)["id"] == PATIENT


def test_an_answer_that_trickles_is_given_up(client: RegisteredClient) -> None:
    mine = client_of(client)
    mine.token_auth.token()
    match = {"route": "fhir", "client": client.id}
    trickle = {"kind": "trickle", "with": {"size": 16, "seconds": 0.1}, "match": match}
    rule = client.emulator.control("POST", "faults", trickle)["armed"][-1]["id"]
    try:
        with pytest.raises(TimedOut):
            mine.read("Patient", PATIENT)
    finally:
        client.emulator.control("DELETE", f"faults/{rule}")
    assert threading.active_count() < 50


@pytest.mark.parametrize("piece", [b"a", b"HTTP/1.1 100 Continue\r\n\r\n"])
def test_a_header_that_never_ends_is_given_up(piece: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as pool:
        pool.submit(_trickle, server, piece)
        client = AthenaClient(
            f"http://127.0.0.1:{server.getsockname()[1]}/fhir",
            backoff=Backoff(attempts=1),
            transport=Transport(Timeouts(connect=5.0, read=2.0, whole=0.2)),
        )
        with pytest.raises(TimedOut):
            client.read("Patient", PATIENT)
        client.close()


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxys_header_that_never_ends_is_given_up(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as pool:
        monkeypatch.setenv(f"{scheme}_proxy", f"http://127.0.0.1:{server.getsockname()[1]}")
        pool.submit(_trickle, server, b"a")
        client = AthenaClient(
            f"{scheme}://ehr.example/fhir",
            backoff=Backoff(attempts=1),
            transport=Transport(Timeouts(connect=5.0, read=2.0, whole=0.2)),
        )
        began = stopwatch()
        with pytest.raises(TimedOut):
            client.read("Patient", PATIENT)
        assert stopwatch() - began < 3.0
        client.close()


def _trickle(server: socket.socket, piece: bytes) -> None:
    """Send pieces until the other side goes; some seconds at most."""
    connection, _ = server.accept()
    with connection, contextlib.suppress(OSError):
        connection.settimeout(0.05)
        connection.sendall(b"" if piece.startswith(b"HTTP") else b"HTTP/1.1 200 OK\r\nX-Long: ")
        for _ in range(100):
            connection.sendall(piece)
            with contextlib.suppress(TimeoutError):
                connection.recv(1 << 16)
