"""Reading resources from NDJSON files: https://github.com/ndjson/ndjson-spec, one resource a line."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from mock_athena.errors import DataError
from mock_athena.fhir.resource import Resource
from mock_athena.store.bodies import decoded

_SUFFIXES = (".ndjson", ".jsonl")


class NdjsonReader:
    """The resources of some files, in order.

    Attributes:
        place: file and line of the resource that was read last, such as ``Patient.ndjson:12``.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = paths
        self.place = ""

    def __iter__(self) -> Iterator[Resource]:
        """Read on.

        Raises:
            DataError: a file cannot be read, or a line is not JSON; :meth:`placed` says where.
        """
        for path in self._paths:
            self.place = str(path)
            try:
                with path.open("rb") as lines:
                    for number, line in enumerate(lines, 1):
                        self.place = f"{path}:{number}"
                        if line.strip():
                            yield _value(line)
            except OSError as error:
                message = f"cannot be read: {error.strerror}"
                raise DataError(message) from None

    def placed(self, error: DataError) -> DataError:
        """What went wrong while the resources were read or taken in, with file and line."""
        return DataError(f"{self.place}: {error}")


def ndjson_files(named: Sequence[str]) -> list[Path]:
    """The files that are named, and those in the folders that are named, in order of their names.

    Raises:
        DataError: nothing of that name, or a folder without NDJSON.
    """
    files: list[Path] = []
    for name in named:
        path = Path(name)
        if path.is_dir():
            inside = sorted(file for file in path.iterdir() if file.suffix in _SUFFIXES)
            if not inside:
                message = f"{path}: no {' or '.join(_SUFFIXES)} file in this folder"
                raise DataError(message)
            files += inside
        elif path.is_file():
            files.append(path)
        else:
            message = f"{path}: no such file or folder"
            raise DataError(message)
    return files


def _value(line: bytes) -> Any:
    try:
        return decoded(line)
    except (ValueError, RecursionError) as error:
        message = f"not JSON ({error}); each line must be one resource"
        raise DataError(message) from None
