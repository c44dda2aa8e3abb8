"""What a limit does to the state of one caller, as functions of that state, an instant and a cost.

The state is a row of whole numbers (words), of which each limit has its own stretch: a list in memory, eight bytes each
in a shared file. A row of zeros is a caller who was never here. Nothing here reads a clock, takes a lock or does I/O;
the holders (:mod:`~mock_athena.ratelimit.counters`) do.

The functions are closures over the limit's numbers, because that is what makes a decision take a microsecond.
"""

from collections.abc import Callable
from typing import NamedTuple

from mock_athena.ratelimit.decision import Standing

Words = list[int] | memoryview


class Mechanism(NamedTuple):
    """The functions of one limit. Instants and waits are nanoseconds.

    Attributes:
        take: counts ``cost`` units and answers how the limit stands then, or counts nothing and answers None.
        give: takes back what :attr:`take` counted last, because another limit refused.
        wait: how long until ``cost`` units fit; 0 if they do now.
        standing: how the limit stands.
        refused: for limits that mind: a request was refused, by whichever limit.
        release: for limits of what is in flight: the request that was admitted at this instant is over.
        instants: which words are instants.
    """

    take: Callable[[Words, int, int], Standing | None]
    give: Callable[[Words, int], None]
    wait: Callable[[Words, int, int], int]
    standing: Callable[[Words, int], Standing]
    instants: range
    refused: Callable[[Words, int], None] | None = None
    release: Callable[[Words, int], None] | None = None
