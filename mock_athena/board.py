"""A small JSON value that processes share, and notice at once when another one changes it.

It lies in a file that all of them map: a number, and two places of which the number says which one is valid. A change
is written whole to the other place and then made valid by the number alone, under a lock of the file. So to look
whether anything changed is to look at a number; and a process that is killed changes all or nothing, and the kernel
takes its lock back. POSIX only; the file must be on a local disk.
"""

import json
import mmap
import os
import threading
from collections.abc import Callable
from fcntl import LOCK_EX, LOCK_UN, flock
from pathlib import Path
from types import TracebackType
from typing import Any

_HEAD = 8


class Board:
    """One process's view of the file. Not to be used in a child that was forked off: that opens its own.

    Attributes:
        words: the first is the number: 0 as long as nothing was written, then one more with every change.

    Args:
        path: made if it is not there.
        room: bytes for one value; what is not used takes no room on the disk.
    """

    def __init__(self, path: Path, room: int = 1 << 20) -> None:
        self.file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self._room = room
        if os.fstat(self.file).st_size < _HEAD + 2 * room:
            os.ftruncate(self.file, _HEAD + 2 * room)
        self._map = mmap.mmap(self.file, _HEAD + 2 * room)
        self.words = memoryview(self._map)[:_HEAD].cast("Q")

    def read(self) -> tuple[int, Any]:
        """The number and the value; (0, None) as long as nothing was written."""
        while True:
            number = self.words[0]
            if not number:
                return 0, None
            begin = _HEAD + number % 2 * self._room
            try:
                value = json.loads(self._map[begin : self._map.find(b"\n", begin)])
            except ValueError:
                continue  # written twice while it was read
            if self.words[0] == number:
                return number, value

    def write(self, value: Any) -> int:
        """Change the value, under the lock; answers the new number.

        Raises:
            ValueError: it is too long.
        """
        text = json.dumps(value).encode() + b"\n"
        if len(text) > self._room:
            message = f"{len(text)} bytes are more than processes can share here ({self._room})"
            raise ValueError(message)
        number = self.words[0] + 1
        begin = _HEAD + number % 2 * self._room
        self._map[begin : begin + len(text)] = text
        self.words[0] = number
        return number

    def close(self) -> None:
        """Let go of the file."""
        os.close(self.file)


class BoardLock:
    """The lock of a board for threads and processes; who holds it may take it again.

    Args:
        follow: called when it was taken, to learn what others did. tell: called before it is given back.
    """

    def __init__(self, board: Board, follow: Callable[[], None], tell: Callable[[], None]) -> None:
        self._board, self._follow, self._tell = board, follow, tell
        self._own = threading.RLock()
        self._depth = 0

    def __enter__(self) -> None:
        self._own.acquire()
        self._depth += 1
        if self._depth == 1:
            flock(self._board.file, LOCK_EX)
            try:
                self._follow()
            except BaseException:
                self._release()
                raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._depth == 1:
                self._tell()
        finally:
            self._release()

    def _release(self) -> None:
        self._depth -= 1
        if not self._depth:
            flock(self._board.file, LOCK_UN)
        self._own.release()
