"""What was done before the practice knew the person: operations of the past, known from what they tell."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from mock_athena.population import moments
from mock_athena.population.conditions import cancer_screening
from mock_athena.population.life.prospect import Life
from mock_athena.population.operations import OPERATIONS
from mock_athena.population.story import Operation

_COLONOSCOPIES_SINCE = date(1997, 1, 1)
"""Before, they were seldom done to look for cancer."""


_LAPAROSCOPES_SINCE = date(1990, 1, 1)
"""Before, both operations were done through a cut."""

_OPEN = {"appendectomy": "open-appendectomy", "cholecystectomy": "open-cholecystectomy"}


class _Past(NamedTuple):
    """An operation: its share of people (of those with a condition), ages, sex."""

    what: str
    share: float
    ages: tuple[float, float]
    condition: str = ""
    sex: str = ""


_PAST = (
    _Past("appendectomy", 0.07, (8, 40)),
    _Past("cholecystectomy", 0.09, (35, 70), sex="female"),
    _Past("cholecystectomy", 0.04, (40, 75), sex="male"),
    _Past("cataract-surgery", 0.45, (66, 82)),
    _Past("hip-replacement", 0.05, (60, 82)),
    _Past("coronary-stent", 0.45, (0, 120), "coronary-disease"),
    _Past("pacemaker", 0.16, (0, 120), "atrial-fibrillation"),
)


def operations(life: Life, since: date) -> tuple[Operation, ...]:
    """The operations of the past, in order of time."""
    return tuple(sorted([*_past(life, since), *_screened(life, since)], key=lambda one: one.begun))


def _screened(life: Life, since: date) -> Iterator[Operation]:
    """The screening colonoscopies before those that are told as visits."""
    for day in cancer_screening.colonoscopies(life):
        if _COLONOSCOPIES_SINCE <= day < since:
            yield _done("colonoscopy", day, 0)


def _done(what: str, day: date, problem: int) -> Operation:
    system, code, minutes, device, site = OPERATIONS[what][:5]
    begun = moments.at(moments.weekday_on_or_after(day), 15 * 60)
    return Operation(system, code, begun, begun + timedelta(minutes=minutes), 0, problem, device, "completed", site)


def _past(life: Life, since: date) -> Iterator[Operation]:
    random = life.person.stream("past-operations")
    for past in _PAST:
        chance, age = random.random(), random.uniform(*past.ages)
        if chance >= past.share or (past.sex and past.sex != life.person.gender):
            continue
        day = life.person.born + timedelta(days=int(age * 365.25))
        problem = 0
        if past.condition:
            course = life.courses.get(past.condition)
            if course is None:
                continue
            day, problem = course.found + timedelta(days=random.randint(5, 300)), course.number
        if day < since:
            what = _OPEN.get(past.what, past.what) if day < _LAPAROSCOPES_SINCE else past.what
            yield _done(what, day, problem)
