"""Probes over HTTP: when they are sent, how many at a time, and on whose clock the answers are dated.

The emulator dates its decisions (``X-Mock-Decided-At``). That is taken only as long as it agrees with when we sent and
received: it must fall between the two, but for one constant by which the clocks differ.
"""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from math import inf

from athena_fhir_conformance.clock import Clock
from athena_fhir_conformance.limits.connections import Ask, Connections, Told
from athena_fhir_conformance.limits.observation import Dialect, Observation, Refusals, is_out_of_order
from athena_fhir_conformance.problems import CannotRun

_DECIDED = re.compile(r"(\d+\.\d+)(?:;seq=(\d+))?")
_STRAYS = 2.0  # seconds; a clock that is so far from its own time runs at another pace


class OtherPace(CannotRun):
    """The target's clock runs faster or slower than ours, so that no wait can be planned."""


class Axis:
    """The target's time as all probes of it see it.

    Attributes:
        spent: requests sent in all. until: no burst goes on beyond this instant.
    """

    def __init__(self, clock: Clock, connections: Connections, before: Callable[[], None] = lambda: None) -> None:
        self.clock, self.connections, self._before = clock, connections, before
        self.spent, self.until = 0, inf
        self._ahead: float | None = None
        self._dated = True

    def now(self) -> float:
        """Seconds, by the target's clock as far as it is known."""
        return self.clock.now() + (self._ahead or 0.0)

    def wait_until(self, instant: float) -> None:
        """Let time pass."""
        self.clock.sleep(instant - self.now())

    @property
    def is_over(self) -> bool:
        """Whether there is no time left."""
        return self.now() >= self.until

    def ask(self, ask: Ask) -> Observation:
        """Send one request."""
        self.spent += 1
        sent = self.clock.now()
        told = self.connections.exchange(ask)
        return self._dated_by(told, sent, self.clock.now())

    def _dated_by(self, told: Told, sent: float, received: float) -> Observation:
        match = _DECIDED.search(told.headers.get("x-mock-decided-at", "")) if self._dated else None
        decided = float(match[1]) if match else None
        if decided is not None:
            if self._ahead is None:
                self._ahead = decided - (sent + received) / 2
            strays = decided - self._ahead
            if not sent - _STRAYS <= strays <= received + _STRAYS:
                message = "its clock runs at another pace than ours; probe it with a clock of its own time"
                raise OtherPace(message)
        ahead = self._ahead or 0.0
        order = int(match[2] or 0) if match else 0
        return Observation(sent + ahead, received + ahead, told.status, told.headers, told.body, decided, order)


class HttpProber:
    """See :class:`~athena_fhir_conformance.limits.observation.Prober`.

    Args:
        ask: what is sent. refusals: how the server refuses, which all its probers learn together.
        renewed: asks anew what is sent, after a 401; None where that is no use.
    """

    def __init__(
        self,
        axis: Axis,
        ask: Ask,
        pool: ThreadPoolExecutor,
        refusals: Refusals,
        renewed: Callable[[], Ask] | None = None,
    ) -> None:
        self._axis, self._ask, self._pool, self._renewed = axis, ask, pool, renewed
        self._dialect = Dialect(refusals)

    @property
    def spent(self) -> int:
        """Requests sent by all probes of this target."""
        return self._axis.spent

    def now(self) -> float:
        """See :meth:`Axis.now`."""
        return self._axis.now()

    def wait_until(self, instant: float) -> None:
        """See :meth:`Axis.wait_until`."""
        self._axis.wait_until(instant)

    def send(self, most: int = 1, *, until_refused: bool = False, at_once: int = 1) -> list[Observation]:
        """See :meth:`~athena_fhir_conformance.limits.observation.Prober.send`."""
        if at_once > 1:
            return self._together(most, until_refused, at_once)
        seen: list[Observation] = []
        while len(seen) < most:
            seen += self._dialect.heard(self._one)
            if (until_refused and seen[-1].verdict == "refused") or is_out_of_order(seen) or self._axis.is_over:
                break
        return seen

    def _one(self) -> Observation:
        seen = self._axis.ask(self._ask)
        if seen.status == 401 and self._renewed:
            self._ask = self._renewed()
            seen = self._axis.ask(self._ask)
        return seen

    def _together(self, most: int, until_refused: bool, at_once: int) -> list[Observation]:
        """Each of so many threads goes on until there was a refusal."""
        seen: list[Observation] = []
        left = [most]

        def work() -> None:
            while left[0] > 0:
                left[0] -= 1
                answers = self._dialect.heard(self._one)
                seen.extend(answers)
                refused = until_refused and answers[-1].verdict == "refused"
                if refused or is_out_of_order(seen) or self._axis.is_over:
                    left[0] = 0

        for worker in [self._pool.submit(work) for _ in range(min(at_once, most))]:
            worker.result()
        return sorted(seen, key=lambda each: (each.order, each.earliest + each.latest))
