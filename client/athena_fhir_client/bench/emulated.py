"""An emulator to measure against, and what its journal says of a run."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from athena_fhir_client.client import AthenaClient
from athena_fhir_client.clock import Clock, SystemClock
from athena_fhir_client.emulator_clock import EmulatorClock
from athena_fhir_client.errors import ConfigurationError
from athena_fhir_client.libraries import requests
from athena_fhir_client.pace.pacer import Pacer
from athena_fhir_client.pace.strategies import Strategy
from athena_fhir_client.transport import Transport

_READY = "Mock Athena is ready: "
_KEPT = 20_000  # exchanges of the journal


@dataclass(frozen=True, slots=True)
class Measured:
    """What the journal says of one run.

    Attributes:
        requests: that cost something of the quota. refused: with a 429.
        seconds: from the first decision on a request to the last, and to the end of what was waited for.
    """

    requests: int
    refused: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Emulated:
    """A running emulator.

    Attributes:
        base_url: FHIR base URL. virtual: whether its clock stands, so that waiting takes no time.
    """

    base_url: str
    virtual: bool

    @property
    def origin(self) -> str:
        """Scheme and host."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}"

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """The answer of the control API."""
        try:
            answer = requests.request(method, f"{self.origin}/_mock/{path}", json=body, timeout=30)
        except requests.RequestException as error:
            raise ConfigurationError(f"{self.origin}: expected an emulator, and nobody answers there") from error
        if not answer.ok:
            message = f"{self.origin}/_mock/{path} was answered {answer.status_code}: only an emulator has a journal"
            raise ConfigurationError(message)
        return answer.json()

    @contextlib.contextmanager
    def client(self, strategy: Strategy) -> Iterator[AthenaClient]:
        """A client that was never here before, with a quota of its own; it takes part in the emulator's time."""
        told = self.control("POST", "clients", {"grant_types": ["client_credentials"], "scope": "system/*.read"})
        with contextlib.ExitStack() as stack:
            clock: Clock = SystemClock()
            if self.virtual:
                clock = EmulatorClock(self.origin)
                stack.enter_context(clock.taking_part())
            client = AthenaClient.from_client_credentials(
                self.base_url,
                told["client_id"],
                told["client_secret"],
                clock=clock,
                pacer=Pacer(clock, strategy),
                transport=Transport(),
            )
            client.token_auth.token()
            yield stack.enter_context(client)

    def measured(self, client: AthenaClient, until: float | None = None) -> Measured:
        """What the journal has of a client.

        Args:
            until: unix seconds of the emulator at which its work ended; the last decision if left out.
        """
        id = client.token_auth.endpoint.credentials.client_id
        entries = [
            entry
            for entry in self.control("GET", f"journal?client={id}&limit={_KEPT}")["entries"]
            if entry["route"] in ("fhir", "bulk", "documents")
        ]
        instants = sorted(float(entry["instant"]) for entry in entries)
        refused = sum(entry["status"] == 429 for entry in entries)
        ended = instants[-1] if until is None else until
        return Measured(len(entries), refused, ended - instants[0])


@contextlib.contextmanager
def started(virtual: bool) -> Iterator[Emulated]:
    """An emulator of our own, in a process of its own, that ends with us.

    Raises:
        ConfigurationError: none is installed.
    """
    clock = "manual" if virtual else "system"
    command = [
        sys.executable,
        "-m",
        "mock_athena",
        "serve",
        "--port",
        "0",
        "--clock",
        clock,
        "--journal-size",
        str(_KEPT),
    ]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MOCK_ATHENA_")}
    process = subprocess.Popen(  # noqa: S603 - our own command
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    )
    try:
        line = process.stdout.readline().strip() if process.stdout else ""
        if not line.startswith(_READY):
            raise ConfigurationError("no emulator could be started; is mock-athena installed here?")
        yield Emulated(line.removeprefix(_READY), virtual)
    finally:
        process.terminate()
        process.communicate(timeout=30)


def running(base_url: str) -> Emulated:
    """An emulator that runs already."""
    found = Emulated(base_url.rstrip("/"), virtual=False)
    return Emulated(found.base_url, virtual=bool(found.control("GET", "clock")["stands"]))
