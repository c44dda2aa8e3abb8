"""Remembers every exchange: what came, what was decided, when, and why.

A bounded ring, so that a load test does not eat the memory; the counters beside it stay exact for ever. Tokens
and secrets never get in: of the query, values that could be one are struck out, and no body or header is kept.
What an exchange looks like to a reader is made when somebody reads it.
"""

import json
import sys
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from operator import attrgetter
from typing import NamedTuple

from mock_athena.journal.entry import Entry, without_secrets

__all__ = ["Entry", "Glance", "Journal", "without_secrets"]

LOOKED_THROUGH = 10_000
"""So many of the latest exchanges are looked through by who looks again and again."""

_NUMBER = attrgetter("seq")


class Glance(NamedTuple):
    """What somebody sees who looks at the latest exchanges.

    Attributes:
        entries: the latest decision first. kept: how many are remembered. gone: how many were and are not any more.
        looked: how many of the latest were looked through.
    """

    entries: list[Entry]
    kept: int
    gone: int
    looked: int


class Journal:
    """The last ``size`` exchanges, and counts of all.

    Attributes:
        heard: is told of each exchange by the thread that answers it, if somebody wants to know.
    """

    def __init__(self, size: int, *, log: bool = False) -> None:
        self._lock = threading.Lock()
        self._entries: deque[Entry] = deque(maxlen=size)
        self._counts: Counter[tuple[int, str, tuple[str, ...]]] = Counter()
        self._appended = 0
        self._log = log
        self.heard: Callable[[Entry], None] | None = None
        self._news = threading.Condition(self._lock)
        self._followers = 0
        self._closed = False

    def append(self, entry: Entry) -> None:
        """Remember an exchange; write it to standard error if that was asked for."""
        with self._lock:
            self._entries.append(entry)
            self._appended += 1
            # One count for what a request had in common with others; what is told of it is added up by who asks.
            self._counts[entry.status, entry.verdict, entry.faults] += 1
            if self._followers:
                self._news.notify_all()
        self._logged(entry)

    def _logged(self, entry: Entry) -> None:
        if self.heard:
            self.heard(entry)
        if self._log:
            # Only ASCII: no character of a path may end the line for whoever reads the log.
            with suppress(OSError):  # nobody reads it any more, which is no fault of this request
                sys.stderr.write(json.dumps(entry.as_json()) + "\n")

    def entries(self, /, **wanted: str) -> list[Entry]:
        """What is remembered, in order of the decisions.

        Args:
            wanted: filters, see :mod:`mock_athena.journal.filters`; all must hold. ``limit`` keeps the latest so many.

        Raises:
            ValueError: a filter that does not exist, or a value that it cannot take.
        """
        with self._lock:
            self._catch_up()
            found = list(self._entries)
        if wanted:
            from mock_athena.journal.filters import selected

            found = selected(found, wanted)
        return sorted(found, key=_NUMBER)

    def latest(self, limit: int, holds: Callable[[Entry], bool] | None = None, within: int = LOOKED_THROUGH) -> Glance:
        """The latest exchanges that a filter lets through, without reading or sorting all: for who looks every second.

        Args:
            limit: no more than so many. holds: see :func:`mock_athena.journal.filters.filter_of`. within: how many of
                the latest are looked through.
        """
        with self._lock:
            self._catch_up()
            kept, gone = len(self._entries), self._appended - len(self._entries)
            # Nobody who appends waits for a filter: what is looked through is copied, in some ten microseconds.
            last = list(islice(reversed(self._entries), within if holds else limit))
        found = list(islice(filter(holds, last), limit)) if holds else last
        return Glance(sorted(found, key=_NUMBER, reverse=True), kept, gone, len(last))

    def around(self, seq: int, holds: Callable[[Entry], bool]) -> tuple[Entry | None, Entry | None, Entry | None]:
        """What a filter lets through before the decision ``seq``, the exchange of that number, and what after it.

        Each is None where it is not remembered.
        """
        with self._lock:
            self._catch_up()
            entries = list(self._entries)
        before = max((each for each in entries if each.seq < seq and holds(each)), key=_NUMBER, default=None)
        after = min((each for each in entries if each.seq > seq and holds(each)), key=_NUMBER, default=None)
        return before, next((each for each in entries if each.seq == seq), None), after

    def counters(self) -> dict[str, int]:
        """Exact counts since the start or the last reset: ``total``, ``status.…``, ``verdict.…``, ``fault.…``."""
        with self._lock:
            self._catch_up()
            counts = list(self._counts.items())
        told: Counter[str] = Counter()
        for (status, verdict, faults), count in counts:
            for name in ("total", f"status.{status}", f"verdict.{verdict}", *(f"fault.{fault}" for fault in faults)):
                told[name] += count
        return dict(sorted(told.items()))

    def follow(self, since: int | None = None, quiet_for: float = 15.0) -> Iterator[tuple[int, Entry | None]]:
        """Every exchange as it ends, until the journal is closed.

        Args:
            since: number of the last exchange that is known; those after it come first, as far as they are remembered.
            quiet_for: real seconds after which a quiet journal says that it is still there.

        Yields:
            (number, entry), numbered in the order in which the exchanges ended; None in place of an entry when nothing
            happened for ``quiet_for`` seconds.
        """
        with self._lock:
            self._followers += 1
            self._catch_up()
            last = self._appended if since is None else since
        try:
            while True:
                with self._lock:
                    self._catch_up()
                    # A reset starts the numbers anew.
                    last = min(last, self._appended)
                    news = self._after(last) or (self._after(last) if self._waited(last, quiet_for) else [])
                    if self._closed:
                        return
                for last, entry in news:
                    yield last, entry
                if not news:
                    yield last, None
        finally:
            with self._lock:
                self._followers -= 1

    def close(self) -> None:
        """Let followers go: the emulator ends."""
        with self._lock:
            self._closed = True
            self._news.notify_all()

    def reset(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
            self._counts.clear()
            self._appended = 0
            self._news.notify_all()

    def _catch_up(self) -> None:
        """Know what others appended; here there are none. Called under the lock, before anything is read."""

    def _after(self, last: int) -> list[tuple[int, Entry]]:
        oldest = self._appended - len(self._entries)
        begin = max(last, oldest)
        return list(enumerate(islice(self._entries, begin - oldest, None), begin + 1))

    def _waited(self, last: int, quiet_for: float) -> bool:
        return self._news.wait_for(lambda: self._closed or self._appended != last, quiet_for)
