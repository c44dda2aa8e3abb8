"""The ways to keep a pace, to compare them (``athena-fhir bench``).

- ``paced``, the default: the mirror of the window (:mod:`.window`).
- ``spaced``: the guide's baseline, 125 ms between requests. On an exact grid that fits; with 0-20 ms of jitter on the
  way it earns 22 refusals in 400, because the seventeenth request now and then comes less than 2 s after the first.
- ``backoff``: as fast as it goes, and wait when refused. What most clients do.
- ``adaptive``: knows nothing of windows; as many as were answered lately, one more each window, half as many after a
  refusal (AIMD). For several machines that share one quota.
"""

from collections.abc import Callable
from enum import StrEnum
from math import inf

from athena_fhir_client.pace.state import Pace
from athena_fhir_client.pace.window import counted_by, free_at

SPACING = 0.125  # seconds: the guide's "rateLimitDelay = 125"


class Strategy(StrEnum):
    """How requests are paced."""

    PACED = "paced"
    SPACED = "spaced"
    BACKOFF = "backoff"
    ADAPTIVE = "adaptive"


def _spaced(pace: Pace, now: float) -> float | None:
    return max(now, pace.blocked, pace.last_sent + SPACING)


def _backoff(pace: Pace, now: float) -> float | None:
    return max(now, pace.blocked)


def _adaptive(pace: Pace, now: float) -> float | None:
    """At most so many as ``at_most`` in each of the windows."""
    allowed = max(1, int(pace.at_most))
    bounds = counted_by(pace, pace.marks)
    window = max(limit.window for limit in pace.limits)
    at = max(now, pace.blocked, bounds[-allowed] + window if len(bounds) >= allowed else -inf)
    return None if at == inf else at


NEXT: dict[Strategy, Callable[[Pace, float], float | None]] = {
    Strategy.PACED: free_at,
    Strategy.SPACED: _spaced,
    Strategy.BACKOFF: _backoff,
    Strategy.ADAPTIVE: _adaptive,
}


def adapted(pace: Pace, status: int) -> Pace:
    """``adaptive`` after an answer: one more with each window that was answered, half as many after a refusal."""
    most = max(limit.quota for limit in pace.limits)
    if status == 429:
        return pace._replace(at_most=max(1.0, pace.at_most / 2))
    return pace._replace(at_most=min(float(most), pace.at_most + 1 / max(1.0, pace.at_most)))
