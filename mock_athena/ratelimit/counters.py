"""Where the states of callers are held: what every holder must do, and the one in this process's memory.

The others are :mod:`~mock_athena.ratelimit.shared_file` (several processes of one machine) and
:mod:`~mock_athena.ratelimit.valkey` (several machines). All decide by the same engines, draw the number and the instant
of a decision under the same lock, and never let an instant go back: a clock that steps back is taken to stand still for
that moment, and from there on elapsed time counts. So a step neither frees quota nor locks anybody out.
"""

import threading
from collections.abc import Collection
from typing import Any, NamedTuple, Protocol

from mock_athena.clock import Clock
from mock_athena.ratelimit.decision import Decision, QuotaKey
from mock_athena.ratelimit.engine import Engine, Engines, Refused
from mock_athena.ratelimit.mechanism import Words


class Spent(NamedTuple):
    """What a caller has spent.

    Attributes:
        words: the state that the engine of its policy keeps of it.
    """

    key: QuotaKey
    words: list[int]


class Counters(Protocol):
    """Holds what callers have spent. Safe to use from several threads."""

    def hit(self, key: QuotaKey, cost: int = 1, ahead: int = 0) -> Decision:
        """Decide on a request, and charge it.

        Args:
            cost: units of quota that it spends: 1 to the smallest quota of the policy.
            ahead: units that others of this quota were already told to come back for.
        """
        ...

    def look(self, key: QuotaKey) -> Decision:
        """Number and date a request that spends nothing, and say how its caller stands."""
        ...

    def release(self, decision: Decision) -> int:
        """The request that was admitted by ``decision`` is over; answers the number of the last decision before that.

        0 if the counters cannot be reached.
        """
        ...

    def standings(self, keys: Collection[QuotaKey] | None = None) -> list[Decision]:
        """For every caller that spent something, a decision on one more request; nothing is charged nor numbered.

        In order of the keys.

        Args:
            keys: ask for these callers alone, which costs nothing for the others.
        """
        ...

    def reachable(self) -> bool:
        """Whether they can be asked at the moment."""
        ...

    def spent(self) -> "list[Spent] | None":
        """What every caller has spent, by instants since 1970 UTC; None if that cannot be told."""
        ...

    def replace(self, spent: "list[Spent]") -> None:
        """Let this be what callers have spent, and nothing else; numbering goes on."""
        ...

    def reset(self) -> None:
        """Forget every caller; numbering goes on."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


_new: Any = tuple.__new__  # a third of the time of Decision(…), which is a Python function


class Caller:
    """What a holder knows of one caller.

    Attributes:
        refused: the last refusal of a single unit, as long as the next will be told the same.
    """

    __slots__ = ("engine", "refused", "words")

    def __init__(self, engine: Engine, words: Words | None = None) -> None:
        self.engine = engine
        self.words = [0] * engine.words if words is None else words
        self.refused: Refused | None = None


def decided(caller: Caller, now: int, seq: int, key: QuotaKey, cost: int, ahead: int) -> Decision:
    """The decision on one request of this caller."""
    engine, refused = caller.engine, caller.refused
    if refused is None or cost != 1 or now >= refused.until or ahead:
        standings = engine.admit(caller.words, now, cost)
        if standings is not None:
            caller.refused = None
            return _new(Decision, (True, seq, now, engine.policy, key, standings, -1, 0, 0, cost, False))  # type: ignore[no-any-return]
        refused = engine.refuse(caller.words, now, cost, ahead)
        # Where one unit does not fit, nothing does: nobody can change the state before the instant that was told.
        caller.refused = refused if cost == 1 and not ahead else None
    standings, by, admissible, queued, _ = refused
    told = (False, seq, now, engine.policy, key, standings, by, admissible - now, queued - now, cost, False)
    return _new(Decision, told)  # type: ignore[no-any-return]


class MemoryCounters:
    """States in the memory of this process."""

    def __init__(self, engines: Engines, clock: Clock) -> None:
        self._engines = engines
        self._clock_now = clock.now
        self._lock = threading.Lock()
        self._callers: dict[QuotaKey, Caller] = {}
        self._seq = 0
        self._last = 0
        self._ahead_of_clock = 0

    def hit(self, key: QuotaKey, cost: int = 1, ahead: int = 0) -> Decision:
        """See :meth:`Counters.hit`."""
        with self._lock:
            # As _now, written out: a call less with every request.
            now = self._clock_now() + self._ahead_of_clock
            if now < self._last:
                now = self._back(now)
            self._last = now
            self._seq = seq = self._seq + 1
            caller = self._callers.get(key)
            if caller is None:
                caller = self._callers[key] = Caller(self._engines.engine_for(key))
            return decided(caller, now, seq, key, cost, ahead)

    def look(self, key: QuotaKey) -> Decision:
        """See :meth:`Counters.look`."""
        with self._lock:
            now = self._now()
            self._seq += 1
            # Whoever only looks is not remembered: an address that never had a token must not fill the memory.
            caller = self._callers.get(key) or Caller(self._engines.engine_for(key))
            standings = caller.engine.standings(caller.words, now)
            return Decision(True, self._seq, now, caller.engine.policy, key, standings, cost=0)

    def release(self, decision: Decision) -> int:
        """See :meth:`Counters.release`."""
        with self._lock:
            caller = self._callers.get(decision.key)
            if caller:
                caller.engine.release(caller.words, decision.instant)
                caller.refused = None
            return self._seq

    def standings(self, keys: Collection[QuotaKey] | None = None) -> list[Decision]:
        """See :meth:`Counters.standings`."""
        with self._lock:
            now, callers = self._now(), self._callers
            return [
                standing(callers[key].engine, callers[key].words, key, now, self._seq)
                for key in sorted(callers if keys is None else callers.keys() & keys)
            ]

    def reachable(self) -> bool:
        """See :meth:`Counters.reachable`."""
        return True

    def spent(self) -> list[Spent]:
        """See :meth:`Counters.spent`."""
        with self._lock:
            return [Spent(key, list(caller.words)) for key, caller in self._callers.items()]

    def replace(self, spent: list[Spent]) -> None:
        """See :meth:`Counters.replace`."""
        self.reset()
        with self._lock:
            for key, words in spent:
                self._callers[key] = Caller(self._engines.engine_for(key), list(words))

    def reset(self) -> None:
        """See :meth:`Counters.reset`."""
        with self._lock:
            self._callers.clear()
            self._last = self._ahead_of_clock = 0

    def close(self) -> None:
        """See :meth:`Counters.close`."""

    def _now(self) -> int:
        now = self._clock_now() + self._ahead_of_clock
        if now < self._last:
            now = self._back(now)
        self._last = now
        return now

    def _back(self, now: int) -> int:
        """The clock stepped back: go on from where we were."""
        self._ahead_of_clock += self._last - now
        return self._last


def standing(engine: Engine, words: Any, key: QuotaKey, now: int, seq: int) -> Decision:
    """How a caller stands: the decision on its next request, were there one."""
    waits = engine.waits(words, now, 1)
    wait = max(waits, default=0)
    by = waits.index(wait) if wait else -1
    return Decision(not wait, seq, now, engine.policy, key, engine.standings(words, now), by, wait, wait)
