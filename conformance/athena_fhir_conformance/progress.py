"""Progress of a run: a bar on a terminal; elsewhere a line now and then, and one for each group at the end.

Checks of different groups take turns while exports run, so a group is not complete before the run is.
"""

import sys
from collections import Counter

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from athena_fhir_conformance.recording import Result
from athena_fhir_conformance.verdicts import Verdict

_EVERY = 100  # checks


class Progress:
    """Is told each result."""

    def __init__(self) -> None:
        self._stream = sys.stderr  # this one: while checks run, pytest has another
        self._console = Console(file=self._stream)
        self._bar: Bar | None = None
        self._task: TaskID | None = None
        self._seen = Counter[Verdict]()
        self._groups: dict[str, Counter[Verdict]] = {}

    def __call__(self, result: Result, total: int) -> None:
        """Show a result."""
        self._seen[result.verdict] += 1
        if self._console.is_terminal:
            self._moved(result, total)
            return
        self._groups.setdefault(result.group, Counter())[result.verdict] += 1
        if self._seen.total() % _EVERY == 0:
            self._say(f"{self._seen.total()} of {total}", self._seen)

    def end(self) -> None:
        """Nothing more comes."""
        if self._bar:
            self._bar.stop()
        for group, seen in self._groups.items():
            self._say(group, seen)

    def _moved(self, result: Result, total: int) -> None:
        if self._bar is None:
            columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
            self._bar = Bar(*columns, console=self._console, transient=True)
            self._bar.start()
            self._task = self._bar.add_task("", total=total)
        assert self._task is not None
        self._bar.update(self._task, advance=1, description=f"{_counts(self._seen)}  {result.id[:60]}")

    def _say(self, what: str, seen: Counter[Verdict]) -> None:
        print(f"{what:14} {_counts(seen)}", file=self._stream, flush=True)


def _counts(seen: Counter[Verdict]) -> str:
    return ", ".join(f"{seen[each]} {each.value}" for each in reversed(Verdict) if seen[each])
