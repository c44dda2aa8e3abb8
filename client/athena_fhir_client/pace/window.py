"""The mirror of a sliding window: pure functions on :class:`.state.Pace`.

Why it never earns a 429. The server counted request j at an instant c between its sending and its answer, which we do
not know. A new request has room if it is *counted* at least a window after c. It is counted no earlier than it is
sent; so sending at ``(latest c there can be) + window`` suffices. The latest c there can be is, from best to worst,

- what the server says: ``X-Mock-Decided-At`` is an instant of its clock. Only by which of *our* instants a new request
  is counted by then has to be known. Its clock is ahead of ours by at least ``decided - replied`` of any answer, the
  best of which is kept (:attr:`.Pace.offset`; it fades, since clocks drift): that is proved, and loses the way back
  with each window. By ``decided - sent`` it was ahead of our sending, clocks and way there together, and the least of
  these (:attr:`.Pace.lead`) loses nothing, wherever the latency lies; but a new request may be there sooner than any
  before. How much sooner is guessed from how near to each other the quicker half of late were (:attr:`.Pace.doubt`):
  where the way there takes 0 to 200 ms they are far apart, and only what is proved counts. Whoever tells the instant is
  asked for nothing else;
- ``replied - dur`` of ``Server-Timing``: it was counted before the server worked on it (which a server that counts late
  would belie);
- ``replied - least round trip``: the answer was at least the shortest way back under way, and a new request needs at
  least the shortest way there, together the least round trip that was ever measured. (The least so far is taken when a
  slot is asked for, not when the answer came: the first answers come over new connections.)

A margin is for what was not foreseen, five times as large until two windows of answers are in; a fifth of it where
nothing is guessed, since then only clocks and threads are left to fear.
"""

from collections.abc import Iterable, Sequence
from math import inf
from typing import Any, NamedTuple

from athena_fhir_client.pace.state import MARGIN, Limit, Mark, Pace
from athena_fhir_client.pace.told import NOTHING, Told

_WIDEST_MARGIN = 0.25
_CAUTION = 5  # times the margin, until two windows of answers are in
_TOLD = 0.2  # of the margin, where nothing is guessed
_SOMEBODY_ELSE = -1
_DRIFT = 0.0005  # seconds by which two clocks may go apart in a second: the most that NTP slews
_FEW = 8  # answers; too few to guess by
DAY = 86_400

_new: Any = tuple.__new__  # a third of the time of Pace(…), a tenth of that of _replace: three copies for each request


class Reply(NamedTuple):
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
    marks, margin = pace.marks, pace.margin
    at = max(pace.blocked, now)
    for quota, window in pace.limits:
        if len(marks) < quota:
            continue
        since = now - window - margin * _TOLD  # what was counted before leaves room in any case
        lately = [mark for mark in marks if mark.counted > since]
        if len(lately) >= quota:
            at = max(at, counted_by(pace, lately)[-quota] + window)
    return None if at == inf else at


def counted_by(pace: Pace, marks: Iterable[Mark]) -> list[float]:
    """Of each of these marks the latest instant at which it can have been counted, with the margin; in their order."""
    trip, margin = pace.round_trip, pace.margin
    if trip == inf:
        trip = 0.0
    near, far = margin * _TOLD, margin if pace.replies >= pace.kept else margin * _CAUTION
    ahead = _ahead(pace, near, far)
    return sorted(
        [  # min and max would take twice the time
            # What was told before its clock was set may be anywhere.
            (free if sent <= (free := decided - ahead) <= replied + near else counted + near)
            if decided < inf
            else told
            if (told := counted + near) < (reckoned := replied - (served if served > trip else trip) + far)  # noqa: FURB136
            else reckoned
            for _, sent, counted, replied, served, _, decided in marks
        ]
    )


