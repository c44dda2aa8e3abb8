"""People for tests of laboratory, studies and instruments: ordinary ones, whose levels a test may set."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random

from mock_athena.population import body, person
from mock_athena.population.body import Body
from mock_athena.population.person import Person

TODAY = date(2025, 6, 3)


@dataclass
class Someone:
    """A prospect whose levels are those of the body, but for the ones that are set."""

    person: Person
    body: Body
    levels: dict[str, float] = field(default_factory=dict)
    conditions: frozenset[str] = frozenset()

    def has(self, key: str, day: date | None = None) -> bool:  # noqa: ARG002 - a prospect
        return key in self.conditions

    def onset(self, key: str) -> date | None:  # noqa: ARG002 - a prospect
        return None

    def level(self, variable: str, day: date) -> float:
        return self.levels.get(variable, self.body.baseline(variable, self.person.age_on(day)))


def people(count: int, *, adults: bool = False) -> Iterator[tuple[Someone, Random]]:
    """The first people of a practice, each with a random stream."""
    for n in range(30, 30 + count):
        drawn = person.draw(1, 500001, n, TODAY)
        if not adults or drawn.age >= 18:
            yield Someone(drawn, body.draw(drawn)), drawn.stream("test")
