"""Two runs beside each other: ``python -m athena_fhir_load.comparison BEFORE AFTER``, folders or ``report.json``.

A figure of two runs differs by chance as well, so a change is told and not judged; only what must be zero is. Exit code
1: more of that went wrong in the second run. 2: one of them is no report.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from athena_fhir_load.ending import ended
from athena_fhir_load.figures import FORMAT
from athena_fhir_load.journals import LoadError
from athena_fhir_load.page import image, table, whole
from athena_fhir_load.report import BROKEN, NOTHING_TO_JUDGE, broke, embedded
from athena_fhir_load.summary import BAD, Row

Figures = Mapping[str, Any]

# What is compared: under which name, where it is in the report, and in which unit.
_COMPARED = (
    ("requests admitted", ("limiter", "admitted"), ""),
    ("requests refused", ("limiter", "refused"), ""),
    ("admitted beyond the policy", ("limiter", "over_admission"), ""),
    ("refused though there was room", ("limiter", "under_admission"), ""),
    ("Retry-After too early", ("retry_after", "early"), ""),
    ("Remaining and Reset that were not true", ("limiter", "dishonest"), ""),
    ("decisions older than the one before", ("limiter", "went_back"), ""),
    ("Retry-After longer than needed, mean", ("retry_after", "waste_mean_s"), "s"),
    ("quota used by who was refused, mean", ("limiter", "utilisation_mean"), ""),
    ("answers within the emulator, p50", ("decision", "answer_ms", "p50"), "ms"),
    ("answers within the emulator, p99", ("decision", "answer_ms", "p99"), "ms"),
    ("429 within the emulator, p50", ("decision", "refusal_ms", "p50"), "ms"),
    ("429 within the emulator, p99", ("decision", "refusal_ms", "p99"), "ms"),
    ("answered since due, p50", ("generator", "latency_ms", "answered", "p50"), "ms"),
    ("answered since due, p99", ("generator", "latency_ms", "answered", "p99"), "ms"),
    ("the most that was carried in a second", ("generator", "carried", "answered"), ""),
    ("due and not sent", ("generator", "dropped"), ""),
    ("the generator's own CPU", ("generator", "cpu_share"), "of a core"),
)
_PARTS = ("limiter", "retry_after")
_ZERO = {
    "admitted beyond the policy",
    "refused though there was room",
    "Retry-After too early",
    "Remaining and Reset that were not true",
    "decisions older than the one before",
}


class Pair(NamedTuple):
    """One figure of both runs; None where a run has none."""

    what: str
    before: float | None
    after: float | None
    unit: str


def compared(before: Figures, after: Figures) -> Iterator[Pair]:
    """Every figure that at least one of them has."""
    for what, path, unit in _COMPARED:
        pair = Pair(what, _at(before, path), _at(after, path), unit)
        if pair.before is not None or pair.after is not None:
            yield pair


def row(pair: Pair) -> Row:
    """As a row of a report."""
    verdict = BAD if pair.what in _ZERO and (pair.after or 0) > (pair.before or 0) else ""
    change = f"{100 * (pair.after / pair.before - 1):+.1f} %" if pair.before and pair.after is not None else ""
    return Row(pair.what, f"{_text(pair.before)} → {_text(pair.after)} {pair.unit}".rstrip(), change, verdict)


def differences(before: Figures, after: Figures) -> Iterator[Row]:
    """What makes two runs no pair: figures of another policy or another load differ for that reason."""
    for what, path in (("policy", ("policy",)), ("run", ("title",)), ("scenario", ("generator", "scenario"))):
        pair = [_found(figures, path) for figures in (before, after)]
        if pair[0] != pair[1]:
            yield Row(what, f"{pair[0] or 'none'} → {pair[1] or 'none'}", "not the same: the figures differ for it too")


def report_at(where: Path) -> Figures:
    """The figures of a run.

    Raises:
        LoadError: there are none.
    """
    path = where / "report.json" if where.is_dir() else where
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise LoadError(f"{path} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise LoadError(f"{path} is no report: {error}") from None
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise LoadError(f"{path} is no report of format {FORMAT}: make it again from its journal.json")
    if not _is_whole(told):
        raise LoadError(f"{path} is no whole report: make it again from its journal.json")
    return told


def _is_whole(told: Figures) -> bool:
    """Whether there is what a comparison cannot do without."""
    try:
        broke(told)
        drawn = told["decision"]["histograms"] if told["decision"] else {}
        return all(isinstance(told[part], dict) for part in _PARTS) and isinstance(drawn, dict)
    except (KeyError, TypeError):
        return False


def _at(figures: Figures, path: Sequence[str]) -> float | None:
    found = _found(figures, path)
    return found if isinstance(found, (int, float)) else None


def _found(figures: Figures, path: Sequence[str]) -> Any:
    found: Any = figures
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _text(value: float | None) -> str:
    if value is None:
        return "none"
    return f"{value:,}" if isinstance(value, int) else f"{value:.3g}"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m athena_fhir_load.comparison", description=__doc__)
    parser.add_argument("before", type=Path, help="a folder of a report, or its report.json")
    parser.add_argument("after", type=Path, help="likewise")
    parser.add_argument("--out", type=Path, default=Path("build/load/comparison"), help="folder (default: %(default)s)")
    asked = parser.parse_args(arguments)
    try:
        before, after = report_at(asked.before), report_at(asked.after)
    except LoadError as error:
        sys.stderr.write(f"{error}\n")
        return NOTHING_TO_JUDGE
    rows = [*differences(before, after), *(row(pair) for pair in compared(before, after))]
    try:
        _write(asked.out, [(str(asked.before), before), (str(asked.after), after)], rows)
    except OSError as error:
        sys.stderr.write(f"{asked.out} cannot be written: {error.strerror}\n")
        return NOTHING_TO_JUDGE
    lines = [f"  {each.verdict:<3} {each.what:<42} {each.found:<34} {each.should}".rstrip() for each in rows]
    sys.stdout.write("\n".join([*lines, f"comparison: {asked.out / 'index.html'}", ""]))
    return BROKEN if any(each.verdict == BAD for each in rows) else 0


def _write(folder: Path, runs: Sequence[tuple[str, Figures]], rows: Sequence[Row]) -> None:
    from athena_fhir_load import plots

    folder.mkdir(parents=True, exist_ok=True)
    body = [table(rows)]
    judged = [(name, figures) for name, figures in runs if figures["decision"]]
    if judged:
        plots.compared(judged, folder / "latency.png")
        body.append(
            image(embedded(folder / "latency.png"), "Cumulated share of answers over their duration, of both runs")
        )
    title = " and ".join(name for name, _ in runs)
    (folder / "index.html").write_text(whole(f"{title}, compared", body), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(ended(main))
