"""The families of limiters that are considered, each as a small model that can be asked and can be contradicted.

A model says how many requests would be admitted at an instant (:meth:`Model.room`), follows what happened
(:meth:`Model.spend`, :meth:`Model.refuse`), and tells whether an observation can be (:meth:`Model.allows`) although it
is only known between which instants the decision fell.

Families: a sliding window (a log of instants), a fixed window (from one multiple of its length since 1970 to the
next), a window that the first request opens, and a token bucket (GCRA admits the same); what only other servers have is
in :mod:`~athena_fhir_conformance.limits.elsewhere`. Surveys of what is in use:
https://stripe.com/blog/rate-limiters, https://blog.cloudflare.com/counting-things-a-lot-of-different-things/.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from math import ceil, floor, inf
from typing import ClassVar, Literal, Protocol

Kind = Literal["sliding-window", "fixed-window", "opened-window", "token-bucket", "shifted-window", "sliding-counter"]

INSTANT = 1e-6
"""Instants that are closer are the same: what is left of a float at the size of today's unix seconds."""


@dataclass(slots=True)
class History:
    """What happened so far, as all models of one target see it: between which instants what was charged.

    Attributes:
        skew: between which bounds the server's clock is ahead of ours.
    """

    skew: tuple[float, float] = (0.0, 0.0)
    admitted_from: list[float] = field(default_factory=list)
    admitted_to: list[float] = field(default_factory=list)
    all_from: list[float] = field(default_factory=list)
    all_to: list[float] = field(default_factory=list)

    def certainly(self, number: int, window: float, skew: tuple[float, float]) -> int:
        """How many were admitted in the window of this number since 1970, by a clock that is ahead so, at least."""
        least, most = skew
        begin, end = number * window, (number + 1) * window
        return bisect_left(self.admitted_to, end - most - INSTANT) - bisect_left(
            self.admitted_from, begin - least + INSTANT
        )

    def possibly(self, number: int, window: float, skew: tuple[float, float], until: float) -> int:
        """How many were admitted in it until then, at most."""
        least, most = skew
        begin, end = number * window, (number + 1) * window
        return bisect_right(self.admitted_from, min(until, end - least + INSTANT)) - bisect_left(
            self.admitted_to, begin - most - INSTANT
        )

    def add(self, early: float, late: float, admitted: bool) -> None:
        """Note one decision."""
        _insert(self.all_from, early)
        _insert(self.all_to, late)
        if admitted:
            _insert(self.admitted_from, early)
            _insert(self.admitted_to, late)


def _insert(instants: list[float], instant: float) -> None:
    if not instants or instants[-1] <= instant:
        instants.append(instant)
    else:
        instants.insert(bisect_right(instants, instant), instant)


class Model(Protocol):
    """A hypothesis about one limit.

    Attributes:
        kind, quota, window, charge_denied: as in a policy file; the window in seconds.
    """

    kind: ClassVar[Kind]
    quota: int
    window: float

    @property
    def charge_denied(self) -> bool:
        """Whether a refused request is counted as well."""
        ...

    def allows(self, history: History, early: float, late: float, admitted: bool) -> bool:
        """Whether a decision between these instants can have been this one, after all that is in the history."""
        ...

    def follow(self, instant: float, admitted: bool) -> None:
        """It was decided so, at about this instant."""
        ...

    def room(self, instant: float) -> int:
        """How many requests would be admitted then."""
        ...

    def ready(self, instant: float) -> float:
        """The first instant, not before this, at which one is admitted."""
        ...

    def spend(self, instant: float, units: int) -> None:
        """So many are admitted."""
        ...

    def refuse(self, instant: float) -> None:
        """One is refused."""
        ...

    def anew(self) -> "Model":
        """The same hypothesis before anything happened."""
        ...

    def copy(self) -> "Model":
        """The same, to play with."""
        ...


