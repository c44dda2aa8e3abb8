"""The time that the practice has known a person, and whether it ended with their death."""

from datetime import date, datetime, timedelta
from math import exp
from random import Random
from typing import NamedTuple

from mock_athena.population import moments
from mock_athena.population.cast import role
from mock_athena.population.life.prospect import Life

_YEAR = 365.25
_KNOWN, _KNOWN_LONG, _KNOWN_GOLDEN = (1.4, 4.1), (4.2, 5.0), (1.2, 2.6)
_KNOWN_ENOUGH = 1.9
"""Years: of most people, of the roles that are to have a long record, of the other roles."""
_LAST_YEARS = 2
"""The dead stay among a practice's patients for so long."""
_OLD_AGE = "R54"


class Window(NamedTuple):
    """From the first day of the record to the last one; ``died`` and the cause where it ended so."""

    since: date
    until: date
    died: datetime | None
    cause: str


def draw(life: Life) -> Window:
    """How long the person has been known, and how long they lived."""
    person = life.person
    random = person.stream("window")
    part = role(person.n)
    years = random.uniform(*(_KNOWN if part is None else _KNOWN_LONG if part.record == "many" else _KNOWN_GOLDEN))
    if part and part.programmes:
        years = max(years, _KNOWN_ENOUGH)
    until = person.as_of - timedelta(days=1)
    died, cause = _death(life, random)
    if part and part.died:
        died, cause = person.as_of - timedelta(days=random.randint(40, 500)), part.died
    elif part or (died and died <= person.born + timedelta(days=400)):
        died, cause = None, ""
    if died:
        until = died
    since = max(person.born, until - timedelta(days=int(years * _YEAR)))
    moment = moments.at(died, random.randint(0, 1439)) if died else None
    return Window(since, until, moment, cause)


def _death(life: Life, random: Random) -> tuple[date | None, str]:
    """The first day of the last years on which the person dies, month by month, and of what."""
    person = life.person
    draws = [(random.random(), random.random(), random.randint(0, 29)) for _ in range(_LAST_YEARS)]
    for index, (chance, which, days) in enumerate(draws):
        day = person.as_of - timedelta(days=int(_YEAR * (_LAST_YEARS - index)) - 12 * days)
        hazards = _hazards(life, day)
        total = sum(hazard for hazard, _ in hazards)
        if chance < total:
            return day, _pick(hazards, which * total)
    return None, ""


def _hazards(life: Life, day: date) -> list[tuple[float, str]]:
    found = [(min(0.35, exp(0.098 * life.person.age_on(day) - 11.2)), _OLD_AGE)]
    for course in life.courses.values():
        if course.condition.deadly and course.active(day):
            years = (day - course.onset).days / _YEAR
            found.append((min(0.3, course.condition.deadly * years / 10), course.named(day)[0]))
    return found


def _pick(hazards: list[tuple[float, str]], at: float) -> str:
    for hazard, cause in hazards:
        at -= hazard
        if at < 0:
            return cause
    return hazards[-1][1]
