"""``python -m athena_fhir_load.soak``: so many requests with faults on, and what the emulator held meanwhile."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import inf
from pathlib import Path
from typing import Any

from athena_fhir_load.ending import ended
from athena_fhir_load.processes import EMULATOR
from athena_fhir_load.records import machine, revision_of
from athena_fhir_load.soak.held import Held, Verdict, held, judged
from athena_fhir_load.soak.traffic import PATIENTS, SCENARIO, Caller, Traffic

_SAMPLES = 40
_ROW = "{:>10}{:>9}{:>7}{:>9}{:>13}\n"


@contextmanager
def _emulator(folder: Path) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    temporaries = folder / "temporaries"
    temporaries.mkdir()
    scenario = folder / "soak.toml"
    scenario.write_text(SCENARIO, encoding="utf-8")
    options = ["--limits", "athena-prod", "--patients", str(PATIENTS), "--export-duration", "instant"]
    process = subprocess.Popen(
        [*EMULATOR, *options, "--scenario", str(scenario)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(temporaries)},
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert "ready" in line, f"the emulator did not start: {line!r}"
        yield process, line.split()[-1].removesuffix("/fhir/r4")
    finally:
        process.terminate()
        process.communicate(timeout=60)


def soaked(
    requests: int, callers: int, seconds: float, show: Callable[[Held], None] = lambda _: None
) -> tuple[Verdict, dict[str, Any]]:
    """Send so many, or as many as there is time for; each sample is shown when it was taken.

    Raises:
        RuntimeError: a caller or the emulator ended early.
    """
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        folder = Path(name)
        with _emulator(folder) as (process, origin):
            traffic = Traffic(origin, requests)
            threads = [Caller(traffic, number) for number in range(callers)]
            began = time.monotonic()
            try:
                for thread in threads:
                    thread.start()
                samples = []
                for sample in _watched(process, traffic, threads, folder / "temporaries", began + seconds):
                    show(sample)
                    samples.append(sample)
            finally:
                traffic.wanted = 0  # whoever ends us early waits for no more than what is under way
                for thread in threads:
                    if thread.ident:
                        thread.join()
            took = time.monotonic() - began
        left = [str(path.relative_to(folder)) for path in folder.joinpath("temporaries").rglob("*")]
    _check(threads, process)
    told = {
        "requests": traffic.done,
        "seconds": round(took, 1),
        "exports": traffic.exports,
        "statuses": {str(status or "broken"): count for status, count in sorted(traffic.statuses.items())},
    }
    return judged(samples, callers, left), told


def _watched(
    process: "subprocess.Popen[str]", traffic: Traffic, threads: Sequence[Caller], temporaries: Path, until: float
) -> Iterator[Held]:
    step = max(1, traffic.wanted // _SAMPLES)
    due = step
    while any(thread.is_alive() for thread in threads) and process.poll() is None:
        if time.monotonic() > until:
            traffic.wanted = 0
        if traffic.done >= due:
            due += step
            yield held(process.pid, temporaries, traffic.done)
        threads[0].join(0.05)


def _check(threads: Sequence[Caller], process: "subprocess.Popen[str]") -> None:
    problems = [f"{thread.name} ended: {thread.problem}" for thread in threads if thread.problem]
    if process.returncode:
        problems.append(f"the emulator ended with {process.returncode}")
    if problems:
        raise RuntimeError("; ".join(problems[:5]))


def main(arguments: Sequence[str] | None = None) -> int:
    """Soak; 1 if anything grew or was left behind, 2 if it could not be judged."""
    parser = argparse.ArgumentParser("python -m athena_fhir_load.soak", description="Requests with faults on; Linux.")
    parser.add_argument("--requests", type=int, default=1_000_000, help="in all, 1,000 or more (1,000,000)")
    parser.add_argument("--callers", type=int, default=8, help="that ask at once, 1 to 100 (8)")
    parser.add_argument("--minutes", type=float, default=60.0, help="no longer than this (60)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="every sample")
    asked = parser.parse_args(arguments)
    if asked.requests < 1000 or not 1 <= asked.callers <= 100 or not 0 < asked.minutes < inf:
        parser.error("expected --requests of 1,000 or more, --callers from 1 to 100, and some minutes")
    if asked.json and not asked.json.parent.is_dir():
        parser.error(f"there is no folder {asked.json.parent} for --json")
    sys.stdout.write(_ROW.format("requests", "MB", "files", "threads", "temporaries"))
    try:
        verdict, told = soaked(asked.requests, asked.callers, 60 * asked.minutes, _show)
    except (RuntimeError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if asked.json:
        found = {"revision": revision_of(Path.cwd()), "machine": machine(), **told, **verdict.as_json()}
        asked.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(_summary(verdict, told))
    return 1 if verdict.leaks else 0


def _show(sample: Held) -> None:
    requests, megabytes = f"{sample.requests:,}", f"{sample.megabytes:.1f}"
    sys.stdout.write(_ROW.format(requests, megabytes, sample.files, sample.threads, sample.temporaries))
    sys.stdout.flush()  # whoever waits for half an hour, or reads a log, sees how far it is


def _summary(verdict: Verdict, told: dict[str, Any]) -> str:
    rate = told["requests"] / told["seconds"]
    answers = ", ".join(f"{status} {count:,}" for status, count in told["statuses"].items())
    return (
        f"\n{told['requests']:,} requests in {told['seconds']} s ({rate:,.0f}/s), {told['exports']} exports\n"
        f"answers: {answers}\n{'; '.join(verdict.leaks) or 'nothing grew, nothing was left behind'}\n"
    )


if __name__ == "__main__":
    sys.exit(ended(main))
