"""Progress of a run: a bar on a terminal, a line for each group elsewhere."""

import sys
from collections import Counter

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from athena_fhir_conformance.recording import Result
from athena_fhir_conformance.verdicts import Verdict


class Progress:
    """Is told each result."""

    def __init__(self) -> None:
        self._stream = sys.stderr  # this one: while checks run, pytest has another
        self._console = Console(file=self._stream)
        self._bar: Bar | None = None
        self._task: TaskID | None = None
        self._seen = Counter[Verdict]()
        self._group, self._in_group = "", Counter[Verdict]()

    def __call__(self, result: Result, total: int) -> None:
        """Show a result."""
        self._seen[result.verdict] += 1
        if self._console.is_terminal:
            self._moved(result, total)
            return
        if result.group != self._group:
            self._said()
            self._group, self._in_group = result.group, Counter()
        self._in_group[result.verdict] += 1

    def end(self) -> None:
        """Nothing more comes."""
        if self._bar:
            self._bar.stop()
        self._said()

    def _moved(self, result: Result, total: int) -> None:
        if self._bar is None:
            columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
            self._bar = Bar(*columns, console=self._console, transient=True)
            self._bar.start()
            self._task = self._bar.add_task("", total=total)
        assert self._task is not None
        self._bar.update(self._task, advance=1, description=f"{_counts(self._seen)}  {result.id[:60]}")

    def _said(self) -> None:
        if self._group:
            print(f"{self._group:14} {_counts(self._in_group)}", file=self._stream, flush=True)


def _counts(seen: Counter[Verdict]) -> str:
    return ", ".join(f"{seen[each]} {each.value}" for each in reversed(Verdict) if seen[each])
