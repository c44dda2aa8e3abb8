"""Where named snapshots are: in this process, or in a folder that several processes use and that outlasts them."""

import json
import re
import threading
from pathlib import Path
from typing import Any, Protocol

from mock_athena.errors import ControlError, shortened

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SUFFIX = ".snapshot.json"

NOW, START = "now", "start"
"""Names that no snapshot has: the emulator as it is, and as a reset leaves it."""


class Shelf(Protocol):
    """Snapshots by name, as JSON text."""

    def put(self, name: str, text: str) -> None:
        """Keep a snapshot, in place of what has that name."""
        ...

    def get(self, name: str) -> str | None:
        """The snapshot of that name; None if there is none."""
        ...

    def names(self) -> list[str]:
        """Every name, sorted."""
        ...

    def delete(self, name: str) -> bool:
        """Forget a snapshot; answers whether there was one."""
        ...


class MemoryShelf:
    """Snapshots that are gone with this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._texts: dict[str, str] = {}

    def put(self, name: str, text: str) -> None:
        """See :meth:`Shelf.put`."""
        with self._lock:
            self._texts[name] = text

    def get(self, name: str) -> str | None:
        """See :meth:`Shelf.get`."""
        return self._texts.get(name)

    def names(self) -> list[str]:
        """See :meth:`Shelf.names`."""
        with self._lock:
            return sorted(self._texts)

    def delete(self, name: str) -> bool:
        """See :meth:`Shelf.delete`."""
        with self._lock:
            return self._texts.pop(name, None) is not None


class FolderShelf:
    """Snapshots as files of a folder, each whole or not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, text: str) -> None:
        """See :meth:`Shelf.put`."""
        from mock_athena.store.files import whole

        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # there are secrets in it
        with whole(self._file(name)) as unfinished:
            unfinished.touch(mode=0o600)
            unfinished.write_text(text, encoding="utf-8")

    def get(self, name: str) -> str | None:
        """See :meth:`Shelf.get`."""
        try:
            return self._file(name).read_text(encoding="utf-8", errors="replace")
        except (FileNotFoundError, IsADirectoryError):
            return None

    def names(self) -> list[str]:
        """See :meth:`Shelf.names`."""
        there = (file.name.removesuffix(_SUFFIX) for file in self._folder.glob(f"*{_SUFFIX}") if file.is_file())
        return sorted(name for name in there if _NAME.fullmatch(name))

    def delete(self, name: str) -> bool:
        """See :meth:`Shelf.delete`."""
        try:
            self._file(name).unlink()
        except (FileNotFoundError, IsADirectoryError):
            return False
        return True

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}{_SUFFIX}"


def shelf_in(state_dir: str) -> Shelf:
    """The shelf in a state directory; in memory where none is named."""
    return FolderShelf(Path(state_dir, "snapshots")) if state_dir else MemoryShelf()


def checked_name(name: Any) -> str:
    """A name that a snapshot may have.

    Raises:
        ControlError: it is none.
    """
    if isinstance(name, str) and _NAME.fullmatch(name) and name not in (NOW, START):
        return name
    told = shortened(json.dumps(name), 80)
    message = f"name = {told}: expected up to 64 letters, digits, '.', '_' and '-', other than {NOW!r} and {START!r}"
    raise ControlError(message)
