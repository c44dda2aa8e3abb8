"""States in a file that several processes of one machine map into their memory, under one lock of that file.

The file is a header and a table of slots, found by a digest of the caller's key (open addressing, linear probing). Each
slot is the digest, the key as text for whoever lists the callers, and the words of the state. When the table is half
full, callers that stand as if they had never been here are dropped, and what is left moves to a larger table. All
numbers are eight bytes; instants count from an epoch that moves along, since our clock goes further than they do.

A process that dies in the middle of a decision leaves a state that is whole: what it counted last is missing, or it is
there. POSIX only; the file must be on a local disk.
"""

import mmap
import os
import threading
from array import array
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_UN, flock
from hashlib import blake2b
from math import lcm
from pathlib import Path
from weakref import ref

from mock_athena.clock import NANOSECONDS, Clock
from mock_athena.errors import ConfigurationError
from mock_athena.ratelimit.counters import Caller, Spent, decided, standing
from mock_athena.ratelimit.decision import Decision, QuotaKey
from mock_athena.ratelimit.engine import Engines
from mock_athena.ratelimit.limits import FixedWindow

_MAGIC = 0x6D6F636B61746802  # "mockath" and the version of this layout
_HEADER = 16  # words
_MAGIC_AT, _POLICY_AT, _SLOTS_AT, _SIZE_AT, _USED_AT, _TURN_AT, _SEQ_AT, _LAST_AT, _EPOCH_AT = range(9)
_TEXT = 16  # words of a key's text, the first of which is its length
_STATE = 2 + _TEXT  # where the state begins in a slot: after the digest and the text
_FIRST_SLOTS, _FEWEST_SLOTS = 1024, 16
_FIRST_WORDS = 2**25  # of a table, at most, unless the fewest slots need more
_LONGEST_STATE = 2**19  # words; a sliding window has one for each request
_PIECE = 2**20  # bytes
_FARTHEST = 2**62  # instants stay below; then the epoch moves


