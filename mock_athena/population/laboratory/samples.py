"""Who is measured, as the laboratory sees it: sex, age and the latent levels with what ails them that day."""

from collections.abc import Mapping
from datetime import date
from random import Random
from typing import Any, NamedTuple

from mock_athena.population.story import Result

Results = tuple[Result, ...]


class Sample(NamedTuple):
    """One specimen's person: ``who`` answers ``level(variable, day)``; ``shifts`` are those of the visit."""

    who: Any
    day: date
    shifts: Mapping[str, float]
    random: Random
    gender: str
    age: float

    def level(self, variable: str) -> float:
        """A latent variable that day, with what the visit adds to it."""
        found: float = self.who.level(variable, self.day)
        return found + self.shifts.get(variable, 0.0)

    def near(self, center: float, spread: float) -> float:
        """A value around ``center``: normal, cut at twice the spread, so that the healthy mostly stay within range."""
        return center + max(-2.0, min(2.0, self.random.gauss(0.0, 1.0))) * spread
