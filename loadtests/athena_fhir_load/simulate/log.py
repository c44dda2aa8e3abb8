"""The decision log: 13 bytes for each decision, in the order in which they were taken.

Instant (nanoseconds since 1970, 8 bytes), number of the quota (4 bytes) and verdict (1: admitted), little-endian. Two
runs of the same scene and seed write the same bytes; its SHA-256 says so without keeping them.
"""

import hashlib
import struct
from collections.abc import Callable
from typing import BinaryIO

RECORD = struct.Struct("<qI?")
_TOGETHER = 4096


class DecisionLog:
    """Hashes decisions, and writes them to a file if there is one.

    Attributes:
        add: takes the record of one decision.
    """

    def __init__(self, file: BinaryIO | None = None) -> None:
        self.decisions = 0
        self._hash = hashlib.sha256()
        self._file = file
        self._records: list[bytes] = []
        self.add: Callable[[bytes], None] = self._records.append

    def flush_some(self) -> None:
        """Called now and then, so that memory does not grow."""
        if len(self._records) >= _TOGETHER:
            self._flush()

    def digest(self) -> str:
        """SHA-256 of everything so far."""
        self._flush()
        return self._hash.hexdigest()

    def _flush(self) -> None:
        together = b"".join(self._records)
        self.decisions += len(self._records)
        self._records.clear()
        self._hash.update(together)
        if self._file:
            self._file.write(together)
