"""A real process: it says when it is ready, and ends as it should."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Starts ``mock-athena`` with two patients."""
    cache = tmp_path_factory.getbasetemp().parent / "populations"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MOCK_ATHENA_")}
    running: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "mock_athena", *arguments]
        environment = kept | {"MOCK_ATHENA_CACHE_DIR": str(cache), "MOCK_ATHENA_PATIENTS": "2"}
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=Path.cwd()
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


def origin_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    # The greeting ends with a curl command; what is not read now is lost to communicate().
    assert any(told.strip().startswith("curl -H") for told in iter(process.stdout.readline, ""))
    assert line.startswith("Mock Athena is ready: http://")
    return line.removeprefix("Mock Athena is ready: ").strip().removesuffix("/fhir/r4")


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "localhost"])  # noqa: S104 - to see what it says
def test_it_says_where_it_listens_and_ends_when_told(start: Start, host: str) -> None:
    process = start("serve", "--host", host, "--port", "0")
    origin = origin_of(process)
    assert "0.0.0.0" not in origin  # noqa: S104 - same
    with urlopen(f"{origin}/_mock/health") as answer:  # noqa: S310 - our own server
        assert json.load(answer)["status"] == "ok"
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (0, "")


def test_a_request_without_a_host_gets_urls_that_work(start: Start) -> None:
    origin = origin_of(start("serve", "--port", "0"))
    address = origin.removeprefix("http://").split(":")
    with socket.create_connection((address[0], int(address[1])), timeout=20) as connection:
        connection.sendall(b"GET /fhir/r4/metadata HTTP/1.0\r\n\r\n")
        received = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert json.loads(received.partition(b"\r\n\r\n")[2])["implementation"]["url"] == f"{origin}/fhir/r4"


def test_header_names_go_out_as_the_documentation_spells_them(start: Start) -> None:
    origin = origin_of(start("serve", "--port", "0"))
    address = origin.removeprefix("http://").split(":")
    with socket.create_connection((address[0], int(address[1])), timeout=20) as connection:
        connection.sendall(b"GET /fhir/r4/Patient HTTP/1.0\r\nHost: x\r\n\r\n")
        head = b"".join(iter(lambda: connection.recv(65_536), b"")).partition(b"\r\n\r\n")[0]
    names = {line.partition(b":")[0].decode() for line in head.split(b"\r\n")[1:]}
    assert {"WWW-Authenticate", "X-RateLimit-Limit", "X-RateLimit-Reset", "RateLimit-Policy", "X-Request-Id"} <= names
    assert {"Content-Length", "Date", "Server"} <= names


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"resourceType":"Patient","id":"mine"}', "/Patient/mine"),
        ('{"resourceType":"Organization","id":"o"}', "/Patient"),
    ],
)
def test_the_curl_that_it_prints_reads_a_patient_that_is_there(
    start: Start, tmp_path: Path, line: str, told: str
) -> None:
    file = tmp_path / "own.ndjson"
    file.write_text(line)
    process = start("serve", "--port", "0", "--data", str(file), "--external-url", "https://ehr.test")
    assert process.stdout is not None
    said = [process.stdout.readline().strip() for _ in range(12)]
    assert said[0] == "Mock Athena is ready: https://ehr.test/fhir/r4"
    assert said[5].startswith("listens  on http://127.0.0.1:")
    assert said[-1] == f'curl -H "Authorization: Bearer $TOKEN" https://ehr.test/fhir/r4{told}'


def test_ctrl_c_is_no_error(start: Start) -> None:
    process = start("serve", "--port", "0")
    origin_of(process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert (process.returncode in (0, 130), err.strip()) == (True, "")


def test_a_port_in_use_is_one_line_and_exit_code_2(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = start("serve", "--port", str(port))
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (2, "")
    (line,) = err.splitlines()
    assert line.startswith(f"mock-athena: cannot listen on 127.0.0.1:{port}: Address already in use; choose another")


def test_an_address_of_another_machine_is_one_line_and_exit_code_2(start: Start) -> None:
    process = start("serve", "--host", "192.0.2.1", "--port", "0")
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (2, "")
    (line,) = err.splitlines()
    assert line.startswith("mock-athena: cannot listen on 192.0.2.1:0: Cannot assign")


def test_a_token_is_printed_for_use_in_a_shell(start: Start) -> None:
    origin = origin_of(start("serve", "--port", "0"))
    asking = start("token", "--url", origin)
    out, err = asking.communicate(timeout=20)
    assert (asking.returncode, err, out.count(".")) == (0, "", 2)
    refused = start("token", "--url", origin, "--client-secret", "wrong")
    out, err = refused.communicate(timeout=20)
    assert (refused.returncode, out, err.count("\n")) == (2, "", 1)
    assert "answered 401" in err
