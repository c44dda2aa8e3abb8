"""Compares the golden population with what the generator makes now, byte for byte."""

from collections.abc import Mapping
from itertools import zip_longest
from pathlib import Path

import orjson

from mock_athena.population.recipe import Recipe

RENEW = (
    "If that is meant, raise GENERATOR_VERSION (mock_athena/population/__init__.py), run `make golden` and commit both."
)
_SHOWN = 60  # bytes on each side of the first one that differs


def written(recipe: Recipe) -> dict[str, bytes]:
    """What ``mock-athena generate`` writes, by name of the file."""
    lines: dict[str, list[bytes]] = {}
    for made in recipe.resources():
        lines.setdefault(f"{made['resourceType']}.ndjson", []).append(orjson.dumps(made))
    return {name: b"\n".join(found) + b"\n" for name, found in lines.items()}


def difference(folder: Path, made: Mapping[str, bytes]) -> str:
    """The first difference between the files of a folder and those that are made, with what to do; empty if none."""
    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    for name in sorted({*kept, *made}):
        if name not in made:
            return f"{folder / name}: the generator makes no such file. {RENEW}"
        if name not in kept:
            return f"{folder / name}: is not there, but the generator makes it. {RENEW}"
        if kept[name] != made[name]:
            return f"{_first_line(folder / name, kept[name], made[name])}\n{RENEW}"
    return ""


def _first_line(path: Path, kept: bytes, made: bytes) -> str:
    pairs = zip_longest(kept.split(b"\n"), made.split(b"\n"), fillvalue=b"")
    number, (was, now) = next((number, pair) for number, pair in enumerate(pairs, 1) if pair[0] != pair[1])
    at = next((at for at, (a, b) in enumerate(zip(was, now, strict=False)) if a != b), min(len(was), len(now)))
    return f"{path}:{number}: differs from byte {at + 1} on\n  kept: {_around(was, at)}\n  made: {_around(now, at)}"


def _around(line: bytes, at: int) -> str:
    return line[max(0, at - _SHOWN) : at + _SHOWN].decode("utf-8", "replace") or "no such line"
