"""Which experiment to make next: the one that splits what is left best, for what it costs.

An experiment is a plan of bursts. Each hypothesis says what it would come to see; the plan whose outcomes are the most
surprising (Shannon's entropy, in bits) for each share of the budget that it costs is made.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log2
from typing import TypeVar

from athena_fhir_conformance.limits.families import Fixed, Model

Weighted = list[tuple[Model, float]]
Item = TypeVar("Item")

_ASKED = 40  # hypotheses that are asked what they expect; all others are represented by them
_LEAST = 0.01  # bits
_AT_ALL = 0.01  # what an experiment costs at all
_FEW, _HALF = 0.02, 0.6
_KNOCKS = 3


@dataclass(frozen=True, slots=True)
class Burst:
    """Requests at an instant: so many, or until one is refused."""

    at: float
    most: int
    until_refused: bool = False


Plan = tuple[Burst, ...]


@dataclass(frozen=True, slots=True)
class Means:
    """What there is to spend.

    Attributes:
        now: the instant. pad: seconds that a request may take to arrive, and more.
        requests, seconds: what is left.
    """

    now: float
    pad: float
    requests: int
    seconds: float


def best_plan(ranked: Weighted, means: Means, barren: Mapping[str, int]) -> tuple[str, Plan] | None:
    """The experiment to make and of which sort it is; None if none that can be afforded tells anything.

    Args:
        barren: how often a sort of plan was made lately and told nothing.
    """
    asked = _representatives(ranked)
    again = max(model.quota for model, _ in asked) + 1
    if again > means.requests:  # what is exhausted now cannot be exhausted again
        plan = _while_it_lasts(ranked, asked, means, barren)
        if plan:
            return plan
    return _best(_plans(asked, means), asked, means, barren)


def _best(
    plans: Iterable[tuple[str, Plan]], asked: Weighted, means: Means, barren: Mapping[str, int]
) -> tuple[str, Plan] | None:
    if means.requests < 1 or means.seconds <= 0:
        return None
    best, most = None, 0.0
    all_told = _bits([weight for _, weight in asked])
    for sort, plan in plans:
        doubt = 4 ** barren.get(sort, 0)
        if all_told / _least_cost(plan, means) <= most * doubt:  # if it told all of them apart it would not be better
            continue
        expected = _expected(asked, plan, means)
        if expected is not None and expected / doubt > most:
            best, most = (sort, plan), expected / doubt
    return best


def _bits(weights: Sequence[float]) -> float:
    whole = sum(weights)
    return -sum(weight / whole * log2(weight / whole) for weight in weights if weight)


def _least_cost(plan: Plan, means: Means) -> float:
    """As :func:`_expected` has it, were one request sent in each burst."""
    return len(plan) / means.requests + (plan[-1].at - means.now) / means.seconds + _AT_ALL


def _while_it_lasts(
    ranked: Weighted, asked: Weighted, means: Means, barren: Mapping[str, int]
) -> tuple[str, Plan] | None:
    """What can be asked of a quota that is used up now and cannot be used up again."""
    scan = _scan(ranked, means)
    plans = [*_knocks(asked, means), *([("scan", scan)] if scan else [])]
    return _best(plans, asked, means, barren) or (("scan", scan) if scan else None)


def _knocks(asked: Weighted, means: Means) -> Iterator[tuple[str, Plan]]:
    """Refusals in a row while all is used up, and one request as soon as one is admitted unless they were charged.

    There are more of them than what has come back by then, whenever exactly each request was decided.
    """
    begin = means.now + means.pad
    for model in _foremost(asked):
        ready = model.ready(begin)
        if ready > begin and not model.charge_denied:
            count = min(model.room(ready + 2 * means.pad) + 3, means.requests // 2)
            yield "knocks", (Burst(begin, count), Burst(ready + means.pad, 1))
            yield "soon", (Burst(ready + means.pad, 1),)


def _scan(ranked: Weighted, means: Means) -> Plan | None:
    """One request when a few hypotheses expect it to be admitted, while the others do not yet.

    Of the instants at which a tenth to a half expects it, the one that is farthest from any change of mind.
    """
    begin = means.now + means.pad
    waits = sorted((max(begin, model.ready(means.now)), weight) for model, weight in ranked)
    earlier, widest, at = 0.0, 0.0, 0.0
    for (ready, weight), (following, _) in pairwise(waits):
        earlier += weight
        # What is left when nothing else is: a single later one is looked for just as well.
        likely = _FEW <= earlier <= _HALF or (following is waits[-1][0] and not at)
        if likely and following - ready > max(widest, 3 * means.pad):
            widest, at = following - ready, ready + min(2 * means.pad, (following - ready) / 2)
    return (Burst(at, 1),) if at and at - means.now < means.seconds and means.requests else None


def _representatives(ranked: Weighted) -> Weighted:
    if len(ranked) <= _ASKED:
        return ranked
    half = _ASKED // 2
    step = (len(ranked) - half) // half or 1
    return ranked[:half] + ranked[half::step][:half]


def _expected(asked: Weighted, plan: Plan, means: Means) -> float | None:
    """Bits for the cost; None where it tells nothing or cannot be afforded."""
    seconds = plan[-1].at - means.now
    if seconds > means.seconds:
        return None
    outcomes: dict[tuple[int, ...], float] = defaultdict(float)
    requests = refusals = whole = doubtful = 0.0
    for model, weight in asked:
        outcome, sent, refused = _outcome(model, plan, means.pad)
        whole += weight
        requests += weight * sent
        refusals += weight * refused
        if outcome is None:
            doubtful += weight
        else:
            outcomes[outcome] += weight
    clear = whole - doubtful
    bits = -sum(weight / whole * log2(weight / clear) for weight in outcomes.values() if weight)
    if bits < _LEAST or requests / whole > means.requests:
        return None
    cost = (requests + 2 * refusals) / whole / means.requests + seconds / means.seconds
    return bits / (cost + _AT_ALL)


def _outcome(model: Model, plan: Plan, pad: float) -> tuple[tuple[int, ...] | None, int, int]:
    """What a model expects to be admitted in each burst, or None where that hangs on how fast the requests are.

    And how many are sent, and refused.
    """
    played = model.copy()
    admitted: list[int] = []
    sent = refused = 0
    clear = True
    for burst in plan:
        room = min(played.room(burst.at), burst.most)
        if model.kind != "token-bucket" or burst.most == 1:
            clear = clear and min(played.room(burst.at + (room + 1) * pad), burst.most) == room
        played.spend(burst.at, room)
        admitted.append(room)
        sent += room
        if room < burst.most:
            played.refuse(burst.at)
            sent += 1
            refused += 1
    return tuple(admitted) if clear else None, sent, refused


def _plans(asked: Weighted, means: Means) -> Iterator[tuple[str, Plan]]:
    """Plans, and of which sort each is."""
    now, pad = means.now, means.pad
    begin = now + pad
    readies = _clusters(sorted(max(begin, model.ready(now)) for model, _ in asked), 4 * pad)
    for before, after in _thinned(list(zip(readies, [*readies[1:], readies[-1] + 8 * pad], strict=False)), 12):
        yield "soon", (Burst(before + min(2 * pad, (after - before) / 2), 1),)
        yield "between", (Burst(before + (after - before) / 2, 1),)
    for ready in _thinned(readies, 4):
        yield "burst", (Burst(ready + 2 * pad, means.requests, until_refused=True),)
        yield "knock", (Burst(begin, 1), Burst(ready + 2 * pad, 1))
    for model in _foremost(asked):
        yield from _around(model, asked, means)


def _around(model: Model, asked: Weighted, means: Means) -> Iterator[tuple[str, Plan]]:
    """Plans that are made for a window of this length: halves, phases, refusals in between."""
    window, pad = model.window, means.pad
    free = means.now + window + 2 * pad
    half, until = max(1, model.quota // 2), means.requests
    last = free + window + 4 * pad
    for share in (0.25, 0.5, 0.75):
        yield f"phase {share}", (Burst(means.now + pad + share * window, until, True),)
        later = free + share * window
        yield f"full, one {share}", (Burst(free, until, True), Burst(later, 1))
        yield f"half, full {share}", (Burst(free, half), Burst(later, until, True), Burst(last, until, True))
        yield f"full, one, one {share}", (Burst(free, until, True), Burst(later, 1), Burst(last, 1))
        yield f"full, one, full {share}", (Burst(free, until, True), Burst(later, 1), Burst(last, until, True))
    middle = free + window / 2
    yield "full, knocks, full", (Burst(free, until, True), Burst(middle, _KNOCKS), Burst(last, until, True))
    yield "full, full", (Burst(free, until, True), Burst(last, until, True))
    fixed = next((other for other, _ in asked if isinstance(other, Fixed)), None)
    if fixed:  # some time before a boundary of its windows, and just after
        before = max(4 * pad, fixed.window * 0.3)
        boundary = fixed.boundary(free + before)
        yield "boundary", (Burst(boundary - before, until, True), Burst(boundary + 2 * pad, 1))


def _foremost(asked: Weighted) -> list[Model]:
    """The likeliest of each family."""
    found: dict[tuple[str, bool], Model] = {}
    for model, _ in asked:
        found.setdefault((model.kind, model.charge_denied), model)
    return list(found.values())


def _clusters(instants: Sequence[float], apart: float) -> list[float]:
    """The first instant of each group of those that are close to each other."""
    clusters: list[float] = []
    for instant in instants:
        if not clusters or instant - clusters[-1] > apart:
            clusters.append(instant)
    return clusters


def _thinned(items: list[Item], most: int) -> list[Item]:
    step = -(-len(items) // most) or 1
    return items[::step]