@dataclass(slots=True)
class Sliding:
    """At most ``quota`` in any ``window`` seconds."""

    quota: int
    window: float
    charge_denied: bool = False
    charged: list[float] = field(default_factory=list)
    kind: ClassVar[Kind] = "sliding-window"

    def allows(self, history: History, early: float, late: float, admitted: bool) -> bool:
        """See :meth:`Model.allows`. What could have come before in the window, and what must have."""
        began = history.all_from if self.charge_denied else history.admitted_from
        ended = history.all_to if self.charge_denied else history.admitted_to
        if not admitted:
            possible = bisect_right(began, late) - bisect_right(ended, early - self.window - INSTANT)
            return possible >= self.quota
        certain = bisect_left(ended, early) - bisect_right(began, late - self.window + INSTANT)
        together = bisect_right(history.admitted_to, late) - bisect_right(
            history.admitted_from, late - self.window + INSTANT
        )
        return certain < self.quota and together < self.quota

    def follow(self, instant: float, admitted: bool) -> None:
        """See :meth:`Model.follow`."""
        if admitted:
            self.spend(instant, 1)
        else:
            self.refuse(instant)

    def room(self, instant: float) -> int:
        """See :meth:`Model.room`."""
        return max(0, self.quota - len(self.charged) + bisect_right(self.charged, instant - self.window))

    def ready(self, instant: float) -> float:
        """See :meth:`Model.ready`."""
        if len(self.charged) < self.quota:
            return instant
        return max(instant, self.charged[-self.quota] + self.window)

    def spend(self, instant: float, units: int) -> None:
        """See :meth:`Model.spend`."""
        self.charged += [instant] * units
        del self.charged[: -self.quota]

    def refuse(self, instant: float) -> None:
        """See :meth:`Model.refuse`."""
        if self.charge_denied:
            self.spend(instant, 1)

    def anew(self) -> "Sliding":
        """See :meth:`Model.anew`."""
        return Sliding(self.quota, self.window, self.charge_denied)

    def copy(self) -> "Sliding":
        """See :meth:`Model.copy`."""
        return Sliding(self.quota, self.window, self.charge_denied, self.charged[:])


def fixed_allows(
    quota: int, window: float, skew: tuple[float, float], history: History, early: float, late: float, admitted: bool
) -> bool:
    """Whether fixed windows, counted by a clock that is ahead so, allow this in one of those in which it may fall."""
    numbers = numbers_of(window, skew, early, late)
    if admitted:
        return any(history.certainly(number, window, skew) < quota for number in numbers)
    return any(history.possibly(number, window, skew, late) >= quota for number in numbers)


def numbers_of(window: float, skew: tuple[float, float], early: float, late: float) -> range:
    """The numbers since 1970 of the windows in which something may fall that was between these instants."""
    first, last = (early + skew[0] - INSTANT) // window, (late + skew[1] + INSTANT) // window
    return range(int(first), int(last) + 1)


@dataclass(slots=True)
class Fixed:
    """At most ``quota`` from one multiple of ``window`` seconds since 1970 to the next."""

    quota: int
    window: float
    ahead: float = 0.0
    number: float = -1
    used: int = 0
    kind: ClassVar[Kind] = "fixed-window"

    @property
    def charge_denied(self) -> bool:
        """Nobody outside can tell, since it is full until its end either way."""
        return False

    def allows(self, history: History, early: float, late: float, admitted: bool) -> bool:
        """See :meth:`Model.allows`. It is enough if one of the windows in which it may have fallen allows it."""
        return fixed_allows(self.quota, self.window, history.skew, history, early, late, admitted)

    def follow(self, instant: float, admitted: bool) -> None:
        """See :meth:`Model.follow`."""
        if admitted:
            self.spend(instant, 1)

    def room(self, instant: float) -> int:
        """See :meth:`Model.room`."""
        number = (instant + self.ahead) // self.window
        return self.quota if number > self.number else max(0, self.quota - self.used)

    def ready(self, instant: float) -> float:
        """See :meth:`Model.ready`."""
        return instant if self.room(instant) else (self.number + 1) * self.window - self.ahead

    def boundary(self, instant: float) -> float:
        """The first boundary not before this instant."""
        return ceil((instant + self.ahead) / self.window) * self.window - self.ahead

    def spend(self, instant: float, units: int) -> None:
        """See :meth:`Model.spend`."""
        number = (instant + self.ahead) // self.window
        if number > self.number:
            self.number, self.used = number, 0
        self.used += units

    def refuse(self, instant: float) -> None:
        """A refusal changes nothing that could be seen: the window is full anyway."""

    def anew(self) -> "Fixed":
        """See :meth:`Model.anew`."""
        return Fixed(self.quota, self.window, self.ahead)

    def copy(self) -> "Fixed":
        """See :meth:`Model.copy`."""
        return Fixed(self.quota, self.window, self.ahead, self.number, self.used)


