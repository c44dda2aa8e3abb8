"""When a person is seen: the visits and hospital stays of about the last two and a half years, oldest first.

Visits are on weekdays between 13:00 and 21:00 UTC (working hours in the Americas), none before birth, none after
the day before ``as_of``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from mock_athena.population import moments
from mock_athena.population.ailments import (
    BACK_PAIN,
    COLD,
    COUGH,
    EAR_INFECTION,
    FOLLOWED_UP,
    SORE_THROAT,
    VIRAL_INFECTION,
)
from mock_athena.population.health import KNEE_REPLACEMENT, Health
from mock_athena.population.person import ADULT, Person

WELLNESS, FOLLOW_UP, ACUTE, STAY = "wellness", "follow-up", "acute", "stay"
WELL_CHILD, WELL_ADULT = "Z00.129", "Z00.00"

_ROUTINE = (WELLNESS, FOLLOW_UP)
_CLEAR_DAYS = 7
_ADULT_ACUTE = (COLD, BACK_PAIN, COUGH, SORE_THROAT)
_CHILD_ACUTE = (COLD, EAR_INFECTION, SORE_THROAT, VIRAL_INFECTION)


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit or stay.

    Attributes:
        kind: ``WELLNESS``, ``FOLLOW_UP``, ``ACUTE`` or ``STAY``.
        reason: ICD-10-CM.
        order: place among the person's visits, from 1.
        last: whether it is the latest check-up or follow-up, the one at which things are looked over.
    """

    kind: str
    reason: str
    start: datetime
    end: datetime
    order: int
    last: bool

    @property
    def is_stay(self) -> bool:
        """Whether the person was admitted."""
        return self.kind == STAY


def visits(person: Person, health: Health) -> list[Visit]:
    """All visits and stays in order; there is at least one visit."""
    planned = _one_a_day([*_wellness(person), *_follow_ups(person, health), *_acute(person)])
    for stay in _stays(person, health):
        planned.append(_away_from(planned, stay))
    planned.sort()
    latest = max(day for day, kind, _ in planned if kind in _ROUTINE)
    random = person.stream("visit-times")
    return [
        _visit(random, plan, order, last=plan[0] == latest and plan[1] in _ROUTINE)
        for order, plan in enumerate(planned, 1)
    ]


Plan = tuple[date, str, str]


def _one_a_day(planned: list[Plan]) -> list[Plan]:
    """The first plan of each day."""
    by_day: dict[date, Plan] = {}
    for plan in planned:
        by_day.setdefault(plan[0], plan)
    return list(by_day.values())


def _away_from(planned: list[Plan], stay: Plan) -> Plan:
    """The stay, whole weeks earlier where other visits are within a week: nobody is in two places."""
    day, kind, reason = stay
    while any(abs((day - other).days) < _CLEAR_DAYS for other, _, _ in planned):
        day -= timedelta(days=_CLEAR_DAYS)
    return day, kind, reason


def _visit(random: Random, plan: Plan, order: int, *, last: bool) -> Visit:
    day, kind, reason = plan
    start = moments.at(day, 13 * 60 + 15 * random.randint(0, 30))
    length = timedelta(days=random.randint(2, 4)) if kind == STAY else timedelta(minutes=_minutes(kind))
    return Visit(kind, reason, start, start + length, order, last)


def _minutes(kind: str) -> int:
    return {WELLNESS: 40, FOLLOW_UP: 20}.get(kind, 15)


def _on_or_before(person: Person, day: date) -> date:
    """A weekday near ``day`` that is after birth and well before ``as_of``."""
    earliest = person.born + timedelta(days=3)
    latest = person.as_of - timedelta(days=4)
    return moments.weekday_on_or_after(max(earliest, min(day, latest)))


def _wellness(person: Person) -> Iterator[Plan]:
    random = person.stream("wellness")
    ago = random.randint(20, 330)
    gap = 150 if person.age < 2 else 365 + random.randint(-20, 40)
    for index in range(2):
        day = person.as_of - timedelta(days=ago + index * gap)
        if day > person.born + timedelta(days=5) or index == 0:
            seen = _on_or_before(person, day)
            child = moments.years_between(person.born, seen) < ADULT
            yield seen, WELLNESS, WELL_CHILD if child else WELL_ADULT


def _follow_ups(person: Person, health: Health) -> Iterator[Plan]:
    random = person.stream("follow-ups")
    reason = next((code for code in FOLLOWED_UP if code in health.onsets), None)
    if reason:
        yield _on_or_before(person, person.as_of - timedelta(days=random.randint(335, 520))), FOLLOW_UP, reason


def _acute(person: Person) -> Iterator[Plan]:
    random = person.stream("acute")
    if random.random() < 0.4 and person.age >= 1:
        day = _on_or_before(person, person.as_of - timedelta(days=random.randint(10, 330)))
        child = moments.years_between(person.born, day) < ADULT
        yield day, ACUTE, random.choice(_CHILD_ACUTE if child else _ADULT_ACUTE)


def _stays(person: Person, health: Health) -> Iterator[Plan]:
    random = person.stream("stay-times")
    for reason in health.stays:
        day = person.as_of - timedelta(days=random.randint(40, 800))
        earliest = health.onsets[reason] + timedelta(days=60) if reason == KNEE_REPLACEMENT else person.born
        yield max(day, earliest), STAY, reason
