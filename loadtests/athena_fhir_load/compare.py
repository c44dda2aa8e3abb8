"""``python -m athena_fhir_load.compare REVISION``: whether this checkout is slower or faster than another revision.

Both are measured by the benchmarks of *this* checkout, in turns: there, here, here, there … The other revision lies in
a worktree of its own in a temporary folder and comes first on ``PYTHONPATH``, so both use the same libraries. What is
compared are medians of ratios to the baselines of the same run, where there are any. A difference counts only if it is
larger than the noise: the larger of both sides' spreads from least to most.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from athena_fhir_load.ending import ended
from athena_fhir_load.measure import Figure
from athena_fhir_load.records import figures_of, machine, read

HERE = Path(__file__).resolve().parents[2]
FILES = ("requests", "parts", "tokens", "limiter")

Values = list[float]


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure of both.

    Attributes:
        there, here: medians, in the figure's unit or by its baseline. noise: in proportion to the median. rate: more is
            better.
    """

    what: str
    there: float
    here: float
    noise: float
    rate: bool = False

    @property
    def change(self) -> float:
        """In proportion to what it was there."""
        return self.here / self.there - 1 if self.there else 0.0

    @property
    def verdict(self) -> str:
        """``slower`` and ``faster`` are beyond the noise."""
        if abs(self.change) <= self.noise:
            return "as before"
        return "faster" if (self.change > 0) is self.rate else "slower"


def differences(there: Sequence[Mapping[str, Figure]], here: Sequence[Mapping[str, Figure]]) -> list[Difference]:
    """What both have, in the order of the first run here."""
    found = []
    for what, figure in here[0].items():
        before, now = _values(there, what), _values(here, what)
        if before and now:
            noise = max(_spread(before), _spread(now))
            found.append(Difference(what, median(before), median(now), noise, _is_rate(figure)))
    return found


def _values(runs: Sequence[Mapping[str, Figure]], what: str) -> Values:
    figures = [run[what] for run in runs if what in run]
    return [figure.value if figure.ratio is None else figure.ratio for figure in figures]


def _spread(values: Values) -> float:
    return (max(values) - min(values)) / median(values) if median(values) else 0.0


def _is_rate(figure: Figure) -> bool:
    return figure.unit in ("MB/s", "/s", "resources")


@contextmanager
def worktree(revision: str) -> Iterator[Path]:
    """Another revision in a temporary folder.

    Raises:
        ValueError: there is no such revision.
    """
    git = ["git", "-C", str(HERE)]
    known = subprocess.run([*git, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"], check=False, stdout=-3)
    if known.returncode:
        message = f"there is no revision {revision!r} in {HERE.name}; give a commit, a branch or a tag"
        raise ValueError(message)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        path = Path(folder) / "there"
        subprocess.run([*git, "worktree", "add", "--detach", "--quiet", str(path), revision], check=True)
        try:
            yield path
        finally:
            subprocess.run([*git, "worktree", "remove", "--force", str(path)], check=True)


def measured(checkout: Path, records: Path, files: Sequence[str], options: Sequence[str]) -> Mapping[str, Figure]:
    """The figures of one run of this checkout's benchmarks over the code of a checkout."""
    path = os.pathsep.join(map(str, (checkout, checkout / "client", HERE / "loadtests")))
    tests = [str(HERE / "loadtests" / f"test_bench_{name}.py") for name in files]
    settings = ["-c", str(HERE / "pyproject.toml"), "--rootdir", str(HERE), "--records", str(records)]
    command = [
        sys.executable,
        "-m",
        "pytest",
        *tests,
        *settings,
        "--benchmark-enable",
        "-p",
        "no:xdist",
        "-q",
        *options,
    ]
    ran = subprocess.run(
        command, cwd=checkout, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False
    )
    found = read(records)
    if not found:
        raise RuntimeError(f"nothing was measured in {checkout}:\n{ran.stdout[-3000:]}{ran.stderr[-1000:]}")
    return figures_of(found[-1])


def compared(revision: str, rounds: int, files: Sequence[str], options: Sequence[str]) -> list[Difference]:
    """Measure both in turns."""
    there: list[Mapping[str, Figure]] = []
    here: list[Mapping[str, Figure]] = []
    with worktree(revision) as other, tempfile.TemporaryDirectory(prefix="records-") as records:
        for number in range(rounds):
            turns = [(other, there), (HERE, here)]
            for place, (checkout, runs) in enumerate(turns if number % 2 == 0 else reversed(turns)):
                runs.append(measured(checkout, Path(records) / f"{number}-{place}", files, options))
                sys.stderr.write(f"round {number + 1} of {rounds}: {'there' if runs is there else 'here'} done\n")
    return differences(there, here)


def _shown(found: Sequence[Difference]) -> str:
    lines = [f"{'':<58}{'there':>10}{'here':>10}{'change':>9}{'noise':>8}"]
    for each in found:
        what = f"{each.what:<58}{each.there:>10.3g}{each.here:>10.3g}"
        lines.append(f"{what}{100 * each.change:>+8.1f}%{100 * each.noise:>7.1f}%  {each.verdict}")
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare; 1 if there is no such revision or nothing was measured, else 0."""
    parser = argparse.ArgumentParser(
        "python -m athena_fhir_load.compare", description="This checkout beside another revision."
    )
    parser.add_argument("revision", help="of git, such as main")
    parser.add_argument("--rounds", type=int, default=3, choices=range(1, 21), metavar="1-20", help="in turns (3)")
    parser.add_argument(
        "--files", nargs="+", default=FILES, metavar="NAME", help=f"of test_bench_NAME.py ({' '.join(FILES)})"
    )
    parser.add_argument("--json", action="store_true", help="for programs")
    asked, options = parser.parse_known_args(arguments)
    missing = [name for name in asked.files if not (HERE / "loadtests" / f"test_bench_{name}.py").exists()]
    if missing:
        parser.error(f"there is no loadtests/test_bench_{missing[0]}.py")
    try:
        found = compared(asked.revision, asked.rounds, asked.files, options)
    except (ValueError, RuntimeError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if asked.json:
        told = [
            {"what": each.what, "change": each.change, "noise": each.noise, "verdict": each.verdict} for each in found
        ]
        json.dump({"revision": asked.revision, "machine": machine(), "figures": told}, sys.stdout, indent=1)
    else:
        sys.stdout.write(_shown(found))
    return 0


if __name__ == "__main__":
    sys.exit(ended(main))
