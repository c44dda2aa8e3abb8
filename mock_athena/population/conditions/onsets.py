"""Ways in which a long-term condition begins: the small functions that condition modules share."""

from collections.abc import Callable
from random import Random

from mock_athena.population.conditions.module import Prospect

Onset = Callable[[Prospect, Random], float | None]
Factor = Callable[[Prospect], float]


def between(share: float, low: float, mode: float, high: float, factor: Factor | None = None, sex: str = "") -> Onset:
    """Of those who live long enough, ``share`` (times ``factor``, at most 95 %) get it at a triangular age."""

    def onset(who: Prospect, random: Random) -> float | None:
        struck, age = random.random(), random.triangular(low, high, mode)
        chance = min(0.95, share * (factor(who) if factor else 1.0))
        return age if struck < chance and sex in ("", who.person.gender) else None

    return onset


def after(key: str, share: float, least: float, most: float, factor: Factor | None = None) -> Onset:
    """Of those who have ``key``, ``share`` get it too, between ``least`` and ``most`` years later."""

    def onset(who: Prospect, random: Random) -> float | None:
        struck, years = random.random(), random.uniform(least, most)
        begun = who.onset(key)
        chance = min(0.95, share * (factor(who) if factor and begun else 1.0))
        return who.person.age_on(begun) + years if begun and struck < chance else None

    return onset


def heavy(who: Prospect) -> float:
    """The heavier the likelier: 1 at a body mass index of 27, 6 % more for each point above."""
    return max(0.5, 1 + 0.06 * (who.body.bmi - 27))


def poor(who: Prospect) -> float:
    """1 for the average, up to 2 for those with the least."""
    return 0.3 + 1.7 * who.body.poverty
