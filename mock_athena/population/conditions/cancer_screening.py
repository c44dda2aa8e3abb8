"""Screening for cancer by age and sex: breast, cervix, bowel; and bone density, looked at on the same occasion.

https://www.uspreventiveservicestaskforce.org/uspstf/recommendation-topics. Who does not want a colonoscopy sends in a
stool test every year.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from mock_athena.population.conditions.module import Occasion, Order, Programme, Prospect
from mock_athena.population.story import FOLLOW_UP

_FROM, _TO = 45, 76
_YEAR = 365.25
_BOWEL = "Z12.11"
KEY = "cancer-screening"
_SCOPED, _TESTED = 0.55, 0.88


def _occasions(who: Prospect, since: date, until: date, random: Random) -> Iterator[Occasion]:
    """A colonoscopy every ten years, or the stool tests, or (some) neither."""
    way, first = _way(random)
    if way < _SCOPED:
        yield from _colonoscopies(who, since, until, first)
    elif way < _TESTED:
        yield from _stool_tests(who, since, until, first, random)


def _way(random: Random) -> tuple[float, float]:
    """How the bowel is looked at, and the age at which it begins."""
    return random.random(), random.uniform(_FROM + 0.2, _FROM + 9)


def colonoscopies(who: Prospect) -> Iterator[date]:
    """The days of all screening colonoscopies of a life, those before the record and those to come as well."""
    way, first = _way(who.person.stream(f"programme/{KEY}"))
    return _days(who, first) if way < _SCOPED else iter(())


def _days(who: Prospect, first: float) -> Iterator[date]:
    for decade in range(4):
        age = first + decade * 10.3
        if age < _TO:
            yield who.person.born + timedelta(days=int(age * _YEAR))


def _colonoscopies(who: Prospect, since: date, until: date, first: float) -> Iterator[Occasion]:
    for day in _days(who, first):
        if since <= day < until:
            yield Occasion(
                day,
                FOLLOW_UP,
                _BOWEL,
                "",
                KEY,
                orders=(Order("operation", "colonoscopy"),),
                signs=("Screening colonoscopy to the cecum, preparation good, no polyps.",),
                advice=("Next colonoscopy in ten years.",),
            )


def _stool_tests(who: Prospect, since: date, until: date, first: float, random: Random) -> Iterator[Occasion]:
    age = max(first, who.person.age_on(since) + random.random())
    while age < min(_TO, who.person.age_on(until)):
        yield Occasion(
            who.person.born + timedelta(days=int(age * _YEAR)),
            FOLLOW_UP,
            _BOWEL,
            "",
            KEY,
            orders=(Order("panel", "fecal-immunochemical"),),
            signs=("Brings the yearly stool test.",),
            advice=("A colonoscopy follows if the test is positive.",),
            movable=True,
        )
        age += random.uniform(1.05, 1.9)


PROGRAMME = Programme(
    key=KEY,
    name="cancer screening",
    occasions=_occasions,
    orders=(
        Order("study", "mammogram", every=24, sex="female", from_age=40, to_age=75, share=0.85),
        Order("panel", "pap", every=36, sex="female", from_age=21, to_age=66, share=0.85),
        Order("study", "bone-density", every=36, sex="female", from_age=65, to_age=90, share=0.7),
    ),
)
