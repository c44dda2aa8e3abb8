"""The life of an export job: which states there are, and the one table of moves between them.

``complete``, ``failed`` and ``expired`` are reached by the passing of time, the others because a caller asked:
https://hl7.org/fhir/uv/bulkdata/STU2/export.html#response---complete-status and ``#bulk-data-delete-request``.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class JobState(StrEnum):
    """Where a job stands."""

    IN_PROGRESS = "in-progress"
    COMPLETE = "complete"
    FAILED = "failed"
    CANCELLED = "cancelled"
    DELETED = "deleted"
    EXPIRED = "expired"


_MOVES: Mapping[JobState, frozenset[JobState]] = MappingProxyType(
    {
        JobState.IN_PROGRESS: frozenset({JobState.COMPLETE, JobState.FAILED, JobState.CANCELLED}),
        JobState.COMPLETE: frozenset({JobState.DELETED, JobState.EXPIRED}),
        JobState.FAILED: frozenset({JobState.DELETED, JobState.EXPIRED}),
        JobState.CANCELLED: frozenset(),
        JobState.DELETED: frozenset(),
        JobState.EXPIRED: frozenset(),
    }
)


def move(state: JobState, to: JobState) -> JobState:
    """``to``, if a job may go there from ``state``.

    Raises:
        ValueError: it may not.
    """
    if to not in _MOVES[state]:
        allowed = ", ".join(sorted(_MOVES[state])) or "nothing: it is an end"
        message = f"an export job that is {state} cannot become {to}; it can become {allowed}"
        raise ValueError(message)
    return to
