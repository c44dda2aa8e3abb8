"""Which hypotheses there are after the first refusal, and how likely each is before anything else is known.

All families are as likely but for those that few servers have; windows that people choose (1 s, a minute) are likelier
than others.
"""

from collections.abc import Iterator, Sequence
from math import ceil, floor
from statistics import median

from athena_fhir_conformance.limits.catalogue import SHAPES
from athena_fhir_conformance.limits.elsewhere import Shifted, Weighted
from athena_fhir_conformance.limits.families import Bucket, Fixed, Model, Opened, Sliding
from athena_fhir_conformance.limits.observation import Observation

CHOSEN = frozenset((1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 86_400))
"""Windows that people choose, in seconds."""
_WINDOWS = (*range(1, 121), 150, 180, 240, 300, 420, 480, 600, 900, 1200, 1800, 3600, 7200, 14_400, 43_200, 86_400)
_RARE = {"opened-window": 0.4, "shifted-window": 0.1, "sliding-counter": 0.3}  # as likely as the others they are not
_ELSEWHERE = (1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 3600)  # windows of these
_RATES = (*range(1, 7), 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 100)  # a second or a minute
_TRIPS = 6  # what is filled within so many requests cannot be told from anything else
_ARITHMETIC = 0.002  # seconds: some count in whole milliseconds
_CHARGING = 0.3
_KNOWN = 10.0  # a policy that is known from elsewhere


def plain_prior(model: Model) -> float:
    """How likely a model is, as long as a server is silent."""
    weight = 8.0 if model.window in CHOSEN else 1.0
    if (model.kind, model.quota, model.window) in SHAPES:
        weight *= _KNOWN
    weight *= _RARE.get(model.kind, 1.0)
    return weight * _CHARGING if model.charge_denied else weight


def share_of(model: Model) -> float:
    """Of all that a model could have been to begin with, the share that is left."""
    return model.share if isinstance(model, Shifted) else 1.0


def hypotheses(seen: Sequence[Observation], refusal: int, skew: tuple[float, float]) -> Iterator[Model]:
    """Every model with a quota that the first refusal allows."""
    admitted = [each for each in seen[:refusal] if each.verdict == "admitted"]
    first = seen[refusal]
    for window in _WINDOWS:
        yield from _sliding(admitted, first, window)
        yield from _fixed(admitted, first, window, skew)
        yield from _buckets(admitted, first, window)
        if admitted:
            yield Opened(len(admitted), window)
    if admitted:
        yield from _elsewhere(admitted, first, skew)


def _elsewhere(admitted: Sequence[Observation], refused: Observation, skew: tuple[float, float]) -> Iterator[Model]:
    for window in _ELSEWHERE:
        yield Shifted(len(admitted), window)
        yield Weighted(len(admitted), window, (skew[0] + skew[1]) / 2)
    for rate in sorted({*_RATES, *(each / 60 for each in _RATES)}):
        yield from _leaking(admitted, refused, rate)


def _leaking(admitted: Sequence[Observation], refused: Observation, rate: float) -> Iterator[Model]:
    """Buckets that are given as a rate and how much may be ahead of it, so that no whole window fills them."""
    begun = admitted[min(1, len(admitted) - 1)]
    shortest = _TRIPS * median(each.latest - each.earliest for each in admitted)
    least = floor(len(admitted) - 1 - rate * max(0.0, refused.latest - begun.earliest))
    most = ceil(len(admitted) - rate * max(0.0, refused.earliest - begun.latest))
    for quota in range(max(1, least), max(1, most) + 1):
        if quota / rate not in _WINDOWS and shortest < quota / rate <= _WINDOWS[-1]:
            yield Bucket(quota, quota / rate, slack=_ARITHMETIC / quota)


def _sliding(admitted: Sequence[Observation], refused: Observation, window: int) -> Iterator[Model]:
    possible = sum(each.latest > refused.earliest - window for each in admitted)
    certain = sum(each.earliest > refused.latest - window for each in admitted)
    for quota in range(max(1, certain), possible + 1):
        yield Sliding(quota, window)
        yield Sliding(quota, window, charge_denied=True)


def _fixed(
    admitted: Sequence[Observation], refused: Observation, window: int, skew: tuple[float, float]
) -> Iterator[Model]:
    least, most = skew
    quotas: set[int] = set()
    for number in {floor((refused.earliest + least) / window), floor((refused.latest + most) / window)}:
        begin = number * window
        possible = sum(each.latest + most >= begin for each in admitted)
        certain = sum(each.earliest + least >= begin for each in admitted)
        quotas.update(range(max(1, certain), possible + 1))
    for quota in sorted(quotas):
        yield Fixed(quota, window, (least + most) / 2)


def _buckets(admitted: Sequence[Observation], refused: Observation, window: int) -> Iterator[Model]:
    if not admitted:
        return
    count = len(admitted)
    # The very first probe may have been some time before the burst; it took one token at most.
    begun = admitted[min(1, count - 1)]
    shortest, longest = refused.earliest - begun.latest, refused.latest - begun.earliest
    least = floor((count - 1) / (1 + max(0.0, longest) / window)) - 1
    most = ceil(count / (1 + max(0.0, shortest) / window)) + 1
    for quota in range(max(1, least), min(count, most) + 1):
        yield Bucket(quota, window)
        yield Bucket(quota, window, charge_denied=True)
