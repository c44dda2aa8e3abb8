"""Who sends next: threads, and with a shared file processes, take turns by one state."""

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from athena_fhir_client.clock import Clock, SystemClock
from athena_fhir_client.debug import PACE
from athena_fhir_client.errors import QuotaSpent
from athena_fhir_client.pace.state import Mark, Pace
from athena_fhir_client.pace.strategies import NEXT, Strategy, adapted
from athena_fhir_client.pace.window import DAY, Reply, give_back, left_today, take

T = TypeVar("T")


class Kept(Protocol):
    """Where a state is kept, and changed by one at a time."""

    polled: float | None
    """Seconds between two looks at what others changed; None where a change is notified."""

    def change(self, change: Callable[[Pace], tuple[Pace, T]]) -> T:
        """Replace the state by what becomes of it."""
        ...

    def look(self) -> Pace:
        """The state as it is."""
        ...


class InMemory:
    """For the threads of one process."""

    polled: float | None = None

    def __init__(self, pace: Pace | None = None) -> None:
        self._pace = pace or Pace()

    def change(self, change: Callable[[Pace], tuple[Pace, T]]) -> T:
        """See :class:`Kept`; the pacer's condition is held."""
        self._pace, answer = change(self._pace)
        return answer

    def look(self) -> Pace:
        """See :class:`Kept`."""
        return self._pace


@dataclass(frozen=True, slots=True)
class _Turn:
    mark: Mark | None = None
    at: float | None = None  # when to ask again; None: when somebody's answer came


@dataclass
class Pacer:
    """Lets each request wait for its turn.

    Attributes:
        clock: in whose seconds is waited.
        strategy: when the next one may be sent.
        kept: the state; one :class:`Pacer` or more may use it.
        patience: seconds; whoever would have to wait longer is told so instead.
    """

    clock: Clock = field(default_factory=SystemClock)
    strategy: Strategy = Strategy.PACED
    kept: Kept = field(default_factory=InMemory)
    patience: float = 300.0

    def __post_init__(self) -> None:
        """One condition for all threads."""
        self._changed = threading.Condition()
        self._next = NEXT[self.strategy]

    def take(self) -> Mark:
        """Wait until a request may be sent; it has to be sent now, and given back.

        Raises:
            QuotaSpent: today's budget is used up, or the server asked for more patience than there is.
        """
        with self._changed:
            while True:
                now = self.clock.monotonic()
                turn = self.kept.change(lambda pace: self._turn(pace, now))  # noqa: B023 - called at once
                if turn.mark:
                    return turn.mark
                self._wait(turn.at, now)

    def _turn(self, pace: Pace, now: float) -> tuple[Pace, _Turn]:
        at = self._next(pace, now)
        if at is not None and at - now > self.patience:
            raise _shut_out(at - now)
        if at is None or at > now:
            return pace, _Turn(at=at)
        today = self._today()
        if left_today(pace, today) <= 0:
            raise self._spent(pace)
        pace, mark = take(pace, now, today, os.getpid())
        return pace, _Turn(mark)

    def _wait(self, at: float | None, now: float) -> None:
        seconds = None if at is None else at - now
        polled = self.kept.polled
        if polled is not None and (seconds is None or self.kept.look().in_flight):
            seconds = min(polled, seconds) if seconds is not None else polled
        PACE("waits %s", "for an answer" if seconds is None else f"{seconds:.3f} s")
        self.clock.wait(self._changed, seconds)

    def give_back(self, mark: Mark, reply: Reply) -> None:
        """The answer came, or will not come."""
        with self._changed:
            before, after = self.kept.change(lambda pace: self._given_back(pace, mark, reply))
            self._changed.notify_all()
        self._tell(before, after)

    def _given_back(self, pace: Pace, mark: Mark, reply: Reply) -> tuple[Pace, tuple[Pace, Pace]]:
        after = give_back(pace, mark, reply)
        if reply.status and self.strategy is Strategy.ADAPTIVE:
            after = adapted(after, reply.status)
        return after, (pace, after)

    def block(self, seconds: float) -> None:
        """Nobody sends for so long."""
        until = self.clock.monotonic() + seconds
        with self._changed:
            self.kept.change(lambda pace: (_blocked(pace, until), None))

    @property
    def pace(self) -> Pace:
        """The state as it is."""
        with self._changed:
            return self.kept.look()

    @property
    def left_today(self) -> int:
        """How many requests today's budget still has."""
        return left_today(self.pace, self._today())

    def _today(self) -> int:
        return int(self.clock.now() // DAY)

    def _spent(self, pace: Pace) -> QuotaSpent:
        resets_in = DAY - self.clock.now() % DAY
        message = (
            f"today's budget of {pace.per_day} requests is used up; it is midnight UTC in {resets_in / 3600:.1f} h. "
            "Ask for fewer: larger pages, batches, bulk export"
        )
        return QuotaSpent(message, resets_in)

    @staticmethod
    def _tell(before: Pace, after: Pace) -> None:
        if after.limits != before.limits:
            PACE("limits: %s", ", ".join(f"{each.quota} in {each.window:g} s" for each in after.limits))
        if after.refusals > before.refusals:
            PACE("refused; nobody sends before %.3f, margin %.3f s", after.blocked, after.margin)
        strangers = sum(mark.number < 0 for mark in after.marks) - sum(mark.number < 0 for mark in before.marks)
        if strangers > 0:
            PACE("somebody else spent %d of the quota", strangers)


def _shut_out(seconds: float) -> QuotaSpent:
    return QuotaSpent(f"the server refuses this client for {seconds:.0f} s more; nothing is sent until then", seconds)


def _blocked(pace: Pace, until: float) -> Pace:
    return pace._replace(blocked=max(pace.blocked, until))
