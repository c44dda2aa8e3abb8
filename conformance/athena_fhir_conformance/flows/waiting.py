"""Waiting for an export: as long as its Retry-After says, while other checks are done.

A check that has to wait is put off (:class:`PutOff`) and begun anew when the time has come. So what it asked before is
remembered, by :func:`athena_fhir_conformance.flows.asking.remembered` or here, and nothing is asked twice. Where
waiting costs nothing, or a check may not be begun twice, it simply waits.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from athena_fhir_conformance.exchange import Exchange
from athena_fhir_conformance.judges.limit_fields import waiting_time
from athena_fhir_conformance.problems import PutOff
from athena_fhir_conformance.target import Target

AT_ONCE = 3
"""Exports that we have running at once, where the target takes so many."""

_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, 120.0
_MOMENT = 0.02  # seconds: one other check or two


@dataclass
class Running:
    """An export that was begun and is not known to have ended.

    Attributes:
        polls: of its status so far.
        due: instant of the target's at which it may be asked for again.
        until: instant at which we give it up.
    """

    kick_off: Exchange
    until: float
    polls: list[Exchange] = field(default_factory=list)
    due: float = 0.0
    pause: float = _FIRST_PAUSE

    @property
    def ended(self) -> bool:
        """Whether the last poll told its end, whatever that is."""
        return bool(self.polls) and self.polls[-1].status not in (202, 429)

    def told(self, poll: Exchange, now: float) -> None:
        """One more poll, and when the next one is due."""
        self.polls.append(poll)
        told = waiting_time(poll.headers.get("Retry-After", ""), datetime.fromtimestamp(now, UTC))
        self.due = now + min(max(told if told is not None else self.pause, 0.1), _LONGEST_PAUSE)
        self.pause = min(self.pause * 2, _LONGEST_PAUSE)


def running(target: Target) -> dict[int, Running]:
    """Number of the kick-off → an export of ours that is being waited for."""
    found: dict[int, Running] = target.__dict__.setdefault("running", {})
    return found


def wait_until(target: Target, instant: float) -> None:
    """Return at this instant of the target's.

    Raises:
        PutOff: other checks can be done until then.
    """
    if instant <= target.clock.now():
        return
    if target.puts_off:
        raise PutOff(instant)
    target.clock.sleep(instant - target.clock.now())


def make_room(target: Target, most: int = AT_ONCE) -> None:
    """Before one more export is begun: wait while there are ``most`` of ours, where others can be done meanwhile.

    Raises:
        PutOff: until one of them may have ended.
    """
    others = running(target).values()
    if target.puts_off and len(others) >= min(most, target.exports_at_once):
        raise PutOff(max(min(each.due for each in others), target.clock.now()))


def whole_quota(target: Target) -> None:
    """Before a burst: wait until the whole quota is free. Others use it first, else what is left of it is lost.

    Raises:
        PutOff: some is left, and may be used within a window.
    """
    now = target.clock.now()
    target.burst_by = target.burst_by or now + 1.5 * max((each.window for each in target.pacer.quotas), default=0.0)
    if target.puts_off and not target.pacer.used_up() and now < target.burst_by:
        raise PutOff(now + _MOMENT)
    target.burst_by = 0.0
    target.pacer.settle()
