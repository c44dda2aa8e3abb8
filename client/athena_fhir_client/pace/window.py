"""The mirror of a sliding window: pure functions on :class:`.state.Pace`.

Why it never earns a 429. The server counted request j at an instant c between its sending and its answer, which we do
not know. A new request has room if it is *counted* at least a window after c. It is counted no earlier than it is
sent; so sending at ``(latest c there can be) + window`` suffices. The latest c there can be is, from best to worst,

- what the server says: ``X-Mock-Decided-At`` is an instant of its clock, and its clock is ahead of ours by at least
  ``decided - replied`` of any answer, the best of which is kept (:attr:`.Pace.offset`; it fades, since clocks drift);
- ``replied - dur`` of ``Server-Timing``: it was counted before the server worked on it;
- ``replied - least round trip``: the answer was at least the shortest way back under way, and a new request needs at
  least the shortest way there, together the least round trip that was ever measured. (The least so far is taken when a
  slot is asked for, not when the answer came: the first answers come over new connections. Until two windows of
  answers are in, the margin is five times as large.)

A fixed margin is for clocks, threads that wake up late, and what was not foreseen.
"""

from dataclasses import dataclass, replace
from math import inf

from athena_fhir_client.pace.state import MARGIN, Limit, Mark, Pace
from athena_fhir_client.pace.told import NOTHING, Told

_WIDEST_MARGIN = 0.25
_CAUTION = 5  # times the margin, until two windows of answers are in
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
    bounds = sorted(counted_by(pace, mark) for mark in pace.marks)
    at = max([pace.blocked, now, *(_room(bounds, limit) for limit in pace.limits)])
    return None if at == inf else at


def counted_by(pace: Pace, mark: Mark) -> float:
    """The latest instant at which a mark can have been counted, with the margin."""
    if mark.exact:
        return mark.counted + pace.margin
    trip = 0.0 if pace.round_trip == inf else pace.round_trip
    return mark.counted - max(mark.served, trip) + (1 if pace.replies >= pace.kept else _CAUTION) * pace.margin


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
        pace = _with_clocks(pace, mark, reply)
    marks = tuple(_counted(pace, each, reply) if each.number == mark.number else each for each in pace.marks)
    pace = replace(pace, marks=marks)
    if not reply.status:
        return pace
    pace = _with_limits(replace(pace, replies=pace.replies + 1), reply.told)
    if reply.status == 429:
        return refused(pace, mark, reply)
    return _with_others(_calmed(pace), mark, reply)


def _with_clocks(pace: Pace, mark: Mark, reply: Reply) -> Pace:
    if reply.warm:
        pace = replace(pace, round_trip=min(pace.round_trip, reply.replied - mark.sent))
    if reply.told.decided is None:
        return pace
    return replace(pace, offset=_offset(pace, reply.told.decided, mark.sent, reply.replied), offset_of=reply.replied)


def _offset(pace: Pace, decided: float, sent: float, replied: float) -> float:
    """How far the server's clock is ahead at least; begun anew if what it tells does not fit what it told before."""
    if pace.offset is None:
        return decided - replied
    known = pace.offset - _DRIFT * (replied - pace.offset_of)
    return decided - replied if known > decided - sent else max(known, decided - replied)


def _counted(pace: Pace, mark: Mark, reply: Reply) -> Mark:
    told, replied = reply.told, reply.replied
    if told.decided is not None and pace.offset is not None:
        return replace(mark, counted=max(mark.sent, min(told.decided - pace.offset, replied)))
    return replace(mark, counted=replied, served=told.duration or 0.0, exact=not reply.status)


def _with_limits(pace: Pace, told: Told) -> Pace:
    limits = told.limits or pace.limits
    return replace(
        pace,
        limits=limits,
        per_day=min(pace.per_day, told.per_day) if told.per_day else pace.per_day,
        spent=max(pace.spent, told.spent_today) if told.spent_today is not None else pace.spent,
    )


def _calmed(pace: Pace) -> Pace:
    """Two windows without a refusal narrow the margin again."""
    narrower = pace.margin > MARGIN and pace.replies % pace.kept == 0
    return replace(pace, refusals=0, probing=False, margin=max(MARGIN, pace.margin / 2) if narrower else pace.margin)


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


def refused(pace: Pace, mark: Mark, reply: Reply) -> Pace:
    """After a 429 nobody sends before the server said so, then one alone; the refused request has no place."""
    wait = reply.told.retry_after if reply.told.retry_after is not None else reply.told.reset
    marks = tuple(each for each in pace.marks if each.number != mark.number)
    return replace(
        pace,
        marks=marks,
        blocked=max(pace.blocked, reply.replied + (wait if wait is not None else 0.0)),
        refusals=pace.refusals + 1,
        margin=min(2 * pace.margin, _WIDEST_MARGIN),
        probing=True,
    )
