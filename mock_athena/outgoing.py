"""What a connection is still to send: the pieces as they were written, never copied.

waitress has a buffer that grows in memory or in a temporary file, and copies what is written into it and again what is
read of it. Here a download of 400 MB a second does without both.
"""

from collections import deque


class Outgoing:
    """The pieces in order; has the methods that waitress asks of a buffer. Whoever uses it holds the channel's lock."""

    def __init__(self) -> None:
        self._pieces: deque[memoryview] = deque()
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def append(self, data: bytes) -> None:
        """Add a piece."""
        self._pieces.append(memoryview(data))
        self._size += len(data)

    def get(self, most: int) -> memoryview:
        """Up to ``most`` bytes of the first piece, which stay there."""
        return self._pieces[0][:most]

    def skip(self, size: int, _prune: bool = False) -> None:
        """Drop bytes of the first piece that were sent."""
        left = self._pieces.popleft()[size:]
        if left:
            self._pieces.appendleft(left)
        self._size -= size

    def close(self) -> None:
        """Drop all."""
        self._pieces.clear()
        self._size = 0
