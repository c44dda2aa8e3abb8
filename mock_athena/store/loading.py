"""Loads anyone's data into a new store file: NDJSON, Bundles, single resources.

Everything is read before anything is refused, so that whoever mends the data learns of all that is wrong at once.
"""

import logging
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from mock_athena.errors import DataError
from mock_athena.fhir.registry import RESOURCE_TYPES
from mock_athena.store.arrivals import ComesTwice, Load, with_meta
from mock_athena.store.bodies import decoded, encoded, require_levels
from mock_athena.store.conditional import MARK, Resolved, resolve, resolved_in
from mock_athena.store.files import whole
from mock_athena.store.filling import filling
from mock_athena.store.problems import Problems
from mock_athena.store.reading import Found, data_files, place, read

_LOG = logging.getLogger("mock_athena")


def load_files(path: Path, named: Sequence[str], now: int, *, skip_bad: bool = False) -> None:
    """Write a store with the resources of some files and folders to ``path``.

    Args:
        now: ``meta.lastUpdated`` of those that bring none, in nanoseconds since 1970 UTC.
        skip_bad: leave out what cannot be loaded, and log what that was.

    Raises:
        DataError: a file cannot be read, or a resource cannot be loaded: one line for each. Nothing was written then.
    """
    files = data_files(named)
    resolved = resolved_in(files)
    with whole(path) as unfinished, filling(unfinished, now) as load:
        reader = _Reader(load, files, resolved)
        for index in range(len(files)):
            reader.read(index)
        if reader.problems.count and not skip_bad:
            raise DataError("\n".join(_refusal(reader.problems, reader.met)))
        for line in reader.problems.lines():
            _LOG.warning("skipped: %s", line)
    if reader.problems.count:
        _LOG.warning("%s of %s resources were skipped", f"{reader.problems.count:,}", f"{reader.met:,}")


def _refusal(problems: Problems, met: int) -> list[str]:
    lines = problems.lines()
    if problems.count == 1:
        return [f"{lines[0]}; nothing was loaded: mend it, or load the rest with --skip-bad"]
    last = f"{problems.count:,} of {met:,} resources cannot be loaded, so none was: mend them, or load the rest with "
    return [*lines, f"{last}--skip-bad"]


class _Reader:
    """Takes the resources of files into a load.

    Attributes:
        met: how many resources were met, good or bad.
    """

    def __init__(self, load: Load, files: Sequence[Path], resolved: Resolved) -> None:
        self.problems = Problems()
        self.met = 0
        self._load = load
        self._files = files
        self._resolved = resolved
        # Where each resource that was taken stands: two numbers each, since there may be millions.
        self._file_of = array("I")
        self._number_of = array("I")

    def read(self, index: int) -> None:
        """Take what is in a file."""
        path = self._files[index]
        for found in read(path):
            self.met += 1
            try:
                self._take(path, found)
            except ComesTwice as error:
                first = place(self._files[self._file_of[error.first]], self._number_of[error.first])
                self.problems.add(place(path, found.number), f"{error}; the first is at {first}")
            except DataError as error:
                self.problems.add(place(path, found.number), str(error))
            else:
                if self._load.taken > len(self._file_of):
                    self._file_of.append(index)
                    self._number_of.append(found.number)

    def _take(self, path: Path, found: Found) -> None:
        if found.error:
            raise DataError(found.error)
        text = resolve(found.text, self._resolved) if self._resolved and MARK in found.text else found.text
        resource = parsed(text)
        type = resource.get("resourceType") if isinstance(resource, dict) else None
        if isinstance(type, str) and type not in RESOURCE_TYPES and type != "Bundle":
            self.problems.add_type(place(path, found.number), type)
            return
        if type == "Bundle":
            message = "a Bundle on a line; put each Bundle into a .json file of its own"
            raise DataError(message)
        take_text(self._load, resource, text)


def take_text(load: Load, resource: Any, text: bytes) -> None:
    """Take a resource whose JSON is known: it is kept byte for byte, but for the ``meta`` that it lacks.

    Raises:
        DataError: as :meth:`Load.take` does.
    """
    meta = resource.get("meta", {}) if isinstance(resource, dict) else None
    if not isinstance(meta, dict) or ("versionId" in meta and "lastUpdated" in meta):
        load.take(resource, text)
    elif "meta" not in resource:
        given = with_meta(resource, load.updated)
        load.take(given, b'%s,"meta":%s}' % (text[:-1].rstrip(), orjson.dumps(given["meta"])))
    else:
        load.take(decoded(text))


def parsed(text: bytes) -> Any:
    """The JSON value of a line; its numbers are good for nothing but to be passed over.

    Raises:
        DataError: it is not JSON, or nested too deep.
    """
    try:
        try:
            value = orjson.loads(text)
        except ValueError:
            value = decoded(text)  # numbers beyond any float are JSON too; and it says better what is wrong
            encoded(value)  # half of a surrogate pair is not
    except (ValueError, RecursionError) as error:
        message = f"not JSON ({error}); each line must be one resource"
        raise DataError(message) from None
    try:
        require_levels(text, value)
    except ValueError as error:
        raise DataError(str(error)) from None
    return value
