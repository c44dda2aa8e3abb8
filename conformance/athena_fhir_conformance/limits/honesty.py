"""Whether what a server says of its limits is true, judged by the model that its own answers left."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from athena_fhir_conformance.limits.families import Bucket, Model
from athena_fhir_conformance.limits.identifying import lock_of
from athena_fhir_conformance.limits.observation import Observation
from athena_fhir_conformance.limits.told import (
    reset_is_instant,
    retry_after,
    told_quota,
    told_remaining,
    told_reset,
)

Stretches = Sequence[tuple[float, float]]
"""Begins and ends, in seconds."""

_ROUNDED = 1.0  # a second: what rounding up to whole seconds may add; twice, where two dates are compared
_SLACK = 0.05
_TOLERATED = 0.1  # share of answers in which Remaining may differ: others spend too, and answers overtake each other


@dataclass(frozen=True, slots=True)
class Honest:
    """About one field.

    Attributes:
        told: how many answers had it. early, late: how many told to come before the truth, or over a second after it.
        true: None where it was never told.
    """

    told: int
    early: int = 0
    late: int = 0
    form: str = ""

    @property
    def true(self) -> bool | None:
        """Whether it never told to come too early, and hardly ever too late."""
        return None if not self.told else self.early == 0 and self.late <= self.told * _TOLERATED


@dataclass(frozen=True, slots=True)
class Honesty:
    """About each field that tells of limits."""

    retry_after: Honest
    reset: Honest
    remaining: Honest


class Truth(NamedTuple):
    """What would have been true with an answer: when one is admitted, when all are, and what is left."""

    seen: Observation
    ready: float
    whole: float
    first: int
    last: int


def honesty_of(seen: Sequence[Observation], model: Model, unknown: Stretches = ()) -> Honesty:
    """Judge every answer: the model is led through them again, and says at each what would have been true."""
    after = truths(seen, model, unknown)
    refused = [truth for truth in after if truth.seen.verdict == "refused"]
    return Honesty(_waits(refused), _resets(refused), _remaining(after, model))


def stretch_of(each: Observation, unknown: Stretches) -> tuple[int, bool]:
    """How many stretches, in which others may have spent, ended before this answer; and whether it is in one."""
    return sum(end < each.earliest for _, end in unknown), any(begin < each.earliest <= end for begin, end in unknown)


def truths(seen: Sequence[Observation], model: Model, unknown: Stretches = ()) -> list["Truth"]:
    """What would have been true with each answer, up to a lock; after each unknown stretch the model begins anew."""
    stretch = 0
    fresh = model.anew()
    locked = lock_of(list(seen))
    after: list[Truth] = []
    for each in seen:
        if each is locked:
            break
        now, out_of_sight = stretch_of(each, unknown)
        if out_of_sight:
            continue
        if now > stretch:
            stretch, fresh = now, model.anew()
        if each.verdict == "failed":
            continue
        instant = (each.earliest + each.latest) / 2
        fresh.follow(instant, each.verdict == "admitted")
        whole = max(each.latest, fresh.full) if isinstance(fresh, Bucket) else fresh.ready(each.latest)
        after.append(Truth(each, fresh.ready(each.latest), whole, fresh.room(each.earliest), fresh.room(each.latest)))
    return after


def _waits(refused: Sequence[Truth]) -> Honest:
    told = [(truth.seen.latest + wait, truth) for truth in refused if (wait := retry_after(truth.seen)) is not None]
    form = "date" if any(":" in truth.seen.headers.get("retry-after", "") for _, truth in told) else "seconds"
    return _judged([(comes, truth.ready, truth.ready) for comes, truth in told], form)


def _resets(refused: Sequence[Truth]) -> Honest:
    """A reset may also be when all of a bucket is back."""
    told = [(truth.seen.latest + wait, truth) for truth in refused if (wait := told_reset(truth.seen)) is not None]
    form = "instant" if any(reset_is_instant(truth.seen) for _, truth in told) else "seconds"
    return _judged([(comes, truth.ready, truth.whole) for comes, truth in told], form)


def _judged(told: Sequence[tuple[float, float, float]], form: str) -> Honest:
    early = sum(comes < ready - _SLACK for comes, ready, _ in told)
    rounded = _ROUNDED if form == "seconds" else 2 * _ROUNDED
    late = sum(comes > whole + rounded + _SLACK for comes, _, whole in told)
    return Honest(len(told), early, late, form if told else "")


def _remaining(after: Sequence[Truth], model: Model) -> Honest:
    """Early is more than the truth; late is less."""
    told = early = late = 0
    slack = 1 if model.kind == "token-bucket" else 0
    for truth in after:
        remaining = told_remaining(truth.seen)
        if remaining is None or told_quota(truth.seen) not in (None, model.quota):
            continue
        told += 1
        early += remaining > max(truth.first, truth.last) + slack
        late += remaining < min(truth.first, truth.last) - slack
    return Honest(told, early, late)
