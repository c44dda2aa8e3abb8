"""What a run of the benchmarks found, as a file of its own; and the history of such files.

``build/bench/INSTANT-REVISION.json``: when, of which revision, on what, the baselines in microseconds and each figure
with its ratio. Ratios are what can be compared between runs: the machine is never the same twice.
"""

import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from athena_fhir_load.measure import Figure, Figures
from mock_athena.clock import NANOSECONDS, SystemClock

FOLDER = Path("build/bench")

Record = Mapping[str, Any]


def written(figures: Figures, folder: Path = FOLDER) -> Path:
    """The file in which the figures of a run are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    at = SystemClock().wall() // NANOSECONDS
    revision = revision_of(Path.cwd())
    path = folder / f"{at}-{revision}.json"
    found = {
        "at": at,
        "revision": revision,
        "machine": machine(),
        "baselines": figures.baselines,
        "figures": [asdict(figure) for figure in figures.found],
    }
    path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def machine() -> dict[str, Any]:
    """What the figures were measured on, and how busy it was."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {"cpus": os.cpu_count(), "load": load, "python": platform.python_version(), "system": platform.system()}


def revision_of(folder: Path) -> str:
    """The commit of a checkout, with ``+`` if something was changed since; ``unknown`` outside of one."""
    try:
        commit = _git(folder, "rev-parse", "--short", "HEAD")
        return commit + ("+" if _git(folder, "status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True)  # noqa: S607
    return done.stdout.strip()


def read(folder: Path = FOLDER) -> list[Record]:
    """All records of a folder, the oldest first."""
    paths = sorted(folder.glob("*.json"))
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


def figures_of(record: Record) -> dict[str, Figure]:
    """The figures of a record by what they are of."""
    return {figure["what"]: Figure(**figure) for figure in record["figures"]}


def courses(records: Sequence[Record]) -> dict[str, list[float | None]]:
    """Of each figure that has a ratio, its ratio in each of the records; None where that has none."""
    each = [figures_of(record) for record in records]
    names = dict.fromkeys(name for found in each for name, figure in found.items() if figure.ratio is not None)
    return {name: [found[name].ratio if name in found else None for found in each] for name in names}
