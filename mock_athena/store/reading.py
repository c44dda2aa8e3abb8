"""Data files: NDJSON (https://github.com/ndjson/ndjson-spec), a Bundle or one resource in JSON, each also gzipped."""

import gzip
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, NamedTuple, cast

from mock_athena.errors import DataError
from mock_athena.store.bundles import resources_in

_LINES = (".ndjson", ".jsonl")
_WHOLE = (".json",)
_PACKED = ".gz"
_PART = 1 << 20  # bytes that are looked through at once
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Found(NamedTuple):
    """One resource of a file.

    Attributes:
        number: of the line, or of the entry, from 1; 0 where the file is one resource.
        text: its JSON, as it stands there or, from a Bundle, on one line. error: why there is none.
    """

    number: int
    text: bytes = b""
    error: str = ""


def data_files(named: Sequence[str]) -> list[Path]:
    """The files that are named, and those in the folders that are named, in order of their names.

    Raises:
        DataError: nothing of that name, or a folder without data.
    """
    files: list[Path] = []
    for name in named:
        path = Path(name)
        if path.is_dir():
            inside = sorted(file for file in path.iterdir() if _form(file) in (*_LINES, *_WHOLE))
            if not inside:
                message = f"{path}: no {', '.join(_LINES)} or {_WHOLE[0]} file in this folder, nor one with {_PACKED}"
                raise DataError(message)
            files += inside
        elif path.is_file():
            files.append(path)
        else:
            message = f"{path}: no such file or folder"
            raise DataError(message)
    return files


def place(path: Path, number: int) -> str:
    """Where a resource stands: ``Patient.ndjson:12``, or ``bundle.json entry 3``."""
    if not number:
        return str(path)
    return f"{path} entry {number}" if is_whole(path) else f"{path}:{number}"


def is_whole(path: Path) -> bool:
    """Whether a file holds one JSON value, rather than one on each line."""
    return _form(path) in _WHOLE


def read(path: Path) -> Iterator[Found]:
    """What is in a file, in order.

    Raises:
        DataError: it cannot be read.
    """
    try:
        with _opened(path) as file:
            if is_whole(path):
                yield from (Found(*found) for found in resources_in(file.read().removeprefix(_BYTE_ORDER_MARK)))
            else:
                for number, line in enumerate(file, 1):
                    text = (line.removeprefix(_BYTE_ORDER_MARK) if number == 1 else line).strip()
                    if text:
                        yield Found(number, text)
    except (OSError, EOFError, zlib.error) as error:
        message = f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}"
        raise DataError(message) from None


def mentions(path: Path, what: bytes) -> Iterator[bytes]:
    """Parts of a file in which ``what`` is: some lines together, or the whole of it.

    Raises:
        DataError: it cannot be read.
    """
    try:
        with _opened(path) as file:
            size = -1 if is_whole(path) else _PART
            while text := file.read(size) + file.readline():
                if _has(text, what):
                    yield text
    except (OSError, EOFError, zlib.error) as error:
        message = f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}"
        raise DataError(message) from None


def _has(text: bytes, what: bytes) -> bool:
    """Whether it is in a text. Where its first byte is rare, to look for that alone is thirty times as fast."""
    first, at = what[:1], -1
    while (at := text.find(first, at + 1)) >= 0:
        if text.startswith(what, at):
            return True
    return False


def _form(path: Path) -> str:
    name = path.name.lower().removesuffix(_PACKED)
    return Path(name).suffix


def _opened(path: Path) -> IO[bytes]:
    packed = path.name.lower().endswith(_PACKED)
    return cast("IO[bytes]", gzip.open(path)) if packed else path.open("rb")
