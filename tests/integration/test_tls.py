"""HTTPS, with real clients: what they ask is answered, nobody waits for anybody's handshake, and faults are faults."""

import asyncio
import json
import os
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import pytest
import requests

from mock_athena.testing.athena import Athena
from mock_athena.testing.server import serve_athena
from tests.conftest import StartEmulator
from tests.emulator import PATIENT, clean_environment
from tests.integration.test_npm_clients import NODE

PATH = f"/fhir/r4/Patient/{PATIENT}"

NODE_SCRIPT = """
const [url, bearer] = process.argv.slice(1);
const answer = await fetch(url, {headers: {Authorization: bearer}});
console.log(await answer.text());
"""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Athena]:
    """An emulator on a manual clock, without limits."""
    cache = str(tmp_path_factory.mktemp("cache"))
    with serve_athena(tls=True, cache_dir=cache, clock="manual", limits="off", patients=25) as athena:
        yield athena


@pytest.fixture
def athena(shared: Athena) -> Iterator[Athena]:
    yield shared
    shared.control("DELETE", "faults")


def port_of(athena: Athena) -> int:
    return int(athena.origin.rpartition(":")[2])


def connected(athena: Athena, newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> ssl.SSLSocket:
    """A connection on which nothing was asked; that it ends without close_notify is an error here."""
    context = ssl.create_default_context(cafile=athena.ca_file)
    context.maximum_version = newest
    plain = socket.create_connection(("127.0.0.1", port_of(athena)), timeout=20)
    return context.wrap_socket(plain, server_hostname="127.0.0.1", suppress_ragged_eofs=False)


def asked(athena: Athena, *fields: str, path: str = PATH, method: str = "GET") -> bytes:
    bearer = f"Authorization: Bearer {athena.token()}"
    return "\r\n".join([f"{method} {path} HTTP/1.1", f"Host: {athena.origin[8:]}", bearer, *fields, "", ""]).encode()


def received(connection: socket.socket) -> bytes:
    """Everything until the other side closes."""
    return b"".join(iter(lambda: connection.recv(65_536), b""))


def below(connection: ssl.SSLSocket) -> bytes:
    """Everything until the other side closes, as it comes: OpenSSL tells no reset from an end."""
    return b"".join(iter(lambda: socket.socket.recv(connection, 65_536), b""))


def with_curl(url: str, bearer: str, authority: str) -> str:
    command = ["curl", "-s", "--cacert", authority, "-H", f"Authorization: {bearer}", url]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout


def with_requests(url: str, bearer: str, authority: str) -> str:
    return requests.get(url, headers={"Authorization": bearer}, verify=authority, timeout=20).text


def with_httpx(url: str, bearer: str, authority: str) -> str:
    with httpx.Client(verify=ssl.create_default_context(cafile=authority), http2=False) as client:
        return client.get(url, headers={"Authorization": bearer}).text


def with_aiohttp(url: str, bearer: str, authority: str) -> str:
    async def ask() -> str:
        trusted = ssl.create_default_context(cafile=authority)
        async with (
            aiohttp.ClientSession() as session,
            session.get(url, headers={"Authorization": bearer}, ssl=trusted) as answer,
        ):
            return await answer.text()

    return asyncio.run(ask())


def with_node(url: str, bearer: str, authority: str) -> str:
    command = [str(NODE), "--input-type=module", "-e", NODE_SCRIPT, url, bearer]
    environment = {**os.environ, "NODE_EXTRA_CA_CERTS": authority}
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, env=environment).stdout


CLIENTS: list[Callable[[str, str, str], str]] = [with_curl, with_requests, with_httpx, with_aiohttp, with_node]


def test_clients_ask_and_urls_are_https(athena: Athena) -> None:
    for client in CLIENTS:
        text = client(f"{athena.base_url}/Patient?_count=1", f"Bearer {athena.token()}", athena.ca_file)
        links = {link["relation"]: link["url"] for link in json.loads(text)["link"]}
        assert links["next"].startswith(athena.base_url), client
    assert athena.origin.startswith("https://127.0.0.1:")


