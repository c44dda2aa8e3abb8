"""A population as files: NDJSON, one file for each resource type, and a database that ``serve --db`` can start from.

It is made in blocks of patients by as many processes as are asked for. Finished blocks are kept beside the result until
all are there, so an interrupted run goes on where it stopped; the bytes do not depend on the number of processes.
"""

import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import orjson

from mock_athena.errors import ConfigurationError, DataError
from mock_athena.garbage import without_collection
from mock_athena.population import GENERATOR_VERSION
from mock_athena.population.recipe import Recipe

DATABASE = "population.sqlite"
BLOCK = 50
"""Patients in a block."""

_UNFINISHED = ".unfinished"
Told = Callable[[int], None]
"""Called with the number of patients that a finished block has."""


def write_population(
    out: Path, recipe: Recipe, jobs: int = 1, *, database: bool = True, told: Told = lambda _: None
) -> dict[str, int]:
    """Write a population into a folder; answers the number of resources by file name.

    Files of the same name are replaced, only when everything is complete. What was finished of the same recipe by an
    earlier run is used.

    Raises:
        ConfigurationError: the folder cannot be written, or holds an unfinished run of another recipe.
    """
    try:
        unfinished = _begun(out, recipe)
        _make_blocks(unfinished, recipe, jobs, told)
        counts = _joined(unfinished)
        if database:
            _database(unfinished)
        for path in sorted((unfinished / "whole").iterdir()):
            path.replace(out / path.name)
        shutil.rmtree(unfinished)
    except DataError as error:
        raise ConfigurationError(str(error)) from None
    except OSError as error:
        message = f"{out}: cannot be written: {error.strerror}"
        raise ConfigurationError(message) from None
    return counts


def _begun(out: Path, recipe: Recipe) -> Path:
    """The folder of the blocks, new or of an earlier run of the same recipe."""
    unfinished = out / _UNFINISHED
    manifest = unfinished / "recipe.json"
    wanted = json.dumps({"generator": GENERATOR_VERSION, **asdict(recipe)}, default=str)
    if manifest.is_file() and manifest.read_text(encoding="utf-8") != wanted:
        message = (
            f"{out} holds an unfinished population of other options: run that command again to finish it, "
            f"or delete {unfinished}"
        )
        raise ConfigurationError(message)
    unfinished.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(unfinished / "whole", ignore_errors=True)
    _sweep(unfinished)
    manifest.write_text(wanted, encoding="utf-8")
    return unfinished


def _blocks(recipe: Recipe) -> list[tuple[int, int]]:
    """(first, last) patient of each block; the practice's own resources are the block (0, 0)."""
    firsts = range(1, recipe.patients + 1, BLOCK)
    return [(0, 0), *((first, min(first + BLOCK - 1, recipe.patients)) for first in firsts)]


def _make_blocks(unfinished: Path, recipe: Recipe, jobs: int, told: Told) -> None:
    left = []
    for first, last in _blocks(recipe):
        if _folder(unfinished, first).is_dir():
            told(last - first + 1 if first else 0)
        else:
            left.append((unfinished, recipe, first, last))
    if jobs <= 1 or len(left) <= 1:
        for task in left:
            told(_make_block(task))
        return
    try:
        # Not forked, as the caller may have threads. Left early, the workers are ended whatever they are at.
        with get_context("spawn").Pool(min(jobs, len(left)), _undisturbed) as workers:
            for patients in workers.imap_unordered(_make_block, left):
                told(patients)
    finally:
        _sweep(unfinished)


def _sweep(unfinished: Path) -> None:
    """Remove blocks that were begun by processes that were ended."""
    for left in unfinished.glob("block-*.*"):
        shutil.rmtree(left, ignore_errors=True)


def _undisturbed() -> None:
    """An interrupt from the keyboard is for the process that waits for the workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _folder(unfinished: Path, first: int) -> Path:
    return unfinished / f"block-{first:09}"


@without_collection()
def _make_block(task: tuple[Path, Recipe, int, int]) -> int:
    """Write one block, whole or not at all; answers how many patients it has."""
    unfinished, recipe, first, last = task
    folder = _folder(unfinished, first)
    begun = folder.with_name(f"{folder.name}.{os.getpid()}")
    begun.mkdir()
    try:
        lines: dict[str, list[bytes]] = {}
        records = [recipe.of_practice()] if not first else (recipe.of_patient(n) for n in range(first, last + 1))
        for record in records:
            for made in record:
                lines.setdefault(made["resourceType"], []).append(orjson.dumps(made))
        for type, written in lines.items():
            (begun / f"{type}.ndjson").write_bytes(b"\n".join(written) + b"\n")
        _finished(begun, folder)
    finally:
        shutil.rmtree(begun, ignore_errors=True)
    return last - first + 1 if first else 0


def _finished(begun: Path, folder: Path) -> None:
    """Give a block its name, unless a worker that outlived its killed parent has finished the same one."""
    try:
        begun.replace(folder)
    except OSError:
        if not folder.is_dir():
            raise


def _joined(unfinished: Path) -> dict[str, int]:
    """One file for each type, in ``whole``; the number of lines of each."""
    whole = unfinished / "whole"
    whole.mkdir()
    counts: dict[str, int] = {}
    for part in _parts(unfinished):
        with part.open("rb") as read, (whole / part.name).open("ab") as written:
            for line in read:
                written.write(line)
                counts[part.name] = counts.get(part.name, 0) + 1
    return dict(sorted(counts.items()))


def _parts(unfinished: Path) -> Iterator[Path]:
    for folder in sorted(unfinished.glob("block-?????????")):
        yield from sorted(folder.glob("*.ndjson"))


def _database(unfinished: Path) -> None:
    from mock_athena.store import files

    files.build(unfinished / "whole" / DATABASE, _records(unfinished), now=0)


def _records(unfinished: Path) -> Iterator[dict[str, Any]]:
    for part in _parts(unfinished):
        with part.open("rb") as lines:
            yield from map(orjson.loads, lines)
