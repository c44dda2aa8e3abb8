"""How many files may be downloaded at once.

What a slow reader has not taken is in memory, a little more than two megabytes of it, so there is a cap. Threads are
none of its reasons: the server has another one stand in for each that waits for a reader.
"""

import threading
from collections.abc import Callable, Iterator
from types import TracebackType

from mock_athena.errors import Unavailable

STREAMS_AT_ONCE = 64
"""The most downloads at a time, by default."""


class StreamSlots:
    """So many downloads at a time; may be shared by several services of one server.

    Args:
        limit: how many.
    """

    def __init__(self, limit: int = STREAMS_AT_ONCE) -> None:
        self.limit = limit
        self._free = threading.BoundedSemaphore(limit)

    def take(self) -> Callable[[], None]:
        """A slot, as the function that gives it back; calling that again does nothing.

        Raises:
            Unavailable: all are taken; says when to come back.
        """
        if not self._free.acquire(blocking=False):
            message = f"{self.limit} export files are being downloaded, which is the most at a time; try again"
            raise Unavailable(message, headers=(("Retry-After", "1"),))
        given_back = threading.Lock()

        def give_back() -> None:
            if given_back.acquire(blocking=False):
                self._free.release()

        return give_back


class FileStream:
    """The chunks of one download; whoever does not iterate it to its end closes it, as when the reader went away.

    The first chunk is made at once: what goes wrong then is raised while the answer can still be a refusal.
    """

    def __init__(self, chunks: Iterator[bytes], give_back: Callable[[], None]) -> None:
        self._chunks = chunks
        self._give_back = give_back
        self._ahead: bytes | None = self._next()

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        chunk, self._ahead = self._ahead or self._next(), None
        if chunk is None:
            self.close()
            raise StopIteration
        return chunk

    def _next(self) -> bytes | None:
        try:
            return next(self._chunks, None)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "FileStream":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the slot and of the store's cursor."""
        try:
            close = getattr(self._chunks, "close", None)
            if close:
                close()
        finally:
            self._give_back()
