"""What a client knows about its quota, as a value.

Every instant is in seconds of the client's monotonic clock. Nothing here reads a clock: a simulation on virtual time
uses the same values and functions as a client on real time. What changes with every request is a named tuple, of which
a changed copy costs a third of a dataclass's: simulations make millions.
"""

from math import inf
from typing import NamedTuple

MARGIN = 0.005
"""Seconds by which a slot is free later than reckoned."""

MISSION_QUOTA, MISSION_WINDOW, MISSION_DAY = 16, 2.0, 100_000
"""The guide's limits: 16 in any 2 seconds, which is 8 a second, and so many a day."""


class Limit(NamedTuple):
    """At most ``quota`` requests in any ``window`` seconds."""

    quota: int
    window: float


MISSION = (Limit(MISSION_QUOTA, MISSION_WINDOW),)


class Mark(NamedTuple):
    """One request of the window: ours, or somebody else's whom ``Remaining`` gave away.

    Attributes:
        number: by which it is found when its answer comes; -1 of somebody else's.
        sent: when it was sent.
        counted: no later than this the server counted it, by what it told. Infinite while there is no answer.
        replied: when the answer came; infinite if none did.
        served: seconds before the answer in which the server had counted it already.
        owner: process id of the sender.
        decided: when the server counted it, by its clock; infinite if it did not tell.
    """

    number: int
    sent: float
    counted: float = inf
    replied: float = inf
    served: float = 0.0
    owner: int = 0
    decided: float = inf


class Pace(NamedTuple):
    """All that a client knows of its quota.

    Attributes:
        limits: sliding windows, decided together.
        marks: the latest requests, oldest first.
        number: of the next mark.
        round_trip: the least that was measured on a connection that stood already; infinite before the first.
        offset: at least so much was the server's clock ahead of ours at ``offset_of``; None if it tells no instants.
        lead: from our sending to its counting, each by its own clock, the least that was measured on a connection that
            stood already; infinite before the first.
        doubt: by how much a request may be counted sooner than ``lead`` says; infinite until that can be guessed.
        margin: see :data:`MARGIN`; doubles with each refusal.
        replies: how many answers came.
        blocked: no request before this instant, because the server said so.
        refusals: 429s since the last answer that was none.
        probing: one request at a time, until an answer tells how we stand.
        last_sent: when the last request was sent.
        at_most: requests in flight or in the window, of the strategy ``adaptive``.
        day: days since 1970 that ``spent`` is of.
        spent: requests of that day.
        per_day: how many may be.
    """

    limits: tuple[Limit, ...] = MISSION
    marks: tuple[Mark, ...] = ()
    number: int = 0
    round_trip: float = inf
    offset: float | None = None
    offset_of: float = 0.0
    lead: float = inf
    doubt: float = inf
    margin: float = MARGIN
    replies: int = 0
    blocked: float = -inf
    refusals: int = 0
    probing: bool = True
    last_sent: float = -inf
    at_most: float = float(MISSION_QUOTA)
    day: int = 0
    spent: int = 0
    per_day: int = MISSION_DAY

    @property
    def in_flight(self) -> int:
        """Requests without an answer."""
        return [mark.counted for mark in self.marks].count(inf)

    @property
    def kept(self) -> int:
        """How many marks are worth keeping: twice what the largest window holds."""
        return 2 * max(self.limits)[0]  # a limit's quota comes first
