"""Store files: made whole or not at all, and used by one emulator at a time."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import IO

from mock_athena.errors import DataError
from mock_athena.fhir.resource import Resource
from mock_athena.store.resources import ResourceStore

try:
    import fcntl
except ImportError:  # Windows has another call for it; there, nobody is kept out
    fcntl = None  # type: ignore[assignment]

Maker = Callable[[Path], None]

_TEMPORARY = "mock-athena-"


class _InUse(DataError):
    """Somebody else holds the lock."""


def build(path: Path, resources: Iterable[Resource], now: int) -> None:
    """Write a store with these resources to ``path``, in place of what is there.

    Args:
        now: ``meta.lastUpdated`` of those that bring none, in nanoseconds since 1970 UTC.

    Raises:
        DataError: a resource cannot be stored, or nothing can be written there.
    """
    from mock_athena.store.filling import filling  # most files are there already

    with whole(path) as unfinished, filling(unfinished, now) as load:
        for resource in resources:
            load.take(resource)


def copy(original: Path, path: Path) -> None:
    """Write a copy of the store file ``original`` to ``path``, in place of what is there.

    Raises:
        DataError: there is no original, or nothing can be written there.
    """
    with whole(path) as unfinished:
        shutil.copyfile(original, unfinished)


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A file to write, that becomes ``path`` when all went well; an interrupted one leaves nothing behind."""
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".unfinished-") as folder:
            unfinished = Path(folder, path.name)
            yield unfinished
            unfinished.replace(path)
    except (OSError, sqlite3.OperationalError) as error:
        message = f"{path}: cannot be written ({getattr(error, 'strerror', error)})"
        raise DataError(message) from None


def empty(path: Path) -> None:
    """Write a store without resources to ``path``, where nothing may be yet."""
    ResourceStore.create(path).close()


def open_temporary(make: Maker = empty) -> ResourceStore:
    """A store that is gone when it is closed, in the file that ``make`` writes.

    What a process left behind that was killed is removed by the next one.

    Raises:
        DataError: as ``make`` does.
    """
    with ExitStack() as stack:
        return _opened(temporary(stack, make), stack)


def temporary(stack: ExitStack, make: Maker = empty) -> Path:
    """A file that ``make`` writes, in a folder of its own that is gone when the stack is closed.

    Raises:
        DataError: as ``make`` does.
    """
    _sweep(Path(tempfile.gettempdir()))
    path = _claimed(stack)
    make(path)
    return path


def open_kept(path: Path, make: Maker = empty) -> ResourceStore:
    """The store at ``path``, in the file that ``make`` writes if there is none yet; for this process alone.

    Raises:
        DataError: another emulator uses it, it is not a store of ours, or as ``make`` does.
    """
    with ExitStack() as stack:
        return _opened(kept(path, stack, make), stack)


def folder(stack: ExitStack) -> Path:
    """A folder of our own, empty but for a lock, that is gone when the stack is closed."""
    _sweep(Path(tempfile.gettempdir()))
    return _claimed(stack).parent


def lock(path: Path, stack: ExitStack) -> None:
    """Keep other emulators out of ``path``, a file or a folder, until the stack is closed.

    Raises:
        DataError: another one uses it, or nothing can be written beside it.
    """
    try:
        stack.enter_context(_lock(path))
    except _InUse:
        message = f"{path}: in use by another emulator; stop that one, or name another folder"
        raise _InUse(message) from None


def kept(path: Path, stack: ExitStack, make: Maker = empty) -> Path:
    """The file at ``path``, which ``make`` writes if there is none yet; ours alone until the stack is closed.

    Raises:
        DataError: another emulator uses it, or as ``make`` does.
    """
    # Two names of one file have one lock.
    path = path.resolve()
    stack.enter_context(_lock(path))
    if not path.exists():
        make(path)
    return path


def _opened(path: Path, stack: ExitStack) -> ResourceStore:
    """The store at ``path``, that unwinds the stack when it is closed."""
    store = ResourceStore.open(path)
    store.on_close = stack.pop_all().close
    return store


def _lock(path: Path) -> IO[bytes]:
    """Keep other processes out of ``path`` until the answer is closed; a process that dies lets go by itself.

    The lock is on a file beside it: SQLite's own locks would be lost with a second handle on the database.
    """
    handle: IO[bytes] | None = None
    try:
        handle = path.with_name(f"{path.name}.lock").open("wb")
        if fcntl:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return handle
    except OSError as error:
        if handle:
            handle.close()
        if isinstance(error, BlockingIOError):
            message = f"{path}: in use by another emulator; stop that one, or name another file with --db"
            raise _InUse(message) from None
        message = f"{path}: cannot be locked ({error.strerror})"
        raise DataError(message) from None


def _claimed(stack: ExitStack) -> Path:
    """A path in a folder of our own, whose lock we hold; the stack gives up both."""
    while True:
        with ExitStack() as own:
            folder = own.enter_context(tempfile.TemporaryDirectory(prefix=_TEMPORARY, ignore_cleanup_errors=True))
            path = Path(folder, "store.sqlite")
            try:
                lock = own.enter_context(_lock(path))
            except _InUse:
                continue  # swept away in the moment before it was ours
            if Path(lock.name).exists():
                stack.push(own.pop_all())
                return path


@cache
def _sweep(folder: Path) -> None:
    """Remove temporary stores that nobody holds the lock of any more; once, as tests open a store for each of them."""
    if not fcntl:
        return
    # Every start looks here, and a folder for temporary files may be a large one.
    for name in (name for name in os.listdir(folder) if name.startswith(_TEMPORARY)):
        left = folder / name / "store.sqlite.lock"
        try:
            if not left.is_file() or left.is_symlink():
                continue
            with left.open("rb") as handle:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left.parent, ignore_errors=True)
        except OSError:
            continue  # in use, or somebody else's
