"""What happened when, as numbers that a template draws: bars and marks along one line."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from mock_athena.fhir.instants import instant

WIDTH = 1000
"""Of the line, in units of the picture."""

_LEAST = 1_000_000_000  # nanoseconds: a line is never shorter
_LONGEST_TAIL = 0.35  # of the line is what lies beyond the last of everything that happened


class Mark(NamedTuple):
    """Something at one instant (nanoseconds since 1970 UTC): ``kind`` is its colour, ``says`` its words."""

    instant: int
    kind: str
    says: str


class Bar(NamedTuple):
    """A time between two places on the line; ``cut`` where it goes on beyond its end."""

    kind: str
    x: float
    width: float
    cut: bool


class Point(NamedTuple):
    """A mark at its place."""

    x: float
    kind: str
    says: str


class Timeline(NamedTuple):
    """Bars and points on a line of :data:`WIDTH`, from an instant to another; ``now`` is a place, or None."""

    begins: str
    ends: str
    bars: list[Bar]
    points: list[Point]
    now: float | None


def timeline(bars: Sequence[tuple[str, int, int]], marks: Iterable[Mark], now: int | None) -> Timeline:
    """A line on which every mark has its place; of a bar that is much longer, the beginning.

    Args:
        bars: (kind, begin, end), in nanoseconds since 1970 UTC, in order. now: None where that is over.
    """
    marks = list(marks)
    begin = bars[0][1]
    happened: int = max(bars[0][2], begin if now is None else now, begin + _LEAST, *(mark.instant for mark in marks))
    end = min(max(bars[-1][2], happened), begin + round((happened - begin) / (1 - _LONGEST_TAIL)))

    def place(at: int) -> float:
        return round(min(max(at - begin, 0) / (end - begin), 1.0) * WIDTH, 1)

    drawn = [
        Bar(kind, place(first), max(0.0, round(place(last) - place(first), 1)), last > end)
        for kind, first, last in bars
    ]
    points = [Point(place(mark.instant), mark.kind, mark.says) for mark in marks]
    return Timeline(instant(begin // 1000), instant(end // 1000), drawn, points, None if now is None else place(now))