def test_discovery_export_and_the_control_api_over_https(athena: Athena) -> None:
    with requests.Session() as session:
        session.trust_env = False  # a bundle that the environment names would be preferred
        session.verify, session.headers["Authorization"] = athena.ca_file, f"Bearer {athena.token()}"
        smart = session.get(f"{athena.base_url}/.well-known/smart-configuration", timeout=20).json()
        assert smart["token_endpoint"] == athena.token_url
        assert smart["issuer"].startswith(athena.origin)
        kick_off = session.get(
            f"{athena.base_url}/$export?_type=Patient", headers={"Prefer": "respond-async"}, timeout=20
        )
        athena.advance(5)
        done = session.get(kick_off.headers["Content-Location"], timeout=20).json()
        assert len(session.get(done["output"][0]["url"], timeout=20).text.splitlines()) == 25
        del session.headers["Authorization"]
        assert session.get(f"{athena.origin}/_mock/health", timeout=20).json()["status"] == "ok"


def test_plain_http_is_told_so(athena: Athena) -> None:
    with socket.create_connection(("127.0.0.1", port_of(athena)), timeout=20) as connection:
        connection.sendall(b"DELETE /fhir/r4/Patient/1 HTTP/1.1\r\nHost: x\r\n\r\n")
        head, _, body = received(connection).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.")
    assert b"400 Bad Request" in head
    assert b"ask for https:// instead of http://" in body


def test_nobody_waits_for_those_who_shake_hands_slowly(athena: Athena) -> None:
    with ExitStack() as opened:
        silent = [
            opened.enter_context(socket.create_connection(("127.0.0.1", port_of(athena)), timeout=20))
            for _ in range(60)
        ]
        for connection in silent[::2]:
            connection.sendall(b"\x16\x03\x01\x02\x00\x01")  # the beginning of a ClientHello
        assert (
            json.loads(with_requests(athena.origin + PATH, f"Bearer {athena.token()}", athena.ca_file))["id"] == PATIENT
        )


def test_what_is_no_handshake_ends_it(athena: Athena) -> None:
    for nonsense in (b"\x16\x03\x01\x00\x05hello" * 3, b"\x16" + bytes(300)):
        with socket.create_connection(("127.0.0.1", port_of(athena)), timeout=20) as connection:
            connection.sendall(nonsense)
            with suppress(ConnectionResetError):  # of what it did not read
                assert not received(connection).startswith(b"HTTP")


def test_older_than_tls_1_2_is_refused_and_1_2_is_not(athena: Athena) -> None:
    with closing(connected(athena, ssl.TLSVersion.TLSv1_2)) as connection:
        assert connection.version() == "TLSv1.2"
        connection.sendall(asked(athena, "Connection: close"))
        assert received(connection).startswith(b"HTTP/1.1 200 OK")
    old = [
        "curl",
        "-s",
        "--tls-max",
        "1.1",
        "--ciphers",
        "DEFAULT@SECLEVEL=0",
        "--cacert",
        athena.ca_file,
        athena.origin,
    ]
    assert subprocess.run(old, capture_output=True, check=False, timeout=20).returncode == 35


def test_requests_in_one_record_and_in_pieces(athena: Athena) -> None:
    with closing(connected(athena)) as connection:
        connection.sendall(asked(athena) + asked(athena, "Connection: close"))
        assert received(connection).count(b"HTTP/1.1 200 OK") == 2
    with closing(connected(athena)) as connection:
        for byte in asked(athena, "Connection: close"):
            connection.sendall(bytes([byte]))
        assert received(connection).startswith(b"HTTP/1.1 200 OK")


def test_a_large_body_comes_in_whole(athena: Athena) -> None:
    patient = {"resourceType": "Patient", "name": [{"family": "x" * 900_000}]}
    with requests.Session() as session:
        session.trust_env = False  # a bundle that the environment names would be preferred
        session.verify, session.headers["Authorization"] = athena.ca_file, f"Bearer {athena.token('system/*.*')}"
        answer = session.post(f"{athena.base_url}/Patient", json=patient, timeout=20)
        assert (answer.status_code, len(answer.json()["name"][0]["family"])) == (201, 900_000), answer.text[:500]
        assert session.delete(answer.headers["Location"].partition("/_history")[0], timeout=20).ok


def test_the_end_of_an_answer_is_told(athena: Athena) -> None:
    with closing(connected(athena)) as connection:
        connection.sendall(asked(athena, "Connection: close"))
        assert received(connection).startswith(b"HTTP/1.1 200 OK")  # an end without close_notify is an SSLEOFError


