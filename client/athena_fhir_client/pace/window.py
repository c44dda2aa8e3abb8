"""The mirror of a sliding window: pure functions on :class:`.state.Pace`.

Why it never earns a 429. The server counted request j at an instant c between its sending and its answer, which we do
not know. A new request has room if it is *counted* at least a window after c. It is counted no earlier than it is
sent; so sending at ``(latest c there can be) + window`` suffices. The latest c there can be is, from best to worst,

- what the server says: ``X-Mock-Decided-At`` is an instant of its clock, and its clock is ahead of ours by at least
  ``decided - replied`` of any answer, the best of which is kept (:attr:`.Pace.offset`; it fades, since clocks drift);
- ``replied - dur`` of ``Server-Timing``: it was counted before the server worked on it (which a server that counts late
  would belie, so whoever tells the instant is asked for nothing else);
- ``replied - least round trip``: the answer was at least the shortest way back under way, and a new request needs at
  least the shortest way there, together the least round trip that was ever measured. (The least so far is taken when a
  slot is asked for, not when the answer came: the first answers come over new connections. Until two windows of
  answers are in, the margin is five times as large.)

A fixed margin is for clocks and what was not foreseen; a fifth of it where the server tells the instant itself.
"""

from dataclasses import dataclass, replace
from math import inf

from athena_fhir_client.pace.state import MARGIN, Limit, Mark, Pace
from athena_fhir_client.pace.told import NOTHING, Told

_WIDEST_MARGIN = 0.25
_CAUTION = 5  # times the margin, until two windows of answers are in
_TOLD = 0.2  # of the margin, where the server tells the instant: then only clocks and threads are left to fear
_SOMEBODY_ELSE = -1
_DRIFT = 0.0005  # seconds by which two clocks may go apart in a second: the most that NTP slews
DAY = 86_400


@dataclass(frozen=True, slots=True)
class Reply:
    """What an answer, or its failing to come, tells of the pace.

    Attributes:
        replied: when its header came, or when it was given up.
        status: 0 if none came.
        told: what its header fields tell.
        warm: the connection stood already, so that ``replied - sent`` is a round trip and nothing else.
    """

    replied: float
    status: int = 0
    told: Told = NOTHING
    warm: bool = False


def free_at(pace: Pace, now: float) -> float | None:
    """When the next request may be sent, ``now`` at the earliest; None if only an answer will tell."""
    if pace.probing and pace.in_flight:
        return None
    bounds = counted_by(pace)
    at = max([pace.blocked, now, *(_room(bounds, limit) for limit in pace.limits)])
    return None if at == inf else at


def counted_by(pace: Pace) -> list[float]:
    """Of each mark the latest instant at which it can have been counted, with the margin; in their order."""
    trip = 0.0 if pace.round_trip == inf else pace.round_trip
    near, far = pace.margin * _TOLD, pace.margin * (1 if pace.replies >= pace.kept else _CAUTION)
    return sorted(min(mark.counted + near, mark.replied - max(mark.served, trip) + far) for mark in pace.marks)


def _room(bounds: list[float], limit: Limit) -> float:
    return -inf if len(bounds) < limit.quota else bounds[-limit.quota] + limit.window


def take(pace: Pace, now: float, today: int, owner: int = 0) -> tuple[Pace, Mark]:
    """Send a request: whoever asks has asked :func:`free_at`, and :func:`left_today`."""
    mark = Mark(pace.number, now, owner=owner)
    spent = pace.spent + 1 if pace.day == today else 1
    marks = (*pace.marks, mark)[-pace.kept :]
    return replace(pace, marks=marks, number=pace.number + 1, last_sent=now, day=today, spent=spent), mark


def left_today(pace: Pace, today: int) -> int:
    """How many requests today's budget still has."""
    return pace.per_day - (pace.spent if pace.day == today else 0)


