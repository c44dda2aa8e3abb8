"""The servers that are compared, each listening on a port of its own, with the same data where it can hold them."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from athena_fhir_load.processes import EMULATOR
from athena_fhir_load.running import cpu_seconds

HERE = Path(__file__).resolve().parents[2] / "peers"
FOLDER = Path("build/peers").resolve()
BIN = FOLDER / "venv" / "bin"
PATIENTS = 25
_FIRST_PORT = 18_440
_PATIENCE = 120  # seconds

BARE_FLASK = (
    "import sys; from athena_fhir_load.baselines import bare_app; from waitress import serve;"
    "serve(bare_app(), listen=f'127.0.0.1:{sys.argv[1]}', threads=32, connection_limit=1000, asyncore_use_poll=True)"
)

_SPEC = {
    "openapi": "3.0.0",
    "info": {"title": "one", "version": "1"},
    "paths": {"/patient": {"get": {"responses": {"200": {"description": "it", "content": {}}}}}},
}
_RATES = {
    "policies": {
        "burst": {
            "strategy": "sliding_window",
            "limits": [{"dimension": "requests", "limit": 16, "window_seconds": 2}],
            "scope": "api_key",
        }
    },
    "endpoints": {
        "/patient": {
            "methods": ["GET"],
            "policy": "burst",
            "resources": {
                "requests": {"input": {"strategy": "fixed", "value": 1}, "output": {"strategy": "fixed", "value": 0}}
            },
        }
    },
}


@dataclass(frozen=True, slots=True)
class Peer:
    """One server.

    Attributes:
        ready: path that is answered 200 when it is up. read, search: paths; empty where it has no such thing.
    """

    name: str
    command: tuple[str, ...]
    port: int
    ready: str
    read: str = ""
    search: str = ""


_READ, _SEARCH = "/Patient/a-500001.E-1", "/Observation?patient={}a-500001.E-1&_count=20"


def peers(folder: Path, population: Path) -> list[Peer]:
    """All of them; their files are in ``folder``."""
    spec, rates, settings = folder / "spec.yaml", folder / "rates.yaml", folder / "settings.yaml"
    # JSON is YAML.
    spec.write_text(json.dumps(_SPEC), encoding="utf-8")
    rates.write_text(json.dumps(_RATES), encoding="utf-8")
    settings.write_text(json.dumps({"data_dir": str(folder / "sekmet")}), encoding="utf-8")
    ports = [str(_FIRST_PORT + place) for place in range(7)]
    serve = ("--host", "127.0.0.1", "--port")
    ours = (*EMULATOR[:-1],)
    fhir = "/fhir/r4"
    quiet = ("--log-level", "CRITICAL")
    commands: list[tuple[str, tuple[str, ...], str, str, str]] = [
        ("bare Flask route, waitress", (sys.executable, "-c", BARE_FLASK, ports[0]), fhir + _READ, fhir + _READ, ""),
        ("ours", (*ours, ports[1], "--limits", "off"), "/_mock/health", fhir + _READ, fhir + _SEARCH.format("")),
        ("ours, with limits", (*ours, ports[2]), "/_mock/health", "", ""),
        ("moto server", (str(BIN / "moto_server"), "-p", ports[3]), "/moto-api/", "", ""),
        (
            "mocklimit",
            (
                str(BIN / "mocklimit"),
                "serve",
                "--spec",
                str(spec),
                "--rate-config",
                str(rates),
                "--port",
                ports[4],
                *quiet,
            ),
            "/patient",
            "",
            "",
        ),
        (
            "sekmet-fhir",
            (str(BIN / "sekmet"), "serve", "-c", str(settings), *serve, ports[5]),
            "/fhir/metadata",
            "/fhir" + _READ,
            "/fhir" + _SEARCH.format("Patient/"),
        ),
        (
            "Medplum router, memory",
            ("node", str(HERE / "medplum.mjs"), str(FOLDER / "npm"), str(population), ports[6]),
            fhir + _READ,
            fhir + _READ,
            fhir + _SEARCH.format("Patient/"),
        ),
    ]
    return [
        Peer(name, command, int(port), ready, read, search)
        for (name, command, ready, read, search), port in zip(commands, ports, strict=True)
    ]


def get(port: int, path: str, token: str = "", **fields: str) -> tuple[int, bytes, Mapping[str, str]]:
    """One GET on a connection of its own."""
    connection = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    try:
        bearer = {"Authorization": f"Bearer {token}"} if token else {}
        connection.request("GET", path, headers={"Accept": "application/fhir+json", **bearer, **fields})
        answer = connection.getresponse()
        return answer.status, answer.read(), {name.lower(): value for name, value in answer.getheaders()}
    finally:
        connection.close()


@contextmanager
def running(peer: Peer) -> Iterator["subprocess.Popen[bytes]"]:
    """A peer that answers.

    Raises:
        RuntimeError: it does not.
    """
    process = subprocess.Popen(peer.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _until_ready(peer, process)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(20)


def _until_ready(peer: Peer, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            if get(peer.port, peer.ready)[0] == 200:
                return
        except OSError:
            time.sleep(0.005)  # noqa: TID251 - waits for another process
    message = f"{peer.name} does not answer 200 to {peer.ready}: {' '.join(peer.command)[:200]}"
    raise RuntimeError(message)


def start_up(peer: Peer) -> float:
    """Seconds from the start of the process to its first 200."""
    began = time.perf_counter()
    with running(peer):
        return time.perf_counter() - began


def cpu_of(process: "subprocess.Popen[bytes]") -> float:
    """CPU seconds of the process so far."""
    return cpu_seconds(process.pid)


def versions() -> dict[str, Any]:
    """What was measured."""
    packages = ("moto", "mocklimit", "sekmet-fhir", "limits", "pyrate-limiter", "requests-ratelimiter")
    code = f"import importlib.metadata as m, json; print(json.dumps({{p: m.version(p) for p in {packages!r}}}))"
    told: dict[str, Any] = json.loads(subprocess.check_output([str(BIN / "python"), "-c", code]))
    for name in ("fhir-router", "core"):
        package = FOLDER / "npm" / "node_modules" / "@medplum" / name / "package.json"
        told[f"@medplum/{name}"] = json.loads(package.read_text(encoding="utf-8"))["version"]
    told["node"] = subprocess.check_output(["node", "--version"], text=True).strip()  # noqa: S607
    return told
