"""How a server ends: who is being answered gets all of it, nobody new is let in, and it does not take for ever."""

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any

import pytest

from mock_athena import Settings, create_app
from mock_athena.auth.grant import Grant
from mock_athena.ending import Ending
from mock_athena.serving import bound, run
from tests.conftest import StartEmulator

SEARCH = "/fhir/r4/Observation?_count=1000"
MANY = 20  # answers of 1.6 MB: more than the kernel's buffers take

Serve = Callable[..., "Served"]


class Served:
    """A server in a thread of this process, and how it is told to end."""

    def __init__(self, grace: float) -> None:
        settings = Settings(port=0, limits="off", shutdown_grace=grace)
        self.app = create_app(settings)
        self.server = bound(self.app, settings)
        self.ending = Ending(self.server, grace)
        self.thread = threading.Thread(target=run, args=(self.ending,), daemon=True)
        self.thread.start()

    def tell(self) -> None:
        self.ending._told(signal.SIGTERM, None)

    @property
    def token(self) -> str:
        return self.app.world.authorization.tokens.issue(Grant("mock-client", ("system/*.read",), None))

    def stopped(self) -> None:
        if not self.ending._asked:
            self.tell()
        self.thread.join(30)

    def ended(self) -> bool:
        self.thread.join(30)
        return not self.thread.is_alive()


@pytest.fixture
def serve() -> Iterator[Serve]:
    with ExitStack() as opened:

        def make(grace: float) -> Served:
            served = Served(grace)
            opened.callback(served.app.close)
            opened.callback(served.stopped)  # before: no file is closed under a thread
            return served

        yield make


def asking(port: int | str, token: str, path: str = SEARCH, times: int = MANY) -> socket.socket:
    """A connection on which so many requests were sent, whose first answer has begun."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    connection.settimeout(30)
    connection.connect(("127.0.0.1", int(port)))
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n"
    connection.sendall(request.encode() * times)
    assert connection.recv(12) == b"HTTP/1.1 200"
    return connection


def rest(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(1 << 20), b""))


def is_refused(port: int | str) -> bool:
    for _ in range(20_000):
        try:
            socket.create_connection(("127.0.0.1", int(port)), timeout=5).close()
        except ConnectionRefusedError:
            return True
        except ConnectionResetError:  # it stood in line when the door was closed
            continue
    return False


def test_answers_are_finished_nobody_new_is_let_in_and_idle_connections_end(serve: Serve) -> None:
    served = serve(30)
    port = served.server.effective_port
    idle = asking(port, served.token, "/fhir/r4/Patient?_count=0", times=1)
    with closing(idle), closing(asking(port, served.token)) as busy:
        served.tell()
        assert is_refused(port)
        assert rest(idle)  # its answer, and the end
        assert served.thread.is_alive()
        assert rest(busy).count(b"HTTP/1.1 200 OK") == MANY - 1
    assert served.ended()


def test_who_takes_too_long_is_cut_off(serve: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    served = serve(0.1)
    with closing(asking(served.server.effective_port, served.token)) as slow:
        served.tell()
        assert served.ended()
        with suppress(ConnectionResetError):
            assert rest(slow).count(b"HTTP/1.1 200 OK") < MANY - 1
    assert capsys.readouterr().err == (
        "mock-athena: 1 answers were cut off, which took longer than --shutdown-grace 0.1\n"
    )


def test_what_is_held_is_let_go(serve: Serve) -> None:
    served = serve(30)
    with closing(asking(served.server.effective_port, served.token, "/_mock/journal/stream", times=1)) as follower:
        served.tell()
        assert served.ended()
        rest(follower)


@pytest.mark.long
def test_a_second_signal_ends_at_once(serve: Serve) -> None:
    served = serve(30)
    with closing(asking(served.server.effective_port, served.token)):
        served.tell()
        with pytest.raises(SystemExit) as ended:
            served.tell()
        assert ended.value.code == 143


@pytest.mark.long
@pytest.mark.parametrize("workers", ["1", "2"])
def test_processes_finish_their_answers(start_emulator: StartEmulator, workers: str) -> None:
    emulator = start_emulator("--workers", workers, "--limits", "off", "--shutdown-grace", "60")
    port = int(emulator.origin.rpartition(":")[2])
    token = emulator.register().bearer().removeprefix("Bearer ")
    with closing(asking(port, token)) as busy:
        emulator.process.send_signal(signal.SIGTERM)
        assert is_refused(port)
        assert emulator.process.poll() is None
        assert rest(busy).count(b"HTTP/1.1 200 OK") == MANY - 1
    assert emulator.process.wait(30) == 0
    assert emulator.errors.read_text() == ""


@pytest.mark.long
@pytest.mark.parametrize("workers", ["1", "2"])
def test_two_signals_end_processes_at_once(start_emulator: StartEmulator, workers: str, tmp_path: Path) -> None:
    emulator = start_emulator("--workers", workers, "--limits", "off", "--shutdown-grace", "60")
    token = emulator.register().bearer().removeprefix("Bearer ")
    port: Any = int(emulator.origin.rpartition(":")[2])
    with closing(asking(port, token)):
        emulator.process.send_signal(signal.SIGTERM)
        assert is_refused(port)
        emulator.process.send_signal(signal.SIGTERM)
        assert emulator.process.wait(30) != -signal.SIGKILL
