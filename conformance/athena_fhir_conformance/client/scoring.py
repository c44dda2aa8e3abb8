"""How close a client came to the least that its work takes: in requests, and in time.

The least time is that of the limit (16 requests in any 2 seconds) for the requests that were needed, or that of the
exports that it waited for, whichever is longer.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from athena_fhir_conformance.client.grading import Run
from athena_fhir_conformance.client.journal import LIMITED, Entry
from athena_fhir_conformance.client.manners import needed_of


@dataclass(frozen=True, slots=True)
class Quota:
    """At most ``amount`` in any ``window`` seconds."""

    amount: int
    window: float


@dataclass(frozen=True, slots=True)
class Score:
    """Requests and seconds, used and least; ``points`` of 100."""

    requests: int
    needed: int
    seconds: float
    least: float

    @property
    def points(self) -> int:
        """The product of both shares: 100 is the optimum."""
        if not self.requests:
            return 0
        spare = min(1.0, self.needed / self.requests)
        swift = min(1.0, (self.least + _GRACE) / (self.seconds + _GRACE))
        return round(100 * spare * swift)


_GRACE = 2.0  # seconds: a window, since whoever paces evenly may need that much longer


def score(run: Run, quota: Quota) -> Score:
    """The score of a run."""
    limited = [entry for entry in run.entries if entry.route in LIMITED]
    if not limited:
        return Score(0, 0, 0.0, 0.0)
    asked = [entry for entry in limited if not entry.polls]
    needed = needed_of(asked) + _least_polls(limited)
    seconds = limited[-1].instant + limited[-1].seconds - limited[0].instant
    paced = quota.window * ((needed - 1) // quota.amount)
    waits = sum(entry.wait or 0.0 for entry in asked if entry.verdict == "faulted" or entry.faults)
    return Score(len(limited), needed, seconds, max(paced, _exports(limited)) + waits)


def _least_polls(limited: Sequence[Entry]) -> int:
    """An export is polled as often as it says to come back, and no more."""
    polls = [entry for entry in limited if entry.polls]
    well = [entry for entry in polls if entry.status != 202]
    return len(well) + len([entry for entry in polls if entry.status == 202 and entry.wait is not None]) if well else 0


def _exports(limited: Sequence[Entry]) -> float:
    """Seconds from the first kick-off until the first poll that found it complete was told to come."""
    started = next((entry for entry in limited if entry.kicks_off and entry.status == 202), None)
    ready = next((entry for entry in limited if entry.polls and entry.status == 200), None)
    return ready.instant - started.instant if started and ready else 0.0
