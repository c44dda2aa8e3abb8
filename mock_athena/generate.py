"""``mock-athena generate``: writes a population with a progress bar, and says what it wrote and how fast."""

import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from mock_athena.clock import stopwatch
from mock_athena.population.files import DATABASE, write_population
from mock_athena.population.recipe import Recipe, day_from
from mock_athena.profiles import profile_named


def generate(
    out: Path,
    *,
    patients: int,
    seed: int,
    practice: int,
    as_of: str,
    profile: str,
    dirty: float,
    jobs: int,
    database: bool,
) -> None:
    """Write a population into ``out`` and list the files.

    Raises:
        ConfigurationError: an option that cannot be, or a folder that cannot be written.
    """
    recipe = Recipe(seed, practice, patients, day_from(as_of), profile_named(profile).data_shape, dirty)
    begun = stopwatch()
    with _progress() as shown:
        bar = shown.add_task("patients", total=patients)
        try:
            counts = write_population(out, recipe, jobs, database=database, told=lambda done: shown.advance(bar, done))
        except KeyboardInterrupt:
            print(f"stopped; the same command goes on from what is in {out}", file=sys.stderr)
            raise
    for name, count in counts.items():
        print(f"{count:>9,}  {out / name}")
    total, seconds = sum(counts.values()), max((stopwatch() - begun) / 1e9, 0.001)
    also = f", {DATABASE}" if database else ""
    print(f"{total:>9,}  resources in {seconds:.1f} s ({total / seconds:,.0f} a second){also}")


def _progress() -> Progress:
    """A bar on standard error, where that is a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