def test_a_slow_reader_of_much_gets_all_of_it(athena: Athena) -> None:
    search = "/fhir/r4/Observation?_count=1000"
    whole = requests.get(
        athena.origin + search,
        headers={"Authorization": f"Bearer {athena.token()}"},
        verify=athena.ca_file,
        timeout=20,
    ).content
    with closing(connected(athena)) as connection:
        connection.sendall(asked(athena, "Connection: close", path=search))
        got = b"".join(iter(lambda: connection.recv(1000), b""))
    assert len(got.partition(b"\r\n\r\n")[2]) == len(whole) > 100_000


def test_a_reset_is_a_reset(athena: Athena) -> None:
    athena.fault("connection-reset", **{"with": {"after": 50}})
    with closing(connected(athena)) as connection:
        connection.sendall(asked(athena))
        with pytest.raises(ConnectionResetError):
            below(connection)


def test_a_dropped_answer_ends_without_a_word(athena: Athena) -> None:
    athena.fault("drop", **{"with": {"after": 100}})
    with closing(connected(athena)) as connection:
        connection.sendall(asked(athena))
        with pytest.raises(ssl.SSLEOFError):
            received(connection)
    with closing(connected(athena)) as connection:
        connection.sendall(asked(athena))
        below(connection)  # and it is FIN
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
        with_requests(athena.origin + PATH, f"Bearer {athena.token()}", athena.ca_file)


def test_a_half_closed_connection_says_nothing_more_and_listens(athena: Athena) -> None:
    athena.fault("half-close", **{"with": {"after": 10, "seconds": 60}}, times=1)
    with closing(connected(athena)) as connection:
        connection.sendall(asked(athena))
        assert len(received(connection).partition(b"\r\n\r\n")[2]) == 10  # it ends as it should: that is close_notify
        connection.sendall(b"GET / HTTP/1.1\r\n")
        wait_for(athena, 1)
    wait_for(athena, 0)  # we have gone, and are not waited for


def test_a_stalled_body_goes_on_and_whoever_leaves_is_not_waited_for(athena: Athena) -> None:
    athena.fault("stalled-body", **{"with": {"after": 20, "seconds": 30}})
    with closing(connected(athena)) as connection:
        connection.sendall(asked(athena, "Connection: close"))
        wait_for(athena, 1)
        athena.advance(30)
        assert received(connection).startswith(b"HTTP/1.1 200 OK")
    left = connected(athena)
    left.sendall(asked(athena))
    wait_for(athena, 1)
    left.close()
    wait_for(athena, 0)


def test_a_refused_certificate_is_said_once(athena: Athena, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(2):
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(athena.origin, timeout=20)
    assert athena.control("GET", "clock")  # and goes on
    with_requests(athena.origin, "", athena.ca_file)
    said = [record.getMessage() for record in caplog.records if "unknown ca" in record.getMessage()]
    assert len(said) == 1
    assert said[0].startswith("TLS handshake with 127.0.0.1 failed: ")
    assert said[0].endswith("let it trust the authority that signed it")


def test_workers_share_a_certificate_and_commands_trust_it(start_emulator: StartEmulator, tmp_path: Path) -> None:
    emulator = start_emulator("--tls", "--workers", "2", "--limits", "off")
    assert emulator.origin.startswith("https://")
    assert emulator.process.stdout is not None
    trust = next(line for line in iter(emulator.process.stdout.readline, "") if line.startswith("  trust "))
    authority = trust.partition(" trust ")[2].strip()
    assert Path(authority).is_file()
    environment = clean_environment(tmp_path) | {"MOCK_ATHENA_CACHE_DIR": str(Path(authority).parents[2])}
    command = [sys.executable, "-m", "mock_athena", "token", "--url", emulator.origin]
    token = subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=60, env=environment
    ).stdout.strip()

    def read(_: int) -> tuple[int, str]:
        answer = requests.get(
            emulator.origin + PATH, headers={"Authorization": f"Bearer {token}"}, verify=authority, timeout=20
        )
        return answer.status_code, answer.headers["X-Request-Id"][:8]

    with ThreadPoolExecutor(8) as pool:
        seen = set(pool.map(read, range(60)))
    assert {status for status, _ in seen} == {200}
    assert len(seen) == 2, "both workers answered"
    assert emulator.stop() == 0
    assert emulator.errors.read_text() == ""


def wait_for(athena: Athena, waiting: int) -> None:
    """Until so many wait for the clock."""
    for _ in range(2000):
        found: list[Any] = athena.control("GET", "clock")["waiting"]
        if len(found) == waiting:
            return
    raise AssertionError(athena.control("GET", "clock"))
