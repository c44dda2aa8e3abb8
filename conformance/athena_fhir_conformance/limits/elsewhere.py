"""Families that other servers have and the emulator has not: each is written into a policy file as what is nearest.

Fixed windows whose boundaries are the server's own, since a timer resets the counter; and the counter of two windows by
which gateways and libraries come close to a sliding one. Semantics:
https://limits.readthedocs.io/en/stable/strategies.html,
https://blog.cloudflare.com/counting-things-a-lot-of-different-things/.
"""

from bisect import bisect_left
from dataclasses import dataclass, field
from math import floor
from typing import ClassVar

from athena_fhir_conformance.limits.families import INSTANT, History, Kind, Model, fixed_allows, numbers_of

_CELLS = 16
_FEW, _FINE = 4, 0.02  # so few are halved, as long as they are longer than so many seconds


@dataclass(slots=True)
class Shifted:
    """At most ``quota`` in a fixed window; where its boundaries are is not known.

    Attributes:
        cells: stretches of what the server's count of seconds may be ahead, modulo the window; the contradicted go.
    """

    quota: int
    window: float
    cells: list[tuple[float, float]] = field(default_factory=list)
    charged: list[float] = field(default_factory=list)
    kind: ClassVar[Kind] = "shifted-window"

    def __post_init__(self) -> None:
        """All of the window."""
        if not self.cells:
            width = self.window / _CELLS
            self.cells = [(number * width, (number + 1) * width) for number in range(_CELLS)]

    @property
    def charge_denied(self) -> bool:
        """Nobody outside can tell, since it is full until its end either way."""
        return False

    @property
    def share(self) -> float:
        """Of all boundaries that there could have been, the share that is left."""
        return sum(end - begin for begin, end in self.cells) / self.window

    def allows(self, history: History, early: float, late: float, admitted: bool) -> bool:
        """See :meth:`~athena_fhir_conformance.limits.families.Model.allows`."""
        self.cells = [
            cell for cell in self.cells if fixed_allows(self.quota, self.window, cell, history, early, late, admitted)
        ]
        if 0 < len(self.cells) <= _FEW and self.cells[0][1] - self.cells[0][0] > _FINE:
            halves = [(begin, (begin + end) / 2, end) for begin, end in self.cells]
            self.cells = [half for begin, middle, end in halves for half in ((begin, middle), (middle, end))]
        return bool(self.cells)

    def follow(self, instant: float, admitted: bool) -> None:
        """See :meth:`~athena_fhir_conformance.limits.families.Model.follow`."""
        if admitted:
            self.spend(instant, 1)

    @property
    def _ahead(self) -> float:
        begin, end = self.cells[len(self.cells) // 2]
        return (begin + end) / 2

    def _end(self, instant: float) -> float:
        """The first boundary after this."""
        return ((instant + self._ahead) // self.window + 1) * self.window - self._ahead

    def room(self, instant: float) -> int:
        """See :meth:`~athena_fhir_conformance.limits.families.Model.room`."""
        begin = self._end(instant) - self.window
        return max(0, self.quota - len(self.charged) + bisect_left(self.charged, begin))

    def ready(self, instant: float) -> float:
        """See :meth:`~athena_fhir_conformance.limits.families.Model.ready`."""
        return instant if self.room(instant) else self._end(instant)

    def spend(self, instant: float, units: int) -> None:
        """See :meth:`~athena_fhir_conformance.limits.families.Model.spend`."""
        self.charged += [instant] * units
        del self.charged[: -self.quota]

    def refuse(self, instant: float) -> None:
        """A refusal changes nothing that could be seen: the window is full anyway."""

    def anew(self) -> "Shifted":
        """See :meth:`~athena_fhir_conformance.limits.families.Model.anew`."""
        return Shifted(self.quota, self.window, self.cells[:])

    def copy(self) -> "Shifted":
        """See :meth:`~athena_fhir_conformance.limits.families.Model.copy`."""
        return Shifted(self.quota, self.window, self.cells[:], self.charged[:])


@dataclass(slots=True)
class Weighted:
    """Two fixed windows: what the last one had counts by the share of it that a sliding window would still cover.

    Roundings differ from server to server: where one would decide so, this allows it.
    """

    quota: int
    window: float
    ahead: float = 0.0
    number: int = -2
    used: int = 0
    before: int = 0
    kind: ClassVar[Kind] = "sliding-counter"

    @property
    def charge_denied(self) -> bool:
        """Servers of that kind were not seen to."""
        return False

    def allows(self, history: History, early: float, late: float, admitted: bool) -> bool:
        """See :meth:`~athena_fhir_conformance.limits.families.Model.allows`."""
        return any(
            self._in(history, number, early, late, admitted)
            for number in numbers_of(self.window, history.skew, early, late)
        )

    def _in(self, history: History, number: int, early: float, late: float, admitted: bool) -> bool:
        window, skew = self.window, history.skew
        if admitted:
            share = min(1.0, max(0.0, number + 1 - (late + skew[1]) / window))
            least = history.certainly(number, window, skew) + share * history.certainly(number - 1, window, skew)
            return least < self.quota + INSTANT
        share = min(1.0, max(0.0, number + 1 - (early + skew[0]) / window))
        most = history.possibly(number, window, skew, late) + share * history.possibly(number - 1, window, skew, late)
        return most + 1 > self.quota - INSTANT

    def follow(self, instant: float, admitted: bool) -> None:
        """See :meth:`~athena_fhir_conformance.limits.families.Model.follow`."""
        if admitted:
            self.spend(instant, 1)

    def _counts(self, number: int) -> tuple[int, int]:
        """Of the window of this number and of the one before."""
        if number <= self.number:
            return self.used, self.before
        return 0, (self.used if number == self.number + 1 else 0)

    def room(self, instant: float) -> int:
        """See :meth:`~athena_fhir_conformance.limits.families.Model.room`."""
        at = (instant + self.ahead) / self.window
        used, before = self._counts(floor(at))
        return max(0, floor(self.quota - used - before * (floor(at) + 1 - at) + INSTANT))

    def ready(self, instant: float) -> float:
        """See :meth:`~athena_fhir_conformance.limits.families.Model.ready`."""
        if self.room(instant):
            return instant
        number = floor((instant + self.ahead) / self.window)
        for each in (number, number + 1):
            used, before = self._counts(each)
            if used < self.quota:
                share = min(1.0, (self.quota - 1 - used) / before) if before else 1.0
                return max(instant, (each + 1 - share) * self.window - self.ahead)
        return (number + 2) * self.window - self.ahead

    def spend(self, instant: float, units: int) -> None:
        """See :meth:`~athena_fhir_conformance.limits.families.Model.spend`."""
        number = floor((instant + self.ahead) / self.window)
        used, self.before = self._counts(number)
        self.number, self.used = max(number, self.number), used + units

    def refuse(self, instant: float) -> None:
        """A refusal is not counted."""

    def anew(self) -> "Weighted":
        """See :meth:`~athena_fhir_conformance.limits.families.Model.anew`."""
        return Weighted(self.quota, self.window, self.ahead)

    def copy(self) -> "Weighted":
        """See :meth:`~athena_fhir_conformance.limits.families.Model.copy`."""
        return Weighted(self.quota, self.window, self.ahead, self.number, self.used, self.before)


def memory_of(model: Model) -> float:
    """Seconds after which nothing of what was spent counts any more."""
    return 2 * model.window if isinstance(model, Weighted) else model.window
