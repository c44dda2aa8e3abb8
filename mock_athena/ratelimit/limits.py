"""The limits that count requests in a window: wherever the window is laid, or from one boundary to the next.

A limit is a value; :meth:`Limit.mechanism` makes of it the functions that decide. All instants are nanoseconds.
"""

from dataclasses import dataclass
from typing import Protocol

from mock_athena.clock import NANOSECONDS
from mock_athena.ratelimit.decision import Standing
from mock_athena.ratelimit.mechanism import Mechanism, Words


class Limit(Protocol):
    """One limit of a policy."""

    @property
    def name(self) -> str:
        """Name in headers, such as ``burst``."""
        ...

    @property
    def quota(self) -> int:
        """Requests in one window."""
        ...

    @property
    def window(self) -> int:
        """Length of the window in seconds; 0 where there is none."""
        ...

    @property
    def words(self) -> int:
        """Length of its state."""
        ...

    @property
    def counts(self) -> bool:
        """Whether it counts requests, so that headers tell of it; a penalty box does not."""
        ...

    @property
    def repeats(self) -> bool:
        """Whether a refusal can be repeated as it was until the instant that it told: nothing changes before."""
        ...

    def mechanism(self, at: int) -> Mechanism:
        """Its functions, for a state that begins ``at`` this word of the caller's.

        ``cost`` is 1 to :attr:`quota`; nobody asks for anything else.
        """
        ...


@dataclass(frozen=True, slots=True)
class SlidingWindow:
    """At most ``quota`` requests in any ``window`` seconds, wherever the window is laid.

    The state is a ring of the instants of the units spent in the window that ends now: where it begins, how many they
    are, and they. A request is admitted again exactly ``window`` seconds after the ``quota``-th last one.

    Attributes:
        charge_denied: a refused request is counted too, so that the window never empties for who does not wait.
    """

    name: str
    quota: int
    window: int
    charge_denied: bool = False
    counts = True

    @property
    def words(self) -> int:
        """See :attr:`Limit.words`."""
        return self.quota + 2

    @property
    def repeats(self) -> bool:
        """See :attr:`Limit.repeats`."""
        return not self.charge_denied

    def mechanism(self, at: int) -> Mechanism:  # noqa: C901 - several functions, none of them complex
        """See :meth:`Limit.mechanism`."""
        quota, span = self.quota, self.window * NANOSECONDS
        begins, counted, first = at, at + 1, at + 2

        def lately(words: Words, now: int) -> tuple[int, int]:
            """Where the units begin that are still in the window, and how many they are."""
            begin, count, left = words[begins], words[counted], now - span
            while count and words[first + begin] <= left:
                count -= 1
                begin = begin + 1 if begin + 1 < quota else 0
            return begin, count

        def take(words: Words, now: int, cost: int) -> Standing | None:
            # As lately, written out: a call less with every request. A word of a file takes long to read and to write.
            began, count, left = words[begins], words[counted], now - span
            begin, oldest = began, now
            while count:
                oldest = words[first + begin]
                if oldest > left:
                    break
                count -= 1
                begin += 1
                if begin == quota:
                    begin = 0
            else:
                oldest = now
            end = begin + count
            count += cost
            if count > quota:
                return None
            if cost == 1:
                words[first + end if end < quota else first + end - quota] = now
            else:
                for place in range(end, end + cost):
                    words[first + place % quota] = now
            if begin != began:
                words[begins] = begin
            words[counted] = count
            return quota - count, oldest + span

        def give(words: Words, cost: int) -> None:
            words[counted] -= cost

        def wait(words: Words, now: int, cost: int) -> int:
            begin, count = lately(words, now)
            too_many = count + cost - quota
            return words[first + (begin + too_many - 1) % quota] + span - now if too_many > 0 else 0

        def standing(words: Words, now: int) -> Standing:
            begin, count = lately(words, now)
            return quota - count, words[first + begin] + span if count else now

        def refused(words: Words, now: int) -> None:
            begin, count = lately(words, now)
            words[first + (begin + count) % quota] = now
            words[begins], words[counted] = (begin, count + 1) if count < quota else ((begin + 1) % quota, count)

        instants = range(first, first + quota)
        return Mechanism(take, give, wait, standing, instants, refused if self.charge_denied else None)


@dataclass(frozen=True, slots=True)
class FixedWindow:
    """At most ``quota`` requests from one multiple of ``window`` seconds since 1970 UTC to the next.

    The state is the end of the window that was counted last, and the units in it. At the boundary up to twice the quota
    passes within a moment.

    Attributes:
        charge_denied: a refused request is counted too, as by gateways that count first and compare then.
    """

    name: str
    quota: int
    window: int
    charge_denied: bool = False
    counts = True

    @property
    def words(self) -> int:
        """See :attr:`Limit.words`."""
        return 2

    @property
    def repeats(self) -> bool:
        """See :attr:`Limit.repeats`."""
        return not self.charge_denied

    def mechanism(self, at: int) -> Mechanism:  # noqa: C901 - several functions, none of them complex
        """See :meth:`Limit.mechanism`."""
        quota, span = self.quota, self.window * NANOSECONDS
        ends, used = at, at + 1

        def take(words: Words, now: int, cost: int) -> Standing | None:
            end = words[ends]
            if now >= end:
                end = words[ends] = now - now % span + span
                words[used] = 0
            spent = words[used] + cost
            if spent > quota:
                return None
            words[used] = spent
            return quota - spent, end

        def give(words: Words, cost: int) -> None:
            words[used] -= cost

        def wait(words: Words, now: int, cost: int) -> int:
            end = words[ends]
            return end - now if now < end and words[used] + cost > quota else 0

        def standing(words: Words, now: int) -> Standing:
            end = words[ends]
            return (max(0, quota - words[used]), end) if now < end else (quota, now - now % span + span)

        def refused(words: Words, now: int) -> None:
            if now >= words[ends]:
                words[ends], words[used] = now - now % span + span, 0
            words[used] += 1

        return Mechanism(take, give, wait, standing, range(ends, ends + 1), refused if self.charge_denied else None)


def DailyQuota(name: str, quota: int, window: int = 86_400) -> FixedWindow:
    """At most ``quota`` requests between one midnight UTC and the next."""
    return FixedWindow(name, quota, window)