def _ahead(pace: Pace, near: float, far: float) -> float:
    """By how much the server's clock, when it counts a request, is ahead of ours, when it was sent: at least."""
    offset, doubt = pace.offset, pace.doubt
    if offset is None:
        return -inf  # nobody told an instant
    return (offset if doubt == inf else max(offset, pace.lead - max(doubt, far))) - near


def take(pace: Pace, now: float, today: int, owner: int = 0) -> tuple[Pace, Mark]:
    """Send a request: whoever asks has asked :func:`free_at`, and :func:`left_today`."""
    limits, marks, number, *known, _, at_most, day, spent, per_day = pace
    mark = _new(Mark, (number, now, inf, inf, 0.0, owner, inf))
    marks = (*marks, mark)[-pace.kept :]
    spent = spent + 1 if day == today else 1
    return _new(Pace, (limits, marks, number + 1, *known, now, at_most, today, spent, per_day)), mark


def left_today(pace: Pace, today: int) -> int:
    """How many requests today's budget still has."""
    return pace.per_day - (pace.spent if pace.day == today else 0)


def give_back(pace: Pace, mark: Mark, reply: Reply) -> Pace:
    """An answer came, or will not come any more."""
    if not reply.status:
        return pace._replace(marks=_with_counted(pace.marks, mark, reply, None, pace.number))
    round_trip = min(pace.round_trip, reply.replied - mark.sent) if reply.warm else pace.round_trip
    offset, offset_of, lead, doubt = _clock(pace, mark, reply)
    spent = _spent(pace, reply.told)
    pace = _with_limits(pace, reply.told)
    if reply.status == 429:
        known = pace._replace(
            spent=spent, round_trip=round_trip, offset=offset, offset_of=offset_of, lead=lead, doubt=doubt
        )
        return _refused(known, mark, reply)
    limits, marks, number, _, _, _, _, _, margin, replies, blocked, _, _, last_sent, at_most, day, _, per_day = pace
    marks, replies = _with_counted(marks, mark, reply, offset, number), replies + 1
    if margin > MARGIN and replies % pace.kept == 0:  # two windows without a refusal narrow it again
        margin = max(MARGIN, margin / 2)
    clock = round_trip, offset, offset_of, lead, doubt
    pace = _new(
        Pace,
        (limits, marks, number, *clock, margin, replies, blocked, 0, False, last_sent, at_most, day, spent, per_day),
    )
    return _with_others(pace, mark, reply)


def _with_counted(
    marks: tuple[Mark, ...], mark: Mark, reply: Reply, offset: float | None, next_number: int
) -> tuple[Mark, ...]:
    """The marks with what is known now of this one, if it is still kept."""
    number = mark.number
    at = len(marks) - next_number + number  # where it is unless others spent or were refused since
    if not 0 <= at < len(marks) or marks[at].number != number:
        numbers = [each.number for each in marks]
        if number not in numbers:
            return marks
        at = numbers.index(number)
    return (*marks[:at], _counted(marks[at], reply, offset), *marks[at + 1 :])


def _clock(pace: Pace, mark: Mark, reply: Reply) -> tuple[float | None, float, float, float]:
    """Offset, its instant, lead and doubt; begun anew if what the server tells does not fit what it told before."""
    decided, offset, lead, doubt = reply.told.decided, pace.offset, pace.lead, pace.doubt
    if decided is None:
        return offset, pace.offset_of, lead, doubt
    least, led = decided - reply.replied, decided - mark.sent
    known = least if offset is None else offset - _DRIFT * (reply.replied - pace.offset_of)
    if known > led or least > lead:
        return least, reply.replied, inf, inf
    if reply.warm:
        lead = min(lead, led)
        if doubt == inf or pace.replies % _FEW == 0:  # now and then: it costs as much as all the rest
            doubt = _doubt(pace.marks)
    return max(known, least), reply.replied, lead, doubt


