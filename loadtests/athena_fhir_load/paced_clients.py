"""Real clients against a real emulator: so many requests in so many threads or processes."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from athena_fhir_client.client import AthenaClient
from athena_fhir_client.configuration import Configuration
from athena_fhir_load.processes import EMULATOR

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

    def late(self, seconds: float, spread: float = 0.0) -> None:
        """Every FHIR answer comes so late from now on."""
        self.control("DELETE", "faults")
        if seconds or spread:
            how = {"seconds": seconds, "distribution": "uniform", "spread": spread}
            self.control("POST", "faults", {"kind": "latency", "with": how, "at": "answer", "match": {"route": "fhir"}})

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


def processes(server: Server, client: tuple[str, str], folder: Path, number: int, requests: int) -> float:
    """The same from several processes that share a pace: from the first start of sending to the last end."""
    command = [
        sys.executable,
        "-m",
        "athena_fhir_load.paced_clients",
        server.origin,
        *client,
        str(folder),
        str(requests),
    ]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(number)]
    times = [tuple(map(float, each.communicate(timeout=600)[0].split())) for each in running]
    return max(end for _, end in times) - min(begin for begin, _ in times)


def _main(arguments: Sequence[str]) -> None:
    origin, client_id, secret, folder, requests = arguments
    configuration = configured(Server(origin), (client_id, secret))
    with AthenaClient.from_configuration(configuration, folder=Path(folder)) as client:
        client.token_auth.token()
        began = time.monotonic()
        seconds_for(client, int(requests), 4)
        sys.stdout.write(f"{began} {time.monotonic()}\n")


if __name__ == "__main__":
    _main(sys.argv[1:])
