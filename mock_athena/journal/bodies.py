"""What requests and answers said, word for word, for whoever looks at the traffic.

Nothing is kept unless somebody looks, or ``--journal-bodies`` says so; then the last few exchanges are. What is kept
are references to what was sent anyway, as it was; whoever shows it strikes the secrets out
(:mod:`mock_athena.journal.struck`). With several workers, each keeps what it answered itself.
"""

import threading

from mock_athena.clock import NANOSECONDS, stopwatch

LARGEST = 65_536
"""Bytes of a body that are kept; of a longer one, the beginning."""

_USUAL = 200
_LOOKED_AT_FOR = 60 * NANOSECONDS  # by the stopwatch: somebody who looks asks every second
_FOR_EVER = 1 << 100

Pairs = list[tuple[str, str]]


class Part:
    """A body as far as it is kept.

    Attributes:
        chunks: what was sent of it. size: how many bytes it has. kept: it is kept at all.
    """

    __slots__ = ("chunks", "kept", "size")

    def __init__(self, *, kept: bool = True) -> None:
        self.chunks: list[bytes] = []
        self.size = 0
        self.kept = kept

    def add(self, chunk: bytes) -> None:
        """More of it was sent."""
        room = LARGEST - self.size
        self.size += len(chunk)
        if self.kept and room > 0:
            self.chunks.append(chunk if len(chunk) <= room else chunk[:room])


class Said:
    """One exchange, word for word.

    Attributes:
        fields: of the request. sent: its body. status: the status line; empty where nothing was answered.
        headers: of the answer. answered: its body.
    """

    __slots__ = ("answered", "fields", "headers", "sent", "status")

    def __init__(self, fields: Pairs, sent: Part) -> None:
        self.fields, self.sent = fields, sent
        self.status, self.headers = "", list[tuple[str, str]]()
        self.answered = Part(kept=False)


class Bodies:
    """The last exchanges of this process, word for word, by the numbers of their decisions.

    Attributes:
        until: when it ends that they are kept, by the stopwatch; 0 while they are not.
        most: so many are kept; 0 where none ever is.
        from_start: all are kept, whether somebody looks or not. Else no more than ``most`` of a second are, so that
            what a look costs has a bound.
    """

    def __init__(self, setting: str = "") -> None:
        self.most = int(setting or _USUAL)
        self.from_start = bool(setting) and self.most > 0
        self.until = _FOR_EVER if self.from_start else 0
        self._said: dict[int, Said] = {}
        self._second = self._in_second = 0
        self._lock = threading.Lock()

    def wanted(self) -> bool:
        """Whether the exchange that begins now is to be kept."""
        if self.from_start:
            return True
        now = stopwatch()
        if now >= self.until:
            self.until = 0
            return False
        if now - self._second >= NANOSECONDS:
            self._second, self._in_second = now, 0
        self._in_second += 1
        return self._in_second <= self.most

    def look(self) -> None:
        """Somebody looks: for the next minute, exchanges are kept."""
        if self.most and not self.from_start:
            self.until = stopwatch() + _LOOKED_AT_FOR

    def keep(self, seq: int, said: Said) -> None:
        """What the exchange of this number said."""
        with self._lock:
            self._said[seq] = said
            if len(self._said) > self.most:
                del self._said[next(iter(self._said))]

    def of(self, seq: int) -> Said | None:
        """What the exchange of this number said, if it was kept and still is."""
        return self._said.get(seq)

    def reset(self) -> None:
        """Forget everything."""
        with self._lock:
            self._said.clear()
