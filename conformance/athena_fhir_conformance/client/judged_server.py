"""The emulator that a client is judged at: a process of ``mock-athena serve`` on a free port, and its control API."""

import os
import queue
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from athena_fhir_conformance.problems import Unreachable

CLIENT_ID, CLIENT_SECRET = "mock-client", "mock-secret"
READY = "Mock Athena is ready: "
_PATIENCE = 120.0  # seconds; the first start on a machine makes the population
_LARGEST = 100_000  # entries


class JudgedServer:
    """A running emulator.

    Attributes:
        base: its FHIR base URL. origin: scheme, host and port.
    """

    def __init__(self, base: str) -> None:
        parts = urlsplit(base)
        self.base, self.origin = base, f"{parts.scheme}://{parts.netloc}"
        self._http = httpx.Client(trust_env=False, timeout=60)

    @property
    def environment(self) -> Mapping[str, str]:
        """What a client is told of it."""
        return {
            "ATHENAHEALTH_CLIENT_ID": CLIENT_ID,
            "ATHENAHEALTH_CLIENT_SECRET": CLIENT_SECRET,
            "ATHENAHEALTH_FHIR_ENDPOINT": self.base,
            "FHIR_URL": self.base,
            "TOKEN_URL": f"{self.origin}/oauth2/v1/token",
            "CLIENT_ID": CLIENT_ID,
            "CLIENT_SECRET": CLIENT_SECRET,
        }

    def journal(self) -> list[dict[str, Any]]:
        """All that it remembers."""
        entries: list[dict[str, Any]] = self._control("GET", "journal")["entries"]
        return entries

    def jobs(self) -> list[dict[str, Any]]:
        """All export jobs."""
        jobs: list[dict[str, Any]] = self._control("GET", "jobs")["jobs"]
        return jobs

    def arm(self, rule: Mapping[str, Any]) -> None:
        """Let a fault strike."""
        self._control("POST", "faults", rule)

    def _control(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        answer = self._http.request(method, f"{self.origin}/_mock/{path}", json=body)
        if answer.is_error:
            message = (
                f"the emulator's control API answered {answer.status_code} to {method} {path}: {answer.text[:300]}"
            )
            raise Unreachable(message)
        told: dict[str, Any] = answer.json()
        return told


@contextmanager
def judged_server(options: Sequence[str], command: str = "") -> Iterator[JudgedServer]:
    """Start one, and end it.

    Args:
        options: of ``mock-athena serve``. command: how it is called; found beside this Python if left out.

    Raises:
        Unreachable: it does not start; says why.
    """
    program = command or _found()
    started = [program, "serve", "--port", "0", "--journal-fields", "--journal-size", str(_LARGEST), *options]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MOCK_ATHENA_")}
    try:
        process = subprocess.Popen(  # noqa: S603 - our own command
            started, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
        )
    except OSError as error:
        message = f"mock-athena cannot be run as {program}: {error.strerror or error}"
        raise Unreachable(message) from error
    try:
        yield JudgedServer(_ready(process))
    finally:
        process.terminate()
        try:
            process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def _found() -> str:
    beside = Path(sys.executable).parent / "mock-athena"
    found = str(beside) if beside.exists() else shutil.which("mock-athena")
    if not found:
        message = "mock-athena is not installed beside this suite; --mock-athena says where it is"
        raise Unreachable(message)
    return found


def _ready(process: subprocess.Popen[str]) -> str:
    """The FHIR base URL, from the line that it prints when it is ready."""
    said: queue.Queue[str] = queue.Queue()
    threading.Thread(target=lambda: said.put(_line(process)), daemon=True).start()
    try:
        line = said.get(timeout=_PATIENCE)
    except queue.Empty:
        line = ""
    if not line.startswith(READY):
        process.kill()
        _, errors = process.communicate()
        raise Unreachable(f"mock-athena did not start: {errors[-500:].strip() or line.strip()}")
    return line.removeprefix(READY).strip()


def _line(process: subprocess.Popen[str]) -> str:
    return process.stdout.readline() if process.stdout else ""
