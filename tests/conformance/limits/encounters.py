"""Strangers that are drawn, and whether what is said of them is right, honestly unsure, or wrong and sure of it."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Literal

from athena_fhir_conformance.limits.conclusion import conclude
from athena_fhir_conformance.limits.findings import Findings
from athena_fhir_conformance.limits.reporting import SURE
from tests.conformance.limits.model import BEGIN
from tests.conformance.limits.strangers import (
    FromFirst,
    FromStart,
    Gate,
    LeakyBucket,
    Luck,
    MovingWindow,
    Open,
    Several,
    Stranger,
    TwoCounters,
    faults,
    no_fault,
    probed,
    retry_date,
    retry_of,
    silent,
    with_fields,
)

Judgement = Literal["right", "unsure", "wrong"]
_WINDOWS = (1, 2, 5, 10, 15, 30, 60)
_ODD = (4, 7, 25, 45)  # some of these no hypothesis has
BUDGET = 400
"""Requests."""
_SHORT = 5  # seconds
_RATES = (1, 2, 5, 10)  # a second
_MANNERS = (
    silent(),
    silent(403),
    silent(503),
    silent(429, "Too many requests, slow down"),
    with_fields,
    retry_date,
    retry_of(1),
    retry_of(60),
)


@dataclass(frozen=True)
class Encounter:
    """A stranger, and what it is: family, quota and seconds; no family where no word of ours is right."""

    kind: str
    quota: int
    window: float
    met: Callable[[], Stranger]
    described: str


def drawn(seed: int) -> Encounter:
    """The encounter of this number."""
    random = Random(seed)  # noqa: S311 - no secret
    kind = KINDS[seed % len(KINDS)]
    window = random.choice(_WINDOWS if random.random() < 0.8 else _ODD)
    quota = random.randint(3, min(40, 20 * window))
    gate = _MAKERS[kind](random, quota, window)
    manner = random.randrange(len(_MANNERS))
    trip = random.choice((0.004, 0.01, 0.05, 0.2))
    share = random.choice((0.0, 0.0, 0.0, 0.02)) if manner != 2 else 0.0  # refuses with 503 itself
    key, ahead = random.choice(("client", "token", "address")), random.choice((0.0, 0.0, 0.7, -2.0))

    def met() -> Stranger:
        fault = faults(Random(seed), share) if share else no_fault  # noqa: S311
        return Stranger(gate, _MANNERS[manner], seed=seed, trip=trip, key=key, ahead=ahead, fault=fault)

    sample = gate()
    described = f"{seed}: {kind} {sample.quota} in {sample.window} s, {manner=} {trip=} {share=} {key=} {ahead=}"
    return Encounter(kind, sample.quota, sample.window, met, described)


def _log(_random: Random, quota: int, window: int) -> Callable[[], Gate]:
    return lambda: MovingWindow(quota, window)


def _opened(_random: Random, quota: int, window: int) -> Callable[[], Gate]:
    return lambda: FromFirst(quota, window)


def _timer(random: Random, quota: int, window: int) -> Callable[[], Gate]:
    started = BEGIN + random.uniform(0, window)
    return lambda: FromStart(quota, window, started)


def _aligned(_random: Random, quota: int, window: int) -> Callable[[], Gate]:
    return lambda: FromStart(quota, window)


def _counters(_random: Random, quota: int, window: int) -> Callable[[], Gate]:
    return lambda: TwoCounters(quota, window)


def _leaky(random: Random, quota: int, _window: int) -> Callable[[], Gate]:
    rate = random.choice(_RATES)
    return lambda: LeakyBucket(rate, quota)


def _two(random: Random, quota: int, window: int) -> Callable[[], Gate]:
    """Both bite: one at once, and the other after some of it."""
    more = quota * random.randint(2, 3)
    return lambda: Several((MovingWindow(quota, window), MovingWindow(more, window * 5)))


def _luck(random: Random, _quota: int, _window: int) -> Callable[[], Gate]:
    dice, share = Random(random.random()), random.choice((0.05, 0.2, 0.5))  # noqa: S311
    return lambda: Luck(dice, share)


def _open(_random: Random, _quota: int, _window: int) -> Callable[[], Gate]:
    return Open


_MAKERS: dict[str, Callable[[Random, int, int], Callable[[], Gate]]] = {
    "sliding-window": _log,
    "opened-window": _opened,
    "shifted-window": _timer,
    "fixed-window": _aligned,
    "sliding-counter": _counters,
    "token-bucket": _leaky,
    "two windows": _two,
    "luck": _luck,
    "off": _open,
}
KINDS = tuple(_MAKERS)


def judged(encounter: Encounter, found: Findings) -> Judgement:
    """What the report of it is worth."""
    concluded = conclude(found)
    if found.probes > BUDGET:
        return "wrong"
    probed = [limit for limit in concluded.limits if limit.evidence == "probed"]
    if encounter.kind == "off":
        return "wrong" if probed else "right"
    if concluded.confidence < SURE:
        return "unsure"
    if len(probed) != 1:
        return "wrong"
    limit = probed[0]
    kind = "token-bucket" if limit.kind == "gcra" else limit.kind
    fits = kind in _kinds(encounter) and limit.quota == encounter.quota and abs(limit.window - encounter.window) < 1e-6
    return "right" if fits else "wrong"


def _kinds(encounter: Encounter) -> tuple[str, ...]:
    """As what it may be known.

    A clock that nobody set leaves it open whether windows begin with the multiples of their length, and in short ones
    these may be near by chance.
    """
    if encounter.kind == "fixed-window" or (encounter.kind == "shifted-window" and encounter.window <= _SHORT):
        return "fixed-window", "shifted-window"
    return (encounter.kind,)


def met(encounter: Encounter, requests: int = BUDGET, seconds: float = 900) -> Findings:
    """Probe it."""
    return probed(encounter.met(), requests, seconds)
