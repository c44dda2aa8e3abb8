"""The life of an export job: which states there are, and the one table of moves between them.

https://hl7.org/fhir/uv/bulkdata/STU2/export.html#response---complete-status and ``#bulk-data-delete-request``. The
diagram in ``docs/bulk-export.md`` is drawn from this table.
"""

from enum import StrEnum
from typing import NamedTuple


class JobState(StrEnum):
    """Where a job stands."""

    IN_PROGRESS = "in-progress"
    COMPLETE = "complete"
    FAILED = "failed"
    CANCELLED = "cancelled"
    DELETED = "deleted"
    EXPIRED = "expired"


class Move(NamedTuple):
    """A way from one state to another, and what leads there."""

    source: JobState
    target: JobState
    cause: str


MOVES = (
    Move(JobState.IN_PROGRESS, JobState.COMPLETE, "its time has passed"),
    Move(JobState.IN_PROGRESS, JobState.FAILED, "its time has passed, and it was to fail"),
    Move(JobState.IN_PROGRESS, JobState.CANCELLED, "DELETE"),
    Move(JobState.COMPLETE, JobState.DELETED, "DELETE"),
    Move(JobState.COMPLETE, JobState.EXPIRED, "Expires has passed"),
    Move(JobState.FAILED, JobState.DELETED, "DELETE"),
    Move(JobState.FAILED, JobState.EXPIRED, "Expires has passed"),
)
"""Every move that there is; a state without one is an end."""


def move(state: JobState, to: JobState) -> JobState:
    """``to``, if a job may go there from ``state``.

    Raises:
        ValueError: it may not.
    """
    allowed = [way.target for way in MOVES if way.source is state]
    if to not in allowed:
        told = ", ".join(sorted(allowed)) or "nothing: it is an end"
        message = f"an export job that is {state} cannot become {to}; it can become {told}"
        raise ValueError(message)
    return to
