"""Files over a socket: slow readers, keep-alive, a server that is killed, a writer beside."""

import json
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.conftest import StartEmulator
from tests.emulator import Emulator, Emulators, RegisteredClient

SLOW = 40  # more than the server has threads
LINES = 9_000  # of 1 kB: what sockets and buffers together do not hold


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Patients of 1 kB each."""
    path = tmp_path_factory.mktemp("data") / "patients.ndjson"
    resource = {"resourceType": "Patient", "name": [{"text": "x" * 900}]}
    with path.open("w") as file:
        for number in range(LINES):
            file.write(json.dumps({**resource, "id": f"p{number}"}) + "\n")
    return path


@pytest.fixture(scope="module")
def emulator(emulators: Emulators, data: Path) -> Emulator:
    return emulators.start("--data", str(data), "--limits", "off", "--export-duration", "instant")


@pytest.fixture
def client(emulator: Emulator) -> RegisteredClient:
    return emulator.register(scope="system/*.cruds system/*.read", grant_types=["client_credentials"])


def exported(session: requests.Session, base: str) -> dict[str, Any]:
    """The one file of an export of Patients."""
    accepted = session.get(f"{base}/$export?_type=Patient", headers={"Prefer": "respond-async"})
    file: dict[str, Any]
    (file,) = session.get(accepted.headers["Content-Location"]).json()["output"]
    return file


def asked(url: str, session: requests.Session) -> socket.socket:
    """A connection on which a file was asked for; nobody has read any of it."""
    where = urlsplit(url)
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect((where.hostname, where.port))
    connection.settimeout(20)
    head = f"GET {where.path} HTTP/1.1\r\nHost: {where.netloc}\r\nAuthorization: {session.headers['Authorization']!s}"
    connection.sendall(f"{head}\r\n\r\n".encode())
    return connection


def rest_of(connection: socket.socket) -> Iterator[bytes]:
    while chunk := connection.recv(1 << 20):
        yield chunk


@pytest.mark.requirement("BFI-020")
def test_more_slow_downloads_than_threads_silence_nobody(emulator: Emulator, client: RegisteredClient) -> None:
    session = client.session()
    file = exported(session, emulator.base)
    with ExitStack() as opened:
        slow = [opened.enter_context(closing(asked(file["url"], session))) for _ in range(SLOW)]
        for connection in slow:
            assert connection.recv(12) == b"HTTP/1.1 200"
        assert requests.get(f"{emulator.origin}/_mock/health", timeout=5).status_code == 200
        assert session.get(f"{emulator.base}/Patient/p1", timeout=5).status_code == 200
        received = b"".join(_up_to(slow[0], file["count"]))
        assert received.count(b"\n{") == file["count"] - 1
    # Those who went away left their places: as many again are served.
    with closing(asked(file["url"], session)) as connection:
        assert connection.recv(12) == b"HTTP/1.1 200"


def _up_to(connection: socket.socket, count: int) -> Iterator[bytes]:
    """What comes until so many lines have come."""
    lines, started = 0, False
    for chunk in rest_of(connection):
        body = chunk if started else chunk.partition(b"\r\n\r\n")[2]
        started = started or b"\r\n\r\n" in chunk
        lines += body.count(b"\n") if started else 0
        yield body if started else b""
        if lines >= count:
            return


def test_beyond_the_cap_it_is_503_for_a_second(emulator: Emulator, client: RegisteredClient) -> None:
    session = client.session()
    file = exported(session, emulator.base)
    with ExitStack() as opened:
        for _ in range(64):
            connection = opened.enter_context(closing(asked(file["url"], session)))
            assert connection.recv(12) == b"HTTP/1.1 200"
        refused = session.get(file["url"], timeout=5)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
        assert refused.json()["resourceType"] == "OperationOutcome"


def test_a_connection_serves_one_file_after_the_other(emulator: Emulator, client: RegisteredClient) -> None:
    session = client.session()
    file = exported(session, emulator.base)
    with session.get(file["url"], headers={"Accept-Encoding": "identity"}, stream=True) as first:
        connection = first.raw.connection
        assert len(first.content) == int(first.headers["Content-Length"])
    with session.get(file["url"], headers={"Range": "bytes=0-9"}, stream=True) as second:
        assert second.raw.connection is connection
        assert (second.status_code, second.content) == (206, first.content[:10])
    assert "Connection" not in second.headers


def test_a_download_goes_on_where_a_killed_server_broke_off(
    start_emulator: StartEmulator, data: Path, tmp_path: Path
) -> None:
    kept = ("--db", str(tmp_path / "kept.sqlite"), "--limits", "off", "--export-duration", "instant")
    emulator = start_emulator("--data", str(data), *kept)
    session = RegisteredClient(emulator, "mock-client", "mock-secret").session()
    url = exported(session, emulator.base)["url"]
    whole = session.get(url, headers={"Accept-Encoding": "identity"})
    with closing(asked(url, session)) as connection:
        got = b""
        while len(got) < 20_000:
            got += connection.recv(4096)
        emulator.process.send_signal(signal.SIGKILL)
        emulator.process.wait()
        got = (got + b"".join(_until_it_breaks(connection))).partition(b"\r\n\r\n")[2]
    assert 0 < len(got) < len(whole.content)
    assert whole.content.startswith(got)
    # On the same port: our name is in the URLs, and so in the tag.
    again = start_emulator("--port", str(urlsplit(url).port), *kept)
    session = RegisteredClient(again, "mock-client", "mock-secret").session()
    rest = session.get(url, headers={"Range": f"bytes={len(got)}-", "If-Range": whole.headers["ETag"]})
    assert rest.status_code == 206
    assert got + rest.content == whole.content


def _until_it_breaks(connection: socket.socket) -> Iterator[bytes]:
    try:
        yield from rest_of(connection)
    except OSError:
        return


def test_the_file_is_the_snapshot_while_somebody_writes(emulator: Emulator, client: RegisteredClient) -> None:
    session = client.session("system/*.cruds")
    file = exported(session, emulator.base)
    before = session.get(file["url"]).content
    with session.get(file["url"], headers={"Accept-Encoding": "identity"}, stream=True) as download:
        chunks = download.iter_content(1 << 20)
        read = [next(chunks)]
        for number in (0, LINES // 2, LINES - 1):
            written = {"resourceType": "Patient", "id": f"p{number}", "name": [{"text": "written"}]}
            assert session.put(f"{emulator.base}/Patient/p{number}", json=written).status_code == 200
        assert session.delete(f"{emulator.base}/Patient/p{LINES - 2}").status_code in (200, 204)
        read += chunks
    assert b"".join(read) == before
