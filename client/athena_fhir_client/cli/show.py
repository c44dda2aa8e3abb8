"""Output: JSON for programs, tables for people, and progress with rate, quota left and time to go."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import click

from athena_fhir_client.texts import json_text


class Progress(Protocol):
    """How far a command is."""

    def __call__(self, done: int, total: int | None = None) -> None:
        """So many are done, of so many if that is known."""
        ...


def line(value: Any) -> None:
    """One value as a line of JSON."""
    click.echo(json_text(value, separators=(",", ":")))


def document(value: Any) -> None:
    """One value as JSON to be read."""
    click.echo(json_text(value, indent=2))


@contextmanager
def progress(client: Any, what: str, quiet: bool = False) -> Iterator[Progress]:
    """A line on standard error, where that is a terminal: how many, how fast, what is left of today, how long still."""
    if quiet or not sys.stderr.isatty():
        yield _unseen
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TextColumn("{task.fields[left]} left today"),
        TimeRemainingColumn(),
    )
    pacer = client.pacer
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        began, spent = client.clock.monotonic(), pacer.pace.number
        task = bar.add_task(what, total=None, rate="", left=f"{pacer.left_today:,}")

        def show(done: int, total: int | None = None) -> None:
            seconds = max(client.clock.monotonic() - began, 0.001)
            rate = f"{(pacer.pace.number - spent) / seconds:.1f} requests/s"
            bar.update(task, completed=done, total=total, rate=rate, left=f"{pacer.left_today:,}")

        yield show


def _unseen(done: int, total: int | None = None) -> None:
    """Nobody looks."""


def table(title: str, columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    """A table for people."""
    from rich.console import Console
    from rich.table import Table

    made = Table(*columns, title=title, title_justify="left")
    for row in rows:
        made.add_row(*(str(cell) for cell in row))
    Console().print(made)
