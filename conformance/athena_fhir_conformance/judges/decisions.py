"""Whether a sequence of admissions and refusals fits within a quota, judged by when each was decided.

An instant that a server tells is exact. Where it tells none, a decision was taken somewhere between the sending of the
request and the receipt of the answer, and only what holds for every instant in between is said.
"""

from collections.abc import Sequence
from dataclasses import dataclass

_BLUR = 1e-6  # seconds: a float of Unix time is no more precise, and the doubt is the server's


@dataclass(frozen=True, slots=True)
class Decision:
    """One request, admitted or refused.

    Attributes:
        earliest: seconds; it was decided no sooner.
        latest: seconds; it was decided no later. The same as ``earliest`` where the server tells the instant.
        admitted: not answered 429.
    """

    earliest: float
    latest: float
    admitted: bool


@dataclass(frozen=True, slots=True)
class Excess:
    """More admitted than a quota allows: ``count`` within ``seconds``, whatever the instants really were."""

    count: int
    seconds: float


def most_in_window(decisions: Sequence[Decision], window: float) -> Excess:
    """The largest number of admissions that certainly lie within less than ``window`` seconds, wherever it is laid."""
    admitted = [decision for decision in decisions if decision.admitted]
    best = Excess(0, 0.0)
    for start in {decision.earliest for decision in admitted}:
        inside = [each for each in admitted if each.earliest >= start and each.latest < start + window - _BLUR]
        if len(inside) > best.count:
            best = Excess(len(inside), max(each.latest for each in inside) - start)
    return best


def wrongly_refused(decisions: Sequence[Decision], quota: int, window: float) -> list[tuple[Decision, int]]:
    """The refusals before which fewer than ``quota`` admissions can have lain in the window, each with that number.

    It is for a caller whose requests are all among ``decisions``, and for a window that slides: others refuse more.
    """
    admitted = [each for each in decisions if each.admitted]
    counted = [
        (
            refused,
            sum(
                refused.earliest - window - _BLUR < each.latest and each.earliest <= refused.latest for each in admitted
            ),
        )
        for refused in decisions
        if not refused.admitted
    ]
    return [(refused, count) for refused, count in counted if count < quota]
