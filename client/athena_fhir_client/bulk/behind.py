"""Work that is done behind, in order, while more comes in: the network is read while what came before is kept.

Both let go of the interpreter's lock for most of their time, so two threads are worth while. More than a few portions
are never waiting, so memory stays small.
"""

from collections.abc import Callable
from queue import Queue
from threading import Thread

_WAITING = 8  # portions


class Behind:
    """Gives portions to a function, one after the other, in a thread of its own.

    Args:
        work: its first exception is raised by the next :meth:`give`, or by :meth:`finish`; nothing more is done then.
    """

    def __init__(self, work: Callable[[bytes], object]) -> None:
        self._work = work
        self._queue: Queue[bytes | None] = Queue(_WAITING)
        self._error: BaseException | None = None
        self._thread = Thread(target=self._run, name="check", daemon=True)
        self._thread.start()

    def give(self, data: bytes) -> None:
        """The next portion."""
        if self._error:
            raise self._error
        self._queue.put(data)

    def finish(self) -> None:
        """Wait until all is done."""
        self.stop()
        if self._error:
            raise self._error

    def stop(self) -> None:
        """Wait until all is done, or nothing more will be, whatever came of it."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (data := self._queue.get()) is not None:
            if self._error is None:
                try:
                    self._work(data)
                except BaseException as error:
                    self._error = error
