"""Answers that are asked for again and again, as long as nothing is written.

A search is a function of a snapshot and of what was asked, so its answer can be kept as bytes; only the instant in it
is new each time. What was answered long ago gives way to what is answered now, and a commit leaves all of it behind.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

LARGEST_KEPT = 65_536
"""Bytes of one answer."""

_MOST_BYTES = 33_554_432


class HotAnswers:
    """Bodies by what they answer, 32 MiB at most; several threads may use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bodies: OrderedDict[Hashable, bytes] = OrderedDict()
        self._bytes = 0

    def answer(self, asked: Hashable, make: Callable[[], bytes]) -> bytes:
        """The answer to what is asked: one that was kept, or what ``make`` gives.

        Args:
            asked: everything that the answer depends on, the commit of its data included; None for what is not kept.
        """
        if asked is None:
            return make()
        with self._lock:
            kept = self._bodies.get(asked)
            if kept is not None:
                self._bodies.move_to_end(asked)
                return kept
        body = make()
        if len(body) <= LARGEST_KEPT:
            self._keep(asked, body)
        return body

    def _keep(self, asked: Hashable, body: bytes) -> None:
        with self._lock:
            self._bytes += len(body) - len(self._bodies.pop(asked, b""))
            self._bodies[asked] = body
            while self._bytes > _MOST_BYTES:
                self._bytes -= len(self._bodies.popitem(last=False)[1])