def give_back(pace: Pace, mark: Mark, reply: Reply) -> Pace:
    """An answer came, or will not come any more."""
    if reply.status:
        pace = _with_limits(_with_clocks(pace, mark, reply), reply.told)
    marks = tuple(_counted(pace, each, reply) if each.number == mark.number else each for each in pace.marks)
    if not reply.status:
        return replace(pace, marks=marks)
    if reply.status == 429:
        return _refused(pace, mark, reply)
    # Two windows without a refusal narrow the margin again.
    calm = pace.margin > MARGIN and (pace.replies + 1) % pace.kept == 0
    margin = max(MARGIN, pace.margin / 2) if calm else pace.margin
    pace = replace(pace, marks=marks, replies=pace.replies + 1, refusals=0, probing=False, margin=margin)
    return _with_others(pace, mark, reply)


def _with_clocks(pace: Pace, mark: Mark, reply: Reply) -> Pace:
    decided, replied = reply.told.decided, reply.replied
    round_trip = min(pace.round_trip, replied - mark.sent) if reply.warm else pace.round_trip
    if decided is None:
        return pace if round_trip == pace.round_trip else replace(pace, round_trip=round_trip)
    return replace(pace, round_trip=round_trip, offset=_offset(pace, mark, reply, decided), offset_of=replied)


def _offset(pace: Pace, mark: Mark, reply: Reply, decided: float) -> float:
    """How far the server's clock is ahead at least; begun anew if what it tells does not fit what it told before."""
    least = decided - reply.replied
    if pace.offset is None:
        return least
    known = pace.offset - _DRIFT * (reply.replied - pace.offset_of)
    return least if known > decided - mark.sent else max(known, least)


def _served(mark: Mark, reply: Reply) -> float:
    """Seconds of work that the server tells of; none if it is more than there were."""
    told = reply.told.duration or 0.0
    return told if told <= reply.replied - mark.sent else 0.0


def _counted(pace: Pace, mark: Mark, reply: Reply) -> Mark:
    if not reply.status:
        return replace(mark, counted=reply.replied)
    decided, replied = reply.told.decided, reply.replied
    if decided is not None and pace.offset is not None:
        return replace(mark, counted=max(mark.sent, min(decided - pace.offset, replied)), replied=replied)
    return replace(mark, counted=replied, replied=replied, served=_served(mark, reply))


def _with_limits(pace: Pace, told: Told) -> Pace:
    limits = told.limits or _narrowed(pace.limits, told)
    per_day = min(pace.per_day, told.per_day or pace.per_day)
    # The server's count is the truth, and it has not seen yet what is under way besides the one it answers.
    spent = pace.spent if told.spent_today is None else told.spent_today + max(pace.in_flight - 1, 0)
    if (limits, per_day, spent) == (pace.limits, pace.per_day, pace.spent):
        return pace
    return replace(pace, limits=limits, per_day=per_day, spent=spent)


def _narrowed(limits: tuple[Limit, ...], told: Told) -> tuple[Limit, ...]:
    """Where no window is told, but a quota that is less than ours."""
    least = min((quota for quota, _ in told.remaining), default=0)
    if not least or all(limit.quota <= least for limit in limits):
        return limits
    return tuple(replace(limit, quota=min(limit.quota, least)) for limit in limits)


def _with_others(pace: Pace, mark: Mark, reply: Reply) -> Pace:
    """Whoever else spends our quota takes places in our window, as of now."""
    for limit in pace.limits:
        remaining = reply.told.remaining_of(limit)
        if remaining is not None:
            known = sum(each.counted > mark.sent - limit.window for each in pace.marks)
            pace = _phantoms(pace, limit.quota - remaining - known, reply.replied)
    return pace


def _phantoms(pace: Pace, number: int, counted: float) -> Pace:
    if number <= 0:
        return pace
    strangers = (Mark(_SOMEBODY_ELSE, counted, counted),) * number
    return replace(pace, marks=(*pace.marks, *strangers)[-pace.kept :])


def _refused(pace: Pace, mark: Mark, reply: Reply) -> Pace:
    """After a 429 nobody sends before the server said so, then one alone; the refused request has no place."""
    wait = reply.told.retry_after if reply.told.retry_after is not None else reply.told.reset
    marks = tuple(each for each in pace.marks if each.number != mark.number)
    return replace(
        pace,
        marks=marks,
        replies=pace.replies + 1,
        blocked=max(pace.blocked, reply.replied + min(wait or 0.0, DAY)),  # longer than a day no quota is spent
        refusals=pace.refusals + 1,
        margin=min(2 * pace.margin, _WIDEST_MARGIN),
        probing=True,
    )
