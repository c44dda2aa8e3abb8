"""What is asked for again and again, as long as nothing is written.

A resource and the answer to a search are functions of a snapshot and of what was asked, so both can be kept. What was
asked long ago gives way to what is asked now, and a commit leaves all of it behind.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")

LARGEST_KEPT = 65_536
"""Bytes of one value."""

_MOST_BYTES = 33_554_432


class Hot(Generic[T]):
    """Values by what they answer; several threads may use it.

    Args:
        size: bytes of a value, as far as they count. largest: what has more is not kept. most: bytes of all.
    """

    def __init__(self, size: Callable[[T], int], largest: int = LARGEST_KEPT, most: int = 0) -> None:
        self._size = size
        self._largest, self._most = largest, most or _MOST_BYTES
        self._lock = threading.Lock()
        self._values: OrderedDict[Hashable, T] = OrderedDict()
        self._bytes = 0

    def answer(self, asked: Hashable, make: Callable[[], T]) -> T:
        """The answer to what is asked: one that was kept, or what ``make`` gives.

        Args:
            asked: everything that the answer depends on, the commit of its data included; None for what is not kept.
        """
        if asked is None:
            return make()
        with self._lock:
            kept = self._values.get(asked)
            if kept is not None:
                self._values.move_to_end(asked)
                return kept
        value = make()
        if self._size(value) <= self._largest:
            self._keep(asked, value)
        return value

    def _keep(self, asked: Hashable, value: T) -> None:
        with self._lock:
            if asked in self._values:
                return  # another thread was as fast
            self._values[asked] = value
            self._bytes += self._size(value)
            while self._bytes > self._most:
                self._bytes -= self._size(self._values.popitem(last=False)[1])