class SharedFileCounters:
    """States in one file, for all processes that were given it.

    Raises:
        ConfigurationError: the file cannot be used, or belongs to another policy; or a caller of that would take too
            much of it.
    """

    def __init__(self, path: Path, engines: Engines, clock: Clock) -> None:
        if engines.words > _LONGEST_STATE:
            raise ConfigurationError(_too_long(engines))
        self._engines, self._clock_now = engines, clock.now
        self._lock = threading.Lock()
        self._size = _STATE + engines.words
        self._first_slots = max(_FEWEST_SLOTS, min(_FIRST_SLOTS, _FIRST_WORDS // self._size))
        self._ahead_of_clock = 0
        self._turn = -1
        self._callers: dict[QuotaKey, Caller] = {}
        self._map: mmap.mmap | None = None
        self._words: memoryview
        self._path = path
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            with self._locked_file():
                self._open(path)
        except OSError as error:
            message = f"counters: {path} cannot be used: {error.strerror or error}"
            raise ConfigurationError(message) from None
        own = ref(self)
        os.register_at_fork(after_in_child=lambda: _forked(own()))

    def hit(self, key: QuotaKey, cost: int = 1, ahead: int = 0) -> Decision:
        """See :meth:`~mock_athena.ratelimit.counters.Counters.hit`."""
        with self._lock:
            flock(self._file, LOCK_EX)
            try:
                # As _now, written out where nothing is unusual: a call less with every request.
                words = self._words
                now = self._clock_now() + self._ahead_of_clock - self._epoch
                if words[_TURN_AT] == self._turn and words[_LAST_AT] <= now < _FARTHEST:
                    words[_LAST_AT] = now
                else:
                    now, words = self._now(), self._words
                words[_SEQ_AT] = seq = words[_SEQ_AT] + 1
                caller = self._callers.get(key)
                if caller is None:
                    caller = self._caller(key)
                decision = decided(caller, now, seq, key, cost, ahead)
                return self._since_1970(decision) if self._epoch else decision
            finally:
                flock(self._file, LOCK_UN)

    def look(self, key: QuotaKey) -> Decision:
        """See :meth:`~mock_athena.ratelimit.counters.Counters.look`."""
        with self._locked():
            now = self._now()
            self._words[_SEQ_AT] = seq = self._words[_SEQ_AT] + 1
            caller = self._callers.get(key) or self._found(key) or Caller(self._engines.engine_for(key))
            standings = caller.engine.standings(caller.words, now)
            return self._since_1970(Decision(True, seq, now, caller.engine.policy, key, standings, cost=0))

    def release(self, decision: Decision) -> int:
        """See :meth:`~mock_athena.ratelimit.counters.Counters.release`."""
        with self._locked():
            self._follow()
            caller = self._callers.get(decision.key) or self._found(decision.key)
            if caller:
                caller.engine.release(caller.words, decision.instant - self._epoch)
            return self._words[_SEQ_AT]

    def standings(self, keys: Collection[QuotaKey] | None = None) -> list[Decision]:
        """See :meth:`~mock_athena.ratelimit.counters.Counters.standings`."""
        with self._locked():
            now, seq = self._now(), self._words[_SEQ_AT]
            found = []
            for slot in self._slots() if keys is None else self._slots_of(keys):
                key = _key(slot.tolist())
                found.append(self._since_1970(standing(self._engines.engine_for(key), slot[_STATE:], key, now, seq)))
            return sorted(found, key=lambda decision: decision.key)

    def reachable(self) -> bool:
        """See :meth:`~mock_athena.ratelimit.counters.Counters.reachable`."""
        return True

    def spent(self) -> list[Spent] | None:
        """See :meth:`~mock_athena.ratelimit.counters.Counters.spent`; untold in the far future, where no other fits."""
        with self._locked():
            live = self._live(self._now())
            return None if self._epoch else [Spent(_key(slot), slot[_STATE:]) for slot in live]

    def replace(self, spent: list[Spent]) -> None:
        """See :meth:`~mock_athena.ratelimit.counters.Counters.replace`."""
        self.reset()
        with self._locked():
            self._follow()
            for key, words in spent if not self._epoch else ():
                if max(words, default=0) < _FARTHEST:
                    self._caller(key).words[: len(words)] = memoryview(array("q", words))

    def reset(self) -> None:
        """See :meth:`~mock_athena.ratelimit.counters.Counters.reset`."""
        with self._locked():
            self._follow()
            self._ahead_of_clock = 0
            self._rewrite([], self._epoch_of(self._clock_now()), self._first_slots)
            self._words[_LAST_AT] = 0

    def close(self) -> None:
        """See :meth:`~mock_athena.ratelimit.counters.Counters.close`."""
        with self._lock:
            self._unmap()
            os.close(self._file)

    def reopen(self) -> None:
        """In a process that was forked off: a lock of its own, which it gets by opening the file anew."""
        self._lock = threading.Lock()
        self._file = os.open(self._path, os.O_RDWR)

    # The clock.

    def _now(self) -> int:
        if self._words[_TURN_AT] != self._turn:
            self._map_whole()
        now = self._clock_now() + self._ahead_of_clock - self._epoch
        last = self._words[_LAST_AT]
        if now < last:
            self._ahead_of_clock += last - now
            return last
        if now >= _FARTHEST:
            now = self._move_epoch(now)
        self._words[_LAST_AT] = now
        return now

    def _since_1970(self, decision: Decision) -> Decision:
        """The decision with instants that count from 1970 again, instead of from the epoch."""
        epoch = self._epoch
        standings = tuple((remaining, frees + epoch) for remaining, frees in decision.standings)
        return decision._replace(instant=decision.instant + epoch, standings=standings)

    def _move_epoch(self, now: int) -> int:
        epoch = self._epoch_of(now + self._epoch)
        by = min(epoch - self._epoch, 2**63 - 1)
        live = self._live(now)
        for slot in live:
            words = slot[_STATE:]
            self._engines.engine_for(_key(slot)).shift(words, by)
            slot[_STATE:] = words
        now -= epoch - self._epoch
        self._rewrite(live, epoch, self._words[_SLOTS_AT])
        return now

    def _epoch_of(self, instant: int) -> int:
        """1970 as long as that will do; else a boundary of every fixed window, so that they end where they did."""
        if instant < _FARTHEST:
            return 0
        windows = [
            limit.window
            for part in self._engines.policy.parts
            for limit in part.limits
            if isinstance(limit, FixedWindow)
        ]
        span = lcm(*windows) * NANOSECONDS
        return instant - instant % span

    # The table.

    def _follow(self) -> None:
        """Another process may have moved the table."""
        if self._words[_TURN_AT] != self._turn:
            self._map_whole()

    def _caller(self, key: QuotaKey) -> Caller:
        found = self._found(key)
        if found is None:
            if self._words[_USED_AT] * 2 >= self._words[_SLOTS_AT]:
                self._grow()
            self._insert(key)
            found = self._found(key)
        assert found is not None  # noqa: S101 - it was inserted a moment ago
        return found

    def _found(self, key: QuotaKey) -> Caller | None:
        slot = self._slot(_digest(key))
        if not slot[0]:
            return None
        found = self._callers[key] = Caller(self._engines.engine_for(key), slot[_STATE:])
        return found

    def _insert(self, key: QuotaKey) -> None:
        digest = _digest(key)
        text = "\0".join((key.environment, key.kind, key.bucket, key.id)).encode()[: 8 * (_TEXT - 1)]
        slot = self._slot(digest)
        slot[2] = len(text)
        slot[3:_STATE].cast("B")[: len(text)] = text
        slot[1], slot[0] = digest[1], digest[0]  # last: a slot without them is free
        self._words[_USED_AT] += 1

    def _slot(self, digest: tuple[int, int]) -> memoryview:
        """Where the caller of this digest is, or would be."""
        slots = self._words[_SLOTS_AT]
        place = digest[0] % slots
        while True:
            begin = _HEADER + place * self._size
            slot = self._words[begin : begin + self._size]
            if not slot[0] or (slot[0], slot[1]) == digest:
                return slot
            place = (place + 1) % slots

    def _slots(self) -> Iterator[memoryview]:
        for begin in range(_HEADER, len(self._words) - self._size + 1, self._size):
            if self._words[begin]:
                yield self._words[begin : begin + self._size]

    def _slots_of(self, keys: Iterable[QuotaKey]) -> Iterator[memoryview]:
        return (slot for key in keys if (slot := self._slot(_digest(key)))[0])

    def _live(self, now: int) -> list[list[int]]:
        """Slots of callers who do not stand as if they had never been here."""
        live = []
        for slot in self._slots():
            engine, words = self._engines.engine_for(_key(slot.tolist())), slot[_STATE:].tolist()
            if engine.standings(words, now) != engine.standings([0] * len(words), now):
                live.append(slot.tolist())
        return live

    def _grow(self) -> None:
        live, slots = self._live(self._words[_LAST_AT]), self._words[_SLOTS_AT]
        self._rewrite(live, self._epoch, slots * 4 if len(live) * 4 > slots else slots)

    def _rewrite(self, live: list[list[int]], epoch: int, slots: int) -> None:
        """A table of these slots and no others; every process then maps the file again."""
        turn = self._words[_TURN_AT] + 1
        self._unmap()
        os.ftruncate(self._file, 8 * (_HEADER + slots * self._size))
        self._map_whole()
        table = self._words[_HEADER:].cast("B")
        for begin in range(0, len(table), _PIECE):  # the whole may be larger than the memory
            piece = table[begin : begin + _PIECE]
            piece[:] = bytes(len(piece))
        self._set_epoch(epoch)
        self._words[_SLOTS_AT], self._words[_USED_AT] = slots, len(live)
        for whole in live:
            slot = self._slot((whole[0], whole[1]))
            for word, value in enumerate(whole):
                slot[word] = value
        self._words[_TURN_AT] = self._turn = turn

    # The file.

    def _open(self, path: Path) -> None:
        size = os.fstat(self._file).st_size
        if size == 0:
            self._begin()
        elif size % 8 == 0 and size > 8 * _HEADER:
            self._map_whole()
        if self._map is None or self._words[_MAGIC_AT] != _MAGIC:
            message = f"counters: {path} is not a file of counters; name one that does not exist yet"
            raise ConfigurationError(message)
        if self._words[_POLICY_AT] != _fingerprint(self._engines) or self._words[_SIZE_AT] != self._size:
            message = f"counters: {path} belongs to another rate limit policy; give all processes the same --limits"
            raise ConfigurationError(message)

    def _begin(self) -> None:
        os.ftruncate(self._file, 8 * (_HEADER + self._first_slots * self._size))
        self._map_whole()
        self._words[_POLICY_AT] = _fingerprint(self._engines)
        self._words[_SLOTS_AT], self._words[_SIZE_AT] = self._first_slots, self._size
        self._set_epoch(self._epoch_of(self._clock_now()))
        self._words[_MAGIC_AT] = _MAGIC

    def _map_whole(self) -> None:
        self._unmap()
        self._map = mmap.mmap(self._file, 0)
        self._words = memoryview(self._map).cast("q")
        self._turn = self._words[_TURN_AT]
        self._ahead_of_clock = 0  # what is ahead of it is found anew, unless that was a reset
        self._epoch = self._words[_EPOCH_AT] * NANOSECONDS  # in seconds, since in nanoseconds it has no room

    def _set_epoch(self, epoch: int) -> None:
        self._words[_EPOCH_AT] = epoch // NANOSECONDS
        self._epoch = epoch

    def _unmap(self) -> None:
        """Let go of the mapping; views into it die with the callers that hold them."""
        self._callers.clear()
        self._map = None

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._lock, self._locked_file():
            yield

    @contextmanager
    def _locked_file(self) -> Iterator[None]:
        flock(self._file, LOCK_EX)
        try:
            yield
        finally:
            flock(self._file, LOCK_UN)


def _too_long(engines: Engines) -> str:
    limits = [limit for part in engines.policy.parts for limit in part.limits]
    longest = max(limits, key=lambda limit: limit.words)
    return (
        f"counters: a file keeps the instant of each request of a window, and the limit '{longest.name}' of "
        f"{longest.quota:,} would take {8 * engines.words // 1_000_000:,} MB for each caller; expected at most "
        f"{_LONGEST_STATE:,}, or a fixed window, or --counters memory"
    )


def _forked(counters: SharedFileCounters | None) -> None:
    if counters is not None:
        counters.reopen()


def _digest(key: QuotaKey) -> tuple[int, int]:
    """Sixteen bytes as two words; the first is never 0, which means a free slot."""
    digest = blake2b("\0".join(key).encode(), digest_size=16).digest()
    first, second = (int.from_bytes(digest[at : at + 8], "little", signed=True) for at in (0, 8))
    return first or 1, second


def _key(slot: list[int]) -> QuotaKey:
    """Whose slot it is; of a very long id, the beginning."""
    text = array("q", slot[3:_STATE]).tobytes()[: slot[2]].decode(errors="replace")
    environment, kind, bucket, id = text.split("\0", 3)
    return QuotaKey(environment, kind, id, bucket)  # type: ignore[arg-type]


def _fingerprint(engines: Engines) -> int:
    text = repr([part.limits for part in engines.policy.parts])
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little", signed=True)
