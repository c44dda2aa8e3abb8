"""A real server process for tests: started as a user starts it, on a free port, and ended by its own process id.

The environment is clean and the home folder empty, so nothing on the machine that runs the tests can take part. What
the process wrote to standard error is kept, and shown when a test that used it fails.
"""

import os
import selectors
import signal
import subprocess
import sys
import uuid
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

READY = "Mock Athena is ready: "
FHIR_PATH = "/fhir/r4"
CALLBACK = "http://127.0.0.1:8765/callback"
PATIENT = "a-500001.E-1"
SANDBOX_PATIENT = "a-195900.E-1"
ALL_GRANTS = ["client_credentials", "authorization_code", "refresh_token"]
SCOPE = "system/*.read patient/*.read user/*.read launch/patient offline_access"

_PATIENCE = 90  # seconds until a process that says nothing is given up


@dataclass(frozen=True)
class RegisteredClient:
    """An OAuth client that exists for one test, so that its quota is that test's alone."""

    emulator: "Emulator"
    id: str
    secret: str

    def token_response(self, scope: str = "system/*.read") -> dict[str, Any]:
        """The token endpoint's answer to client credentials."""
        form = {"grant_type": "client_credentials", "scope": scope}
        answer = requests.post(self.emulator.token_url, data=form, auth=(self.id, self.secret), timeout=_PATIENCE)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def bearer(self, scope: str = "system/*.read") -> str:
        """An Authorization header with a fresh token."""
        return f"Bearer {self.token_response(scope)['access_token']}"

    def total(self, search: str) -> int:
        """How many resources match, such as ``Observation?patient=…``."""
        session = self.session()
        answer = session.get(f"{self.emulator.base}/{search}&_count=0", timeout=_PATIENCE)
        assert answer.status_code == 200, answer.text
        return int(answer.json()["total"])

    def session(self, scope: str = "system/*.read") -> requests.Session:
        """A session that sends a fresh token with every request."""
        session = requests.Session()
        session.headers["Authorization"] = self.bearer(scope)
        return session


@dataclass
class Emulator:
    """A running ``mock-athena serve``.

    Attributes:
        origin: such as ``http://127.0.0.1:43210``.
        errors: the file that standard error goes to.
        printed: the first line of standard output.
    """

    process: subprocess.Popen[str]
    errors: Path
    printed: str
    origin: str = field(init=False)

    def __post_init__(self) -> None:
        """The ready line says where it listens."""
        self.origin = self.printed.removeprefix(READY).removesuffix(FHIR_PATH)

    @property
    def base(self) -> str:
        """FHIR base URL of production."""
        return self.origin + FHIR_PATH

    @property
    def sandbox(self) -> str:
        """FHIR base URL of the sandbox."""
        return self.base + "/sandbox"

    @property
    def token_url(self) -> str:
        """The token endpoint."""
        return f"{self.origin}/oauth2/v1/token"

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON answer of the control API, which must be a success."""
        answer = requests.request(method, f"{self.origin}/_mock/{path}", json=body, timeout=_PATIENCE)
        assert answer.ok, answer.text
        return answer.json()

    def advance(self, seconds: float) -> None:
        """Move a manual clock."""
        self.control("POST", "clock", {"advance": seconds})

    def register(self, **metadata: Any) -> RegisteredClient:
        """Register a client of a name that no other test uses; all grants and scopes unless said otherwise."""
        asked = {"redirect_uris": [CALLBACK], "grant_types": ALL_GRANTS, "scope": SCOPE, **metadata}
        told = self.control("POST", "clients", {"client_id": f"test-{uuid.uuid4().hex}", **asked})
        return RegisteredClient(self, told["client_id"], told.get("client_secret", ""))

    def journal(self, client: RegisteredClient) -> list[dict[str, Any]]:
        """What the journal has of a client, oldest first."""
        entries: list[dict[str, Any]] = self.control("GET", f"journal?client={client.id}")["entries"]
        return sorted(entries, key=lambda entry: int(entry["seq"]))

    def stop(self) -> int:
        """End the process and answer its exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.communicate(timeout=_PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
        return self.process.returncode


def clean_environment(home: Path) -> dict[str, str]:
    """What a process sees that must not be helped by the machine of whoever runs the tests."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "SYSTEMROOT") if name in os.environ}
    return {**kept, "HOME": str(home)}


class Emulators:
    """Starts emulators and ends them all in the end.

    Args:
        folder: for homes and logs.
        cache: where populations are kept that several emulators of one test run use.
    """

    def __init__(self, folder: Path, cache: Path) -> None:
        self._folder = folder
        self._cache = cache
        self._running = ExitStack()

    def start(self, *options: str) -> Emulator:
        """A new emulator with these options of ``serve``; it answers requests when this returns."""
        process, errors = self._started(["serve", "--port", "0", "--cache-dir", str(self._cache), *options])
        line = _first_line(process)
        if not line.startswith(READY):
            process.kill()
            process.communicate()
            raise AssertionError(f"no ready line, but {line!r}; standard error: {errors.read_text()}")
        emulator = Emulator(process, errors, line)
        self._running.callback(emulator.stop)
        return emulator

    def _started(self, arguments: Sequence[str]) -> tuple[subprocess.Popen[str], Path]:
        home = self._folder / uuid.uuid4().hex
        home.mkdir()
        errors = home / "stderr.log"
        with errors.open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "mock_athena", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd=home,
                env=clean_environment(home),
                process_group=0,
            )
        return process, errors

    def stop_all(self) -> None:
        """End whatever still runs."""
        self._running.close()


def _first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        return process.stdout.readline().rstrip() if selector.select(_PATIENCE) else ""
