"""Real clients against a real emulator: so many requests in so many threads or processes."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from athena_fhir_client.client import AthenaClient
from athena_fhir_client.configuration import Configuration
from athena_fhir_client.pace.strategies import Strategy
from athena_fhir_load.processes import EMULATOR

BARE = "bare"
PATH = "Patient/a-500001.E-1"


@dataclass(frozen=True)
class Server:
    """A running emulator."""

    origin: str

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """The answer of the control API."""
        data = None if body is None else json.dumps(body).encode()
        with urlopen(Request(f"{self.origin}/_mock/{path}", data, method=method), timeout=30) as answer:  # noqa: S310
            return json.load(answer)

    def client_id(self) -> tuple[str, str]:
        """A client of its own, with a quota of its own."""
        told = self.control("POST", "clients", {"grant_types": ["client_credentials"], "scope": "system/*.read"})
        return told["client_id"], told["client_secret"]

    def late(self, client_id: str, seconds: float, spread: float = 0.0) -> None:
        """Every FHIR answer to this client comes so late from now on."""
        how = {"seconds": seconds, "distribution": "uniform", "spread": spread}
        match = {"route": "fhir", "client": client_id}
        self.control("POST", "faults", {"kind": "latency", "with": how, "at": "answer", "match": match})

    def refused(self, client_id: str) -> int:
        """How many requests of a client were answered 429."""
        return len(self.control("GET", f"journal?client={client_id}&status=429")["entries"])

    def span(self, client_id: str) -> float:
        """Seconds between the first and the last decision on a client's requests."""
        entries = self.control("GET", f"journal?client={client_id}&route=fhir")["entries"]
        instants = sorted(float(entry["instant"]) for entry in entries)
        return instants[-1] - instants[0]


@contextmanager
def emulator(folder: Path, *options: str) -> Iterator[Server]:
    """An emulator in a process of its own."""
    command = [*EMULATOR, "--patients", "2", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder)
    try:
        assert process.stdout is not None
        ready = process.stdout.readline().split()[-1]
        yield Server(ready.removesuffix("/fhir/r4"))
    finally:
        process.terminate()
        process.communicate(timeout=10)


def configured(server: Server, client: tuple[str, str]) -> Configuration:
    """The configuration of a client."""
    return Configuration(client[0], client[1], fhir_endpoint=f"{server.origin}/fhir/r4")


def seconds_for(client: AthenaClient, requests: int, threads: int) -> float:
    """From the first sending to the last answer; the token is there already."""
    client.token_auth.token()
    began = time.perf_counter()
    if threads == 1:
        for _ in range(requests):
            client.request("GET", PATH)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(lambda _: client.request("GET", PATH), range(requests)))
    return time.perf_counter() - began


def seconds_bare(server: Server, token: str, requests: int) -> float:
    """The same on one connection of the standard library, without a pace."""
    connection = HTTPConnection(urlsplit(server.origin).netloc, timeout=60)
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/fhir+json"}
    began = time.perf_counter()
    for _ in range(requests):
        connection.request("GET", f"/fhir/r4/{PATH}", headers=headers)
        connection.getresponse().read()
    took = time.perf_counter() - began
    connection.close()
    return took


@dataclass(frozen=True)
class Scene:
    """How one client works.

    Attributes:
        threads: of each process. processes: which share a pace. latency, spread: seconds by which answers are late.
        strategy: of the client; ``bare`` for a connection of the standard library in its place.
    """

    threads: int = 1
    processes: int = 1
    latency: float = 0.0
    spread: float = 0.0
    strategy: str = "paced"


@dataclass(frozen=True)
class Took:
    """Seconds from the first sending to the last answer, and how many requests were refused."""

    seconds: float
    refused: int


def all_at_once(server: Server, scenes: Sequence[Scene], requests: int, folder: Path) -> list[Took]:
    """So many requests in each scene. They begin together and wait most of the time: they do not disturb each other."""
    clients = [server.client_id() for _ in scenes]
    running = [_started(server, client, scene, requests, folder) for client, scene in zip(clients, scenes, strict=True)]
    everybody = [each for processes in running for each in processes]
    for process in everybody:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in everybody:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    return [
        Took(_seconds_of(processes), server.refused(client))
        for (client, _), processes in zip(clients, running, strict=True)
    ]


def _started(
    server: Server, client: tuple[str, str], scene: Scene, requests: int, folder: Path
) -> list["subprocess.Popen[str]"]:
    if scene.latency or scene.spread:
        server.late(client[0], scene.latency, scene.spread)
    each = str(requests // scene.processes), str(scene.threads), scene.strategy
    shared = str(folder) if scene.processes > 1 else ""
    command = [sys.executable, "-m", "athena_fhir_load.paced_clients", server.origin, *client, *each, shared]
    return [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(scene.processes)
    ]


def _seconds_of(processes: Sequence["subprocess.Popen[str]"]) -> float:
    times = [tuple(map(float, each.communicate(timeout=600)[0].split())) for each in processes]
    return max(end for _, end in times) - min(begin for begin, _ in times)


def _main(arguments: Sequence[str]) -> None:
    origin, client_id, secret, requests, threads, strategy, folder = arguments
    server, bare = Server(origin), strategy == BARE
    configuration = configured(server, (client_id, secret))
    shared = Path(folder) if folder else None
    with AthenaClient.from_configuration(
        configuration, strategy=Strategy.PACED if bare else strategy, folder=shared
    ) as client:
        token = client.token_auth.token().access_token
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        began = time.monotonic()
        if bare:
            seconds_bare(server, token, int(requests))
        else:
            seconds_for(client, int(requests), int(threads))
        sys.stdout.write(f"{began} {time.monotonic()}\n")


if __name__ == "__main__":
    _main(sys.argv[1:])