@dataclass(slots=True)
class Opened:
    """At most ``quota`` within ``window`` seconds from the request that opened the window."""

    quota: int
    window: float
    opened: float = -inf
    used: int = 0
    earliest: float = -inf
    latest: float = -inf
    kind: ClassVar[Kind] = "opened-window"

    @property
    def charge_denied(self) -> bool:
        """Nobody outside can tell, since it is full until its end either way."""
        return False

    def allows(self, history: History, early: float, late: float, admitted: bool) -> bool:  # noqa: ARG002
        """See :meth:`Model.allows`."""
        if self.used < self.quota:
            return admitted
        if admitted:
            possible = late + INSTANT >= self.earliest + self.window
            if possible:  # so it opened a window, not before the last one was over
                self.earliest, self.latest = max(early, self.earliest + self.window), late
            return possible
        return early - INSTANT < self.latest + self.window

    def follow(self, instant: float, admitted: bool) -> None:
        """See :meth:`Model.follow`."""
        if admitted:
            self.spend(instant, 1)

    def room(self, instant: float) -> int:
        """See :meth:`Model.room`."""
        return self.quota if instant >= self.opened + self.window else max(0, self.quota - self.used)

    def ready(self, instant: float) -> float:
        """See :meth:`Model.ready`."""
        return instant if self.room(instant) else self.opened + self.window

    def spend(self, instant: float, units: int) -> None:
        """See :meth:`Model.spend`."""
        if instant >= self.opened + self.window or self.used >= self.quota:
            self.opened, self.used = instant, 0
            self.earliest = self.latest = instant
        self.used += units

    def refuse(self, instant: float) -> None:
        """A refusal changes nothing."""

    def anew(self) -> "Opened":
        """See :meth:`Model.anew`."""
        return Opened(self.quota, self.window)

    def copy(self) -> "Opened":
        """See :meth:`Model.copy`."""
        return Opened(self.quota, self.window, self.opened, self.used, self.earliest, self.latest)


@dataclass(slots=True)
class Bucket:
    """``quota`` tokens, of which one comes back every ``window`` / ``quota`` seconds.

    The state is the instant at which it is full again: at about, at the earliest and at the latest. ``interval`` is the
    seconds from token to token, ``slack`` what the server's arithmetic may be off at each request, in seconds.
    """

    quota: int
    window: float
    charge_denied: bool = False
    full: float = -inf
    full_early: float = -inf
    full_late: float = -inf
    slack: float = INSTANT
    interval: float = field(init=False)
    kind: ClassVar[Kind] = "token-bucket"

    def __post_init__(self) -> None:
        """Seconds from token to token."""
        self.interval = self.window / self.quota

    def allows(self, history: History, early: float, late: float, admitted: bool) -> bool:  # noqa: ARG002
        """See :meth:`Model.allows`. Follows the bounds as well."""
        room_for = self.window - self.interval
        if admitted:
            fits = max(self.full_early, late) - late <= room_for + self.slack * self.quota
            self.full_early = max(self.full_early, early) + self.interval
            self.full_late = max(self.full_late, late) + self.interval
            if self.full_late > late + self.window:  # it was admitted, so there was room
                self.full_late = late + self.window
            return fits
        fits = max(self.full_late, early) - early > room_for - self.slack * self.quota
        if self.charge_denied:
            self.full_early, self.full_late = early + self.window, late + self.window
        elif self.full_early < early + room_for:  # it was refused, so there was none
            self.full_early = early + room_for
        return fits

    def follow(self, instant: float, admitted: bool) -> None:
        """See :meth:`Model.follow`."""
        if admitted:
            self.spend(instant, 1)
        else:
            self.refuse(instant)

    def room(self, instant: float) -> int:
        """See :meth:`Model.room`."""
        missing = max(0.0, self.full - instant)
        return max(0, floor((self.window - missing) / self.interval + INSTANT))

    def ready(self, instant: float) -> float:
        """See :meth:`Model.ready`."""
        return max(instant, self.full - self.window + self.interval)

    def spend(self, instant: float, units: int) -> None:
        """See :meth:`Model.spend`."""
        self.full = max(self.full, instant) + units * self.interval

    def refuse(self, instant: float) -> None:
        """See :meth:`Model.refuse`."""
        if self.charge_denied:
            self.full = instant + self.window

    def anew(self) -> "Bucket":
        """See :meth:`Model.anew`."""
        return Bucket(self.quota, self.window, self.charge_denied, slack=self.slack)

    def copy(self) -> "Bucket":
        """See :meth:`Model.copy`."""
        return Bucket(
            self.quota, self.window, self.charge_denied, self.full, self.full_early, self.full_late, self.slack
        )
