"""A population as NDJSON files, one for each resource type."""

import json
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from mock_athena.errors import ConfigurationError
from mock_athena.population import population


def write_ndjson(out: Path, seed: int, practice: int, patients: int) -> dict[str, int]:
    """Write a population into a folder; answers the number of resources by file name.

    Files of the same name are replaced, each only when all are complete.

    Raises:
        ConfigurationError: the folder cannot be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out, prefix=".unfinished-") as folder:
            counts = _write(Path(folder), seed, practice, patients)
            for name in counts:
                Path(folder, name).replace(out / name)
        return dict(sorted(counts.items()))
    except OSError as error:
        message = f"{out}: cannot be written: {error.strerror}"
        raise ConfigurationError(message) from None


def _write(folder: Path, seed: int, practice: int, patients: int) -> dict[str, int]:
    counts: dict[str, int] = {}
    files: dict[str, TextIO] = {}
    with ExitStack() as stack:
        for resource in population(seed, practice, patients):
            name = f"{resource['resourceType']}.ndjson"
            if name not in files:
                files[name] = stack.enter_context(Path(folder, name).open("w", encoding="utf-8", newline="\n"))
            files[name].write(json.dumps(resource, ensure_ascii=False, separators=(",", ":")) + "\n")
            counts[name] = counts.get(name, 0) + 1
    return counts
