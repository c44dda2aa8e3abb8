"""The limits that a policy is made of: what each remembers of a caller, and what it says.

A limit is asked first and charged later (:class:`~mock_athena.ratelimit.limiter.Limiter` asks all of them before
it charges any), so a request that one limit refuses costs nothing in another. All times are nanoseconds.
"""

from collections import deque
from dataclasses import dataclass
from typing import Any, Protocol

from mock_athena.clock import NANOSECONDS
from mock_athena.ratelimit.decision import Allowance

_DAY = 86_400 * NANOSECONDS


class Limit(Protocol):
    """One limit. ``state`` is what :meth:`fresh` made for a caller; only the limit looks inside."""

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
        """Length of the window in seconds."""
        ...

    def fresh(self) -> Any:
        """The state of a caller who was never here."""
        ...

    def wait(self, state: Any, now: int, cost: int) -> int:
        """How long until ``cost`` more units fit; 0 if they do now. Brings ``state`` up to ``now``.

        ``cost`` is 1 to :attr:`quota`; a limiter asks for nothing else.
        """
        ...

    def charge(self, state: Any, now: int, cost: int) -> None:
        """Count ``cost`` units that were admitted at ``now``."""
        ...

    def standing(self, state: Any, now: int) -> Allowance:
        """What is left, and how long until more is. ``wait`` was asked for this ``now``."""
        ...


@dataclass(frozen=True, slots=True)
class SlidingWindow:
    """At most ``quota`` requests in any ``window`` seconds, wherever the window is laid.

    The state is the instants of the units spent in the window that ends now, never more than ``quota`` of them. A
    request is admitted again exactly ``window`` seconds after the ``quota``-th last one.
    """

    name: str
    quota: int
    window: int

    def fresh(self) -> deque[int]:
        """See :meth:`Limit.fresh`."""
        return deque()

    def wait(self, state: deque[int], now: int, cost: int) -> int:
        """See :meth:`Limit.wait`."""
        left_the_window = now - self.window * NANOSECONDS
        while state and state[0] <= left_the_window:
            state.popleft()
        too_many = len(state) + cost - self.quota
        return state[too_many - 1] - left_the_window if too_many > 0 else 0

    def charge(self, state: deque[int], now: int, cost: int) -> None:
        """See :meth:`Limit.charge`."""
        for _ in range(cost):
            state.append(now)

    def standing(self, state: deque[int], now: int) -> Allowance:
        """See :meth:`Limit.standing`."""
        reset = state[0] + self.window * NANOSECONDS - now if state else 0
        return Allowance(self.name, self.quota, self.window, self.quota - len(state), reset)


@dataclass(frozen=True, slots=True)
class DailyQuota:
    """At most ``quota`` requests between one midnight UTC and the next. The state is [day, used]."""

    name: str
    quota: int
    window: int = 86_400

    def fresh(self) -> list[int]:
        """See :meth:`Limit.fresh`."""
        return [0, 0]

    def wait(self, state: list[int], now: int, cost: int) -> int:
        """See :meth:`Limit.wait`."""
        day = now // _DAY
        if state[0] != day:
            state[:] = [day, 0]
        return (day + 1) * _DAY - now if state[1] + cost > self.quota else 0

    def charge(self, state: list[int], now: int, cost: int) -> None:  # noqa: ARG002 - a day needs no instants
        """See :meth:`Limit.charge`."""
        state[1] += cost

    def standing(self, state: list[int], now: int) -> Allowance:
        """See :meth:`Limit.standing`."""
        return Allowance(self.name, self.quota, self.window, self.quota - state[1], _DAY - now % _DAY)