def _doubt(marks: Sequence[Mark]) -> float:
    """By how much a way there may still be shorter than all before; infinite until enough are known."""
    leads = sorted([mark.decided - mark.sent for mark in marks if mark.decided < inf])
    # The quicker half: a machine that is busy for a while makes the quickest few alike, and all of them late.
    return leads[max(_FEW, len(leads) // 2) - 1] - leads[0] if len(leads) >= _FEW else inf


def _served(mark: Mark, reply: Reply) -> float:
    """Seconds of work that the server tells of; none if it is more than there were."""
    told = reply.told.duration or 0.0
    return told if told <= reply.replied - mark.sent else 0.0


def _counted(mark: Mark, reply: Reply, offset: float | None) -> Mark:
    number, sent, _, _, served, owner, _ = mark
    replied = reply.replied
    if not reply.status:
        return mark._replace(counted=replied)
    decided = reply.told.decided
    if decided is None or offset is None:
        return mark._replace(counted=replied, replied=replied, served=_served(mark, reply))
    counted = max(sent, min(decided - offset, replied))
    return _new(Mark, (number, sent, counted, replied, served, owner, decided))  # type: ignore[no-any-return]


def _spent(pace: Pace, told: Told) -> int:
    """The server's count is the truth of its instant: without what it counted later, and what is still under way."""
    spent, decided = told.spent_today, told.decided
    if spent is None:
        return pace.spent
    if decided is None:
        return spent + max(pace.in_flight - 1, 0)  # the one it answers is among them
    unseen = [mark for mark in pace.marks if mark.decided > decided]
    return spent + max(len([1 for mark in unseen if mark.counted == inf or mark.decided < inf]) - 1, 0)


def _with_limits(pace: Pace, told: Told) -> Pace:
    limits = told.limits or _narrowed(pace.limits, told)
    per_day = min(pace.per_day, told.per_day or pace.per_day)
    if limits == pace.limits and per_day == pace.per_day:
        return pace
    return pace._replace(limits=limits, per_day=per_day)


def _narrowed(limits: tuple[Limit, ...], told: Told) -> tuple[Limit, ...]:
    """Where no window is told, but a quota that is less than ours."""
    least = min((quota for quota, _ in told.remaining), default=0)
    if not least or all(limit.quota <= least for limit in limits):
        return limits
    return tuple(limit._replace(quota=min(limit.quota, least)) for limit in limits)


def _with_others(pace: Pace, mark: Mark, reply: Reply) -> Pace:
    """Whoever else spends our quota takes places in our window, as of now."""
    for limit in pace.limits:
        remaining = reply.told.remaining_of(limit)
        used = 0 if remaining is None else limit.quota - remaining
        if used > 0:
            since = mark.sent - limit.window
            # Mostly the latest are all that were used, and then it need not be asked of all that are kept.
            known = len([each for each in pace.marks[-used:] if each.counted > since])
            if known < used:
                known = len([each for each in pace.marks if each.counted > since])
            if known < used:
                pace = _phantoms(pace, used - known, reply.replied)
    return pace


def _phantoms(pace: Pace, number: int, counted: float) -> Pace:
    strangers = (Mark(_SOMEBODY_ELSE, counted, counted),) * number
    return pace._replace(marks=(*pace.marks, *strangers)[-pace.kept :])


def _refused(pace: Pace, mark: Mark, reply: Reply) -> Pace:
    """After a 429 nobody sends before the server said so, then one alone; the refused request has no place."""
    wait = reply.told.retry_after if reply.told.retry_after is not None else reply.told.reset
    marks = tuple(each for each in pace.marks if each.number != mark.number)
    return pace._replace(
        marks=marks,
        replies=pace.replies + 1,
        blocked=max(pace.blocked, reply.replied + min(wait or 0.0, DAY)),  # longer than a day no quota is spent
        refusals=pace.refusals + 1,
        margin=min(2 * pace.margin, _WIDEST_MARGIN),
        probing=True,
    )
