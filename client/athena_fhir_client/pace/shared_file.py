"""One pace for several processes: the state in a file, changed under its lock.

The file is mapped into memory; a number at its head, which grows with each change, is read without the lock, so that
whoever waits for an answer of another process looks often and costs little. What a process that was killed left half
written fails its checksum: then the window counts as full as of now. A request whose process is gone counts as
answered now.

All processes of a machine share its monotonic clock; after a restart of the machine what is kept lies in the future
and is thrown away.
"""

import json
import mmap
import os
import struct
import zlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from math import inf
from pathlib import Path
from typing import Any, TypeVar

from athena_fhir_client.libraries import filelock
from athena_fhir_client.pace.state import Limit, Mark, Pace

T = TypeVar("T")

_SIZE = 262_144  # bytes: two windows of a thousand marks
_HEAD = struct.Struct("<QII")  # changes, length of the body, its checksum
_AGAIN = 0.001  # seconds until whoever found it locked looks again: all of them wake when a place is free
_AHEAD = 60.0  # seconds that what is kept may lie ahead of now


class SharedFile:
    """A :class:`.pacer.Kept` for several processes.

    Args:
        path: of the file; the lock is beside it.
        now: monotonic seconds, of a clock that all of them share.
        first: the state if there is none yet.
    """

    polled: float | None = 0.004

    def __init__(self, path: Path, now: Callable[[], float], first: Pace | None = None) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._now, self._first = now, first or Pace()
        self._lock = filelock.FileLock(f"{path}.lock", mode=0o600)
        with self._locked():
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                if os.fstat(descriptor).st_size < _SIZE:
                    os.ftruncate(descriptor, _SIZE)
                self._map = mmap.mmap(descriptor, _SIZE)
            finally:
                os.close(descriptor)
        self._seen, self._pace = -1, self._first

    def _locked(self) -> AbstractContextManager[object]:
        return self._lock.acquire(poll_interval=_AGAIN)

    def change(self, change: Callable[[Pace], tuple[Pace, T]]) -> T:
        """See :class:`.pacer.Kept`."""
        with self._locked():
            before = self._alive(self._read())
            after, answer = change(before)
            if after is not before:
                self._write(after)
        return answer

    def look(self) -> Pace:
        """See :class:`.pacer.Kept`. Without the lock, so it may be a moment old."""
        changes = _HEAD.unpack_from(self._map)[0]
        if changes != self._seen:
            with self._locked():
                self._read()
        return self._pace

    def _read(self) -> Pace:
        changes, length, checksum = _HEAD.unpack_from(self._map)
        if changes == self._seen:
            return self._pace
        body = self._map[_HEAD.size : _HEAD.size + min(length, _SIZE)]
        self._seen = changes
        if not changes:
            self._pace = self._first
        elif zlib.crc32(body) != checksum:
            self._pace = _full(self._first, self._now())
        else:
            self._pace = _loaded(body)
        return self._pace

    def _write(self, pace: Pace) -> None:
        body = _dumped(pace)
        if len(body) > _SIZE - _HEAD.size:
            pace = pace._replace(marks=pace.marks[-(len(pace.marks) // 2) :])
            body = _dumped(pace)
        self._seen += 1 if self._seen > 0 else 2
        # The checksum first: whoever is killed between here and the end leaves what does not fit it.
        _HEAD.pack_into(self._map, 0, self._seen, len(body), zlib.crc32(body))
        self._map[_HEAD.size : _HEAD.size + len(body)] = body
        self._pace = pace

    def _alive(self, pace: Pace) -> Pace:
        """Without what another life of the machine left, and with an end to requests whose process is gone."""
        now = self._now()
        if pace.last_sent > now + _AHEAD:
            return self._first
        gone = {mark.owner for mark in pace.marks if mark.counted == inf and not _lives(mark.owner)}
        if not gone:
            return pace
        ended = (
            mark._replace(counted=now) if mark.counted == inf and mark.owner in gone else mark for mark in pace.marks
        )
        return pace._replace(marks=tuple(ended))


def _lives(process: int) -> bool:
    if os.name != "posix" or process in (0, os.getpid()):
        return True  # elsewhere asking a process means ending it
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _full(pace: Pace, now: float) -> Pace:
    most = max(limit.quota for limit in pace.limits)
    return pace._replace(marks=(Mark(-1, now, now),) * most)


_PLAIN = tuple(name for name in Pace._fields if name not in ("limits", "marks"))


def _dumped(pace: Pace) -> bytes:
    kept = {name: getattr(pace, name) for name in _PLAIN}
    kept["limits"] = [(limit.quota, limit.window) for limit in pace.limits]
    kept["marks"] = pace.marks
    return json.dumps(kept).encode()


def _loaded(body: bytes) -> Pace:
    kept: dict[str, Any] = json.loads(body)
    limits = tuple(Limit(*each) for each in kept.pop("limits"))
    marks = tuple(Mark(*each) for each in kept.pop("marks"))
    return Pace(limits=limits, marks=marks, **kept)
