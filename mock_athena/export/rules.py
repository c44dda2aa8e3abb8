"""What a client may do with its exports: how many at once, the same one again, and how often it may ask for one.

https://hl7.org/fhir/uv/bulkdata/STU2/export.html#bulk-data-status-request leaves all of it to the server.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter

from mock_athena.clock import NANOSECONDS
from mock_athena.errors import Throttled
from mock_athena.export.job import ExportJob, at, retry_after
from mock_athena.export.states import JobState

_SAME = attrgetter(
    "client_id",
    "scopes",
    "patient",
    "user",
    "patients",
    "request",
    "level",
    "group",
    "types",
    "since",
    "until",
    "filters",
    "elements",
    "named",
    "associated",
    "only_associated",
    "partial",
    "separate",
    "ignored",
)


@dataclass(frozen=True, slots=True)
class Rules:
    """What is asked of clients.

    Attributes:
        at_once: how many exports of a client may be in progress; 0 for any number.
        join: who repeats a request that is in progress is answered with that job.
        poll_interval: seconds between two polls of a job, unless it was told to come sooner; 0 for none.
    """

    at_once: int = 0
    join: bool = False
    poll_interval: float = 0.0

    @property
    def look_at_others(self) -> bool:
        """Whether other jobs matter to a kick-off."""
        return self.join or self.at_once > 0


def admitted(rules: Rules, job: ExportJob, others: Iterable[ExportJob], now: int) -> ExportJob:
    """The job that answers a kick-off: the new one, or one in progress that is the same.

    Raises:
        Throttled: as many are in progress as the client may have.
    """
    own = [other for other in others if other.client_id == job.client_id]
    active = [other for other in own if at(other, now).state is JobState.IN_PROGRESS]
    same = next((other for other in active if rules.join and _SAME(other) == _SAME(job)), None)
    if same is None and 0 < rules.at_once <= len(active):
        wait = min(retry_after(other, now) for other in active)
        message = (
            f"{len(active)} export jobs of this client are in progress, which is the most at a time; wait for one "
            "or DELETE it"
        )
        raise Throttled(message, headers=(("Retry-After", str(wait)),))
    return same or job


def check_poll(rules: Rules, job: ExportJob, last: tuple[int, int], now: int) -> None:
    """Refuse a poll that comes too soon after the one before.

    Args:
        last: when that was, and how many seconds it was told to wait.

    Raises:
        Throttled: says when to come back; whoever waits as it was told is never refused.
    """
    polled, told = last
    left = polled + round(min(rules.poll_interval, told) * NANOSECONDS) - now
    if left > 0:
        wait = -(-left // NANOSECONDS)
        message = f"export job {job.id} was polled a moment ago; ask again in {wait} s, or as Retry-After says"
        raise Throttled(message, headers=(("Retry-After", str(wait)),))
