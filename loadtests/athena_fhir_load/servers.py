"""``python -m athena_fhir_load.servers``: the same applications in several WSGI servers, in turns, in one run.

A bare Flask route and a Patient read of the emulator without limits, at 1, 16 and 256 connections. granian and gunicorn
are looked for in ``build/servers`` (``pip install --target build/servers granian gunicorn``). What one reads are the
ratios to waitress of the same round; medians of the rounds are shown, and everything is kept as JSON.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote

from athena_fhir_load.processes import EMULATOR
from athena_fhir_load.records import machine, revision_of

OTHERS = Path("build/servers")
PORT = 18_431
CONNECTIONS = (1, 16, 256)
_PATH = "/fhir/r4/Patient/a-500001.E-1"
_PATIENCE = 30  # seconds
_BARE = (sys.executable, "-m", "athena_fhir_load.served", "bare", str(PORT))


@dataclass(frozen=True, slots=True)
class Server:
    """A server with its settings, by the command that serves the bare route and the one that serves the emulator."""

    name: str
    bare: tuple[str, ...]
    emulator: tuple[str, ...]


def _granian(name: str, *options: str) -> Server:
    command = (sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(PORT), "--no-ws", *options)
    return Server(
        name, (*command, "athena_fhir_load.served:bare"), (*command, "--factory", "athena_fhir_load.served:emulator")
    )


def _gunicorn(name: str, *options: str) -> Server:
    command = (sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{PORT}", "-k", "gthread", *options)
    return Server(name, (*command, "athena_fhir_load.served:bare"), (*command, "athena_fhir_load.served:emulator()"))


def _ours(name: str, *options: str) -> Server:
    serve = (*EMULATOR[:-1], str(PORT), "--limits", "off", *options)
    return Server(name, () if options else _BARE, serve)


SERVERS = (
    _ours("waitress, 32 threads"),
    _ours("waitress, 2 workers", "--workers", "2"),
    _granian("granian, 1 thread", "--blocking-threads", "1"),
    _granian("granian, 32 threads", "--blocking-threads", "32"),
    _granian("granian, 2 workers of 1", "--workers", "2", "--blocking-threads", "1"),
    _gunicorn("gunicorn, 32 threads", "--threads", "32"),
    _gunicorn("gunicorn, 2 workers of 16", "-w", "2", "--threads", "16"),
)


@contextmanager
def listening(command: Sequence[str]) -> Iterator[int]:
    """A server that answers; yields its process id."""
    path = os.pathsep.join((str(OTHERS.resolve()), *filter(None, (os.environ.get("PYTHONPATH"),))))
    process = subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": path}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(process)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def _wait(process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            connection = HTTPConnection("127.0.0.1", PORT, timeout=5)
            connection.request("GET", _PATH)
            connection.getresponse().read()
            connection.close()
            return
        except OSError:
            time.sleep(0.05)  # noqa: TID251 - waits for another process
    message = f"{process.args!r} does not answer on port {PORT}; is it installed in {OTHERS}, and the port free?"
    raise RuntimeError(message)


def _token() -> str:
    import base64

    connection = HTTPConnection("127.0.0.1", PORT, timeout=10)
    secret = base64.b64encode(b"mock-client:mock-secret").decode()
    form = f"grant_type=client_credentials&scope={quote('system/*.read')}"
    fields = {"Authorization": f"Basic {secret}", "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/oauth2/v1/token", form, fields)
    return str(json.load(connection.getresponse())["access_token"])


def _cell(connections: int, seconds: float, token: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "athena_fhir_load.hammer", "127.0.0.1", str(PORT), _PATH, str(connections)]
    ran = subprocess.run([*command, str(seconds), token], capture_output=True, text=True, check=False, timeout=120)
    if ran.returncode:
        return {"failed": ran.stderr.strip().splitlines()[-1]}
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def measured(rounds: int, seconds: float, servers: Sequence[Server] = SERVERS) -> list[dict[str, Any]]:
    """Every cell of every round, in the order in which they were measured."""
    cells = []
    for number in range(rounds):
        for server in servers if number % 2 == 0 else reversed(servers):
            for app, command in (("bare", server.bare), ("read", server.emulator)):
                if not command:
                    continue
                with listening(command):
                    token = _token() if app == "read" else ""
                    _cell(4, 0.3, token)
                    for connections in CONNECTIONS:
                        found = _cell(connections, seconds, token)
                        cells.append(
                            {"round": number, "server": server.name, "app": app, "connections": connections, **found}
                        )
    return cells


def table(cells: Sequence[dict[str, Any]]) -> str:
    """Medians: answers a second and its ratio to waitress of the same round, p50 and p99 in milliseconds."""
    lines = []
    for app in ("bare", "read"):
        lines += [f"{app:<28}" + "".join(f"{f'{each} connections':>38}" for each in CONNECTIONS)]
        for server in dict.fromkeys(cell["server"] for cell in cells if cell["app"] == app):
            lines.append(f"{server:<28}" + "".join(_summary(cells, app, server, each) for each in CONNECTIONS))
    return "\n".join(lines) + "\n"


def _summary(cells: Sequence[dict[str, Any]], app: str, server: str, connections: int) -> str:
    mine = [cell for cell in cells if (cell["app"], cell["server"], cell["connections"]) == (app, server, connections)]
    good = [cell for cell in mine if "perSecond" in cell and cell["p50"] is not None]
    if not good:
        return f"{'failed':>38}"
    first = {
        cell["round"]: cell["perSecond"]
        for cell in cells
        if (cell["app"], cell["server"], cell["connections"]) == (app, SERVERS[0].name, connections)
    }
    ratio = median(cell["perSecond"] / first[cell["round"]] for cell in good)
    rate, p50, p99 = (median(cell[name] for cell in good) for name in ("perSecond", "p50", "p99"))
    return f"{rate:>9,.0f}/s {ratio:>6.2f}x p50 {p50:>6.2f} p99 {p99:>6.1f}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, show, and write JSON."""
    parser = argparse.ArgumentParser("python -m athena_fhir_load.servers", description="WSGI servers in turns.")
    parser.add_argument("--rounds", type=int, default=3, choices=range(1, 21), metavar="1-20", help="in turns (3)")
    parser.add_argument("--seconds", type=float, default=1.0, help="of each cell (1)")
    parser.add_argument("--out", type=Path, default=Path("build/servers.json"), help="raw figures (%(default)s)")
    asked = parser.parse_args(arguments)
    try:
        cells = measured(asked.rounds, asked.seconds)
    except RuntimeError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    told = {"revision": revision_of(Path.cwd()), "machine": machine(), "cells": cells}
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(table(cells))
    return 0


if __name__ == "__main__":
    sys.exit(main())
