"""A bulk export as its client sees it: kicked off, waited for, its files read by curl, or by sockets that are slow."""

import json
import shutil
import socket
import subprocess
import time
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlsplit

CURL = shutil.which("curl")

_PATIENCE = 60  # seconds
_BASE = "/fhir/r4"


@dataclass(frozen=True, slots=True)
class File:
    """One file of the manifest."""

    type: str
    url: str
    count: int


class Downloads:
    """What one client asks of the emulator at ``origin``."""

    def __init__(self, origin: str) -> None:
        self._where = urlsplit(origin)
        self.token = self._token()

    def get(self, path: str, **headers: str) -> tuple[HTTPResponse, bytes]:
        """A GET on a connection of its own, as the answer with its body."""
        return self._send("GET", path, headers={"Authorization": f"Bearer {self.token}", **headers})

    def exported(self, path: str = "/$export") -> tuple[list[File], dict[str, float]]:
        """The files of an export that is ready at once, and the seconds that each request before them took."""
        took: dict[str, float] = {}
        accepted, _ = self._timed(took, "kick-off", _BASE + path, Prefer="respond-async")
        assert accepted.status == 202, accepted.status
        status = urlsplit(accepted.headers["Content-Location"]).path
        complete, body = self._timed(took, "first status", status)
        self._timed(took, "status", status)
        assert complete.status == 200, body
        return [File(item["type"], item["url"], item["count"]) for item in json.loads(body)["output"]], took

    def curl(self, urls: Sequence[str], *options: str) -> tuple[int, float]:
        """Bytes and seconds of what curl gets, one after another, and throws away."""
        assert CURL
        config = "\n".join(f'url = "{url}"\noutput = /dev/null' for url in urls)
        command = [CURL, "-sS", "-f", "-H", f"Authorization: Bearer {self.token}", "-K", "-", *options]
        command += ["-w", "%{size_download}\\n"]
        began = time.perf_counter()
        done = subprocess.run(command, input=config, capture_output=True, text=True, check=True)
        return sum(map(int, done.stdout.split())), time.perf_counter() - began

    @contextmanager
    def slow(self, url: str, readers: int) -> Iterator[list[socket.socket]]:
        """Connections on which a file was asked for, of which nobody has read but the first bytes."""
        head = (
            f"GET {urlsplit(url).path} HTTP/1.1",
            f"Host: {self._where.netloc}",
            f"Authorization: Bearer {self.token}",
        )
        asked = "\r\n".join((*head, "", ""))
        connections = [socket.create_connection((self._where.hostname, self._where.port or 80)) for _ in range(readers)]
        try:
            for connection in connections:
                connection.sendall(asked.encode())
            for connection in connections:
                connection.settimeout(_PATIENCE)
                assert connection.recv(12) == b"HTTP/1.1 200"
            yield connections
        finally:
            for connection in connections:
                connection.close()

    def latencies(self, path: str, seconds: float) -> list[float]:
        """Milliseconds that reads took, one after another on one connection, for so long; the shortest first."""
        connection = HTTPConnection(self._where.netloc, timeout=_PATIENCE)
        took, until = [], time.perf_counter() + seconds
        while (began := time.perf_counter()) < until:
            connection.request("GET", _BASE + path, headers={"Authorization": f"Bearer {self.token}"})
            answer = connection.getresponse()
            answer.read()
            took.append((time.perf_counter() - began) * 1000)
            assert answer.status == 200, answer.status
            time.sleep(0.005)  # noqa: TID251 - a pace of the client's, by the machine's clock
        connection.close()
        return sorted(took)

    def _timed(self, took: dict[str, float], what: str, path: str, **headers: str) -> tuple[HTTPResponse, bytes]:
        began = time.perf_counter()
        answered = self.get(path, **headers)
        took[what] = time.perf_counter() - began
        return answered

    def _token(self) -> str:
        secret = b64encode(b"mock-client:mock-secret").decode()
        form = "grant_type=client_credentials&scope=system/*.read"
        headers = {"Authorization": f"Basic {secret}", "Content-Type": "application/x-www-form-urlencoded"}
        _, body = self._send("POST", "/oauth2/v1/token", form, headers)
        return str(json.loads(body)["access_token"])

    def _send(self, method: str, path: str, body: Any = None, headers: Any = None) -> tuple[HTTPResponse, bytes]:
        connection = HTTPConnection(self._where.netloc, timeout=_PATIENCE)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer, answer.read()
        finally:
            connection.close()
