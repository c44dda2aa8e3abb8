"""What a caller was admitted against what it might have been: the picture of its limits.

The decisions of the journal are played once more through the engine that took them, so that the room that each limit
left is known at every moment, for every policy there is. The envelope of a limit is what was admitted plus that room:
no caller gets above it, and one that touches it is refused. It goes on into the future, as if nobody asked any more.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from mock_athena.clock import NANOSECONDS
from mock_athena.journal import Entry
from mock_athena.ratelimit.engine import Engine
from mock_athena.web.console.words import span

WIDTH, HEIGHT = 640, 190
LONGEST_WINDOW = 120
"""Seconds: limits with longer windows have no envelope that could be seen in a minute."""

_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 8, 8, 20
_STEPS, _AHEAD = 160, 40  # moments before now, and after it
_REFUSED_APART = 4  # pixels
_COLOURS = 3

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture, as paths of SVG within :data:`WIDTH` times :data:`HEIGHT`.

    Attributes:
        admitted: the stairs of what was admitted. envelopes: (name, path, class) of each limit. refused: crosses.
        now: where that is. next: where the next call is; None where it is further away than the picture goes.
        across, up: (position, text) of the marks at the axes. described: all of it in words.
    """

    admitted: str
    envelopes: list[tuple[str, str, str]]
    refused: str
    now: float
    next: Point | None
    across: list[tuple[float, str]]
    up: list[tuple[float, str]]
    described: str


@dataclass(frozen=True, slots=True)
class _Moment:
    """How it stood: units admitted so far, and the room that each limit left."""

    instant: int
    admitted: int
    room: tuple[int, ...]


def plot(engine: Engine, entries: Sequence[Entry], now: int, seconds: int, wait: int) -> Plot:
    """The last ``seconds`` of one caller.

    Args:
        entries: its decisions in their order, as long before as a window lasts. wait: nanoseconds to its next call.
    """
    begin, end = now - seconds * NANOSECONDS, now + seconds * NANOSECONDS * _AHEAD // _STEPS
    moments = list(_played(engine, entries, begin, end))
    drawn = [index for index in engine.policy.counting if 0 < engine.policy.limits[index].window <= LONGEST_WINDOW]
    top = _top(moments, drawn)
    x, y = _scales(begin, end, top)
    stairs = [(moment.instant, moment.admitted) for moment in moments if moment.instant <= now]
    shown = [entry for entry in entries if entry.instant >= begin]
    told = [_told(moments, engine, index) for index in drawn]
    return Plot(
        admitted=_stairs(stairs, x, y),
        envelopes=[
            (
                engine.policy.limits[index].name,
                _stairs([(each.instant, min(top, each.admitted + each.room[index])) for each in moments], x, y),
                f"limit-{place % _COLOURS}",
            )
            for place, index in enumerate(drawn)
        ],
        refused=_crosses([entry for entry in shown if entry.verdict == "refused"], moments, x, y),
        now=x(now),
        next=(x(now + wait), y(stairs[-1][1])) if now + wait <= end else None,
        across=[(x(now - back * NANOSECONDS), f"−{back} s" if back else "now") for back in (seconds, seconds // 2, 0)],
        up=[(y(value), f"{value:,}") for value in (0, top // 2, top)],
        described=_described(shown, told, seconds, wait),
    )


def _played(engine: Engine, entries: Sequence[Entry], begin: int, end: int) -> Iterator[_Moment]:
    words, admitted, place = [0] * engine.words, 0, 0
    for step in range(_STEPS + _AHEAD + 1):
        at = begin + (end - begin) * step // (_STEPS + _AHEAD)
        while place < len(entries) and entries[place].instant <= at:
            entry = entries[place]
            words = _decide(engine, words, entry)
            admitted += entry.cost if entry.instant >= begin and entry.verdict == "admitted" else 0
            place += 1
        yield _Moment(at, admitted, tuple(left for left, _ in engine.standings(words, at)))


def _decide(engine: Engine, words: list[int], entry: Entry) -> list[int]:
    """The state after a decision; anew where it admitted what could not be: the limits were reset before it."""
    if entry.verdict == "refused":
        if engine.policy.limits:
            engine.refuse(words, entry.instant, entry.cost)
        return words
    if engine.admit(words, entry.instant, entry.cost) is None:
        words = [0] * engine.words
        engine.admit(words, entry.instant, entry.cost)
    return words


def _top(moments: Sequence[_Moment], drawn: Sequence[int]) -> int:
    """A little above what was admitted, and above the tightest envelope."""
    tightest = [each.admitted + min(each.room[index] for index in drawn) for each in moments] if drawn else [0]
    highest = max(moments[-1].admitted, max(tightest), 4)
    return highest + max(1, highest // 12)


def _scales(begin: int, end: int, top: int) -> tuple[Callable[[int], float], Callable[[int], float]]:
    width, height = WIDTH - _LEFT - _RIGHT, HEIGHT - _TOP - _BOTTOM
    return (
        lambda instant: round(_LEFT + width * (instant - begin) / (end - begin), 1),
        lambda value: round(_TOP + height * (1 - value / top), 1),
    )


def _stairs(points: Sequence[tuple[int, int]], x: Callable[[int], float], y: Callable[[int], float]) -> str:
    path = [f"M{x(points[0][0])} {y(points[0][1])}"]
    for (_, before), (instant, value) in pairwise(points):
        if value != before:
            path.append(f"H{x(instant)}V{y(value)}")
    return "".join([*path, f"H{x(points[-1][0])}"])


def _crosses(
    refused: Sequence[Entry], moments: Sequence[_Moment], x: Callable[[int], float], y: Callable[[int], float]
) -> str:
    """A cross where somebody was refused; one for all who would be drawn over it."""
    path, place, last = [], 0, float("-inf")
    for entry in refused:
        at = x(entry.instant)
        if at - last < _REFUSED_APART:
            continue
        while place < len(moments) - 1 and moments[place].instant < entry.instant:
            place += 1
        path.append(f"M{round(at - 3, 1)} {round(y(moments[place].admitted) - 3, 1)}l6 6m0-6l-6 6")
        last = at
    return "".join(path)


def _told(moments: Sequence[_Moment], engine: Engine, index: int) -> str:
    limit = engine.policy.limits[index]
    least = min(each.room[index] for each in moments)
    return f"{limit.name} left room for {least} of {limit.quota:,} at the least"


def _described(shown: Sequence[Entry], told: Sequence[str], seconds: int, wait: int) -> str:
    admitted = sum(entry.cost for entry in shown if entry.verdict == "admitted")
    refused = sum(entry.verdict == "refused" for entry in shown)
    when = f"in {span(wait)}" if wait else "at once"
    limits = "; ".join(told) or "no limit has an envelope of this length"
    counted = f"In the last {seconds} s {admitted:,} admitted, {refused:,} refused"
    return f"{counted}. {limits}. The next call is admitted {when}."
