"""The voltages of a heart as an ECG shows them: every wave a bell curve, its place given by the measured intervals.

The limb leads follow from two of them, as Einthoven's law has it; the chest leads have their own heights.
"""

from bisect import bisect_left
from collections.abc import Iterable
from itertools import pairwise
from math import cos, exp, isfinite, pi, radians, sin, sqrt
from random import Random
from typing import NamedTuple

LIMB_LEADS = ("I", "II", "III", "aVR", "aVL", "aVF")
CHEST_LEADS = ("V1", "V2", "V3", "V4", "V5", "V6")

# Heights of P, Q, R, S and T in millivolts.
_CHEST = {
    "V1": (0.05, 0.0, 0.22, -1.00, -0.08),
    "V2": (0.07, 0.0, 0.45, -1.35, 0.38),
    "V3": (0.08, 0.0, 0.85, -0.85, 0.46),
    "V4": (0.09, -0.04, 1.40, -0.45, 0.44),
    "V5": (0.09, -0.06, 1.25, -0.22, 0.36),
    "V6": (0.08, -0.06, 0.95, -0.10, 0.27),
}
# The direction in which each limb lead looks, in degrees: https://en.wikipedia.org/wiki/Hexaxial_reference_system
_DIRECTIONS = {"I": 0, "II": 60, "III": 120, "aVR": -150, "aVL": -30, "aVF": 90}
_FAR = 3.5  # standard deviations from which on a wave is nothing


class Rhythm(NamedTuple):
    """How a heart beats.

    Attributes:
        rate: a minute. pr, qrs, qt: in seconds. axis: of the QRS complex, in degrees.
        beats: instants of the R waves in seconds, in order.
        fibrillating: no P waves, and a fine unrest between irregular beats.
        strength: of all voltages, about 1.
    """

    rate: float
    pr: float
    qrs: float
    qt: float
    axis: float
    beats: tuple[float, ...]
    fibrillating: bool
    strength: float


class _Wave(NamedTuple):
    """A bell curve: its middle after the R wave and its width in seconds, its height in millivolts."""

    at: float
    width: float
    height: float


def rhythm(measures: dict[str, float], *, fibrillating: bool, seed: str, seconds: float) -> Rhythm:
    """A rhythm with these measures (``rate`` a minute, ``pr``, ``qrs``, ``qt``, ``qtc`` in ms, ``axis`` in degrees).

    What was not measured is ordinary, what nobody could survive becomes the nearest that can be drawn.
    """
    random = Random(f"ecg/{seed}")  # noqa: S311 - nothing here is a secret
    rate = _within(measures.get("rate", random.uniform(62, 84)), 25, 220)
    interval = 60 / rate
    corrected = _within(measures.get("qtc", random.uniform(395, 430)), 300, 600)
    qt = _within(measures.get("qt", corrected * sqrt(interval)), 200, min(650, interval * 850))
    qrs = _within(measures.get("qrs", random.uniform(84, 98)), 60, min(200, qt / 2))
    pr = _within(measures.get("pr", random.uniform(142, 178)), 90, min(360, max(100, interval * 1000 - qt + 60)))
    return Rhythm(
        rate=rate,
        pr=pr / 1000,
        qrs=qrs / 1000,
        qt=qt / 1000,
        axis=_within(measures.get("axis", random.uniform(28, 62)), -180, 180),
        beats=_beats(random, interval, seconds, 0.24 if fibrillating else 0.012),
        fibrillating=fibrillating,
        strength=random.uniform(0.88, 1.12),
    )


def _within(value: float, low: float, high: float) -> float:
    return min(max(value, low), high) if isfinite(value) else low


def _beats(random: Random, interval: float, seconds: float, unrest: float) -> tuple[float, ...]:
    at, found = -interval * random.uniform(0.2, 0.9), []
    while at < seconds + 1:
        found.append(at)
        at += interval * (1 + random.uniform(-unrest, unrest))
    return tuple(found)


def voltages(heart: Rhythm, lead: str, instants: Iterable[float]) -> list[float]:
    """Millivolts in a lead at instants, in seconds."""
    waves = _waves(heart, lead)
    phase = len(lead) + sum(map(ord, lead))
    return [_at(heart, waves, instant) + _unrest(heart, instant, phase) for instant in instants]


def _waves(heart: Rhythm, lead: str) -> tuple[_Wave, ...]:
    p, q, r, s, t = (height * heart.strength for height in _heights(heart, lead))
    begin, stretch = -heart.qrs / 2, heart.qt / 0.4
    waves = (
        _Wave(begin * 0.62, heart.qrs * 0.10, q),
        _Wave(0.0, heart.qrs * 0.125, r),
        _Wave(-begin * 0.66, heart.qrs * 0.12, s),
        _Wave(begin + heart.qt - 0.085 * stretch, 0.042 * stretch, t),
        _Wave(begin + heart.qt - 0.135 * stretch, 0.045 * stretch, t * 0.35),
    )
    return waves if heart.fibrillating else (_Wave(begin - heart.pr + 0.045, 0.021, p), *waves)


def _heights(heart: Rhythm, lead: str) -> tuple[float, ...]:
    if lead in _CHEST:
        return _CHEST[lead]
    direction = _DIRECTIONS[lead]
    # The augmented leads see 87 % of what the others do.
    scale = 0.87 if lead.startswith("a") else 1.0
    seen = cos(radians(heart.axis - direction)) * scale
    calm = cos(radians(48 - direction)) * scale
    return 0.15 * calm, -0.07 * seen, 1.15 * seen, -0.16 * cos(radians(heart.axis + 75 - direction)), 0.32 * calm


def _at(heart: Rhythm, waves: tuple[_Wave, ...], instant: float) -> float:
    near = bisect_left(heart.beats, instant)
    total = 0.0
    for beat in heart.beats[max(0, near - 2) : near + 2]:
        for at, width, height in waves:
            away = (instant - beat - at) / width
            if -_FAR < away < _FAR:
                total += height * exp(-away * away / 2)
    return total


def _unrest(heart: Rhythm, instant: float, phase: int) -> float:
    """The slow wander of the baseline, and the flutter of fibrillating atria."""
    wander = 0.02 * sin(2 * pi * 0.23 * instant + phase)
    if not heart.fibrillating:
        return wander
    return wander + 0.035 * sin(2 * pi * 6.3 * instant + phase) + 0.025 * sin(2 * pi * 8.1 * instant + 2 * phase)


def mean_rate(beats: tuple[float, ...]) -> float:
    """Beats a minute over the beats given; 0 for fewer than two."""
    gaps = [later - earlier for earlier, later in pairwise(beats)]
    return 60 * len(gaps) / sum(gaps) if gaps else 0.0
