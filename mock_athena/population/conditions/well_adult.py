"""Check-ups of adults: yearly for the aged, every other year for the young, with what is screened for by age.

https://www.uspreventiveservicestaskforce.org/uspstf/recommendation-topics
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from mock_athena.population.conditions.module import Occasion, Order, Programme, Prospect
from mock_athena.population.conditions.well_child import CHECK_UP
from mock_athena.population.story import WELLNESS

_ADULT = "Z00.00"
_FIRST = 18.2
_YEAR = 365.25

_SIGNS = ("Annual physical examination; screening and vaccines reviewed.",)
_ADVICE = (
    "Diet, 150 minutes of activity a week and sleep talked over.",
    "Sun protection and seat belt.",
    "Next check-up in {years}.",
)


def _gap(age: float, adherence: float, random: Random) -> float:
    """Years to the next check-up."""
    usual = 2.3 if age < 35 else 1.7 if age < 50 else 1.25 if age < 65 else 1.0
    return usual * (1.5 - 0.5 * adherence) * random.uniform(0.95, 1.25)


def _occasions(who: Prospect, since: date, until: date, random: Random) -> Iterator[Occasion]:
    age = max(_FIRST, who.person.age_on(since))
    age += _gap(age, who.body.adherence, random) * random.random()
    last = who.person.age_on(until)
    while age < last:
        signs, words = _SIGNS, "two years" if age < 40 else "a year"
        yield Occasion(
            who.person.born + timedelta(days=int(age * _YEAR)),
            WELLNESS,
            _ADULT,
            CHECK_UP,
            "well-adult",
            signs=signs,
            advice=(*_ADVICE[:2], _ADVICE[2].format(years=words)),
            movable=True,
        )
        age += _gap(age, who.body.adherence, random)


PROGRAMME = Programme(
    key="well-adult",
    name="adult preventive care",
    occasions=_occasions,
    orders=(
        Order("panel", "lipids", every=60, from_age=20, to_age=40, share=0.8),
        Order("panel", "lipids", every=24, from_age=40, to_age=80, share=0.9),
        Order("panel", "comprehensive", every=36, from_age=18, to_age=45, share=0.8),
        Order("panel", "comprehensive", every=18, from_age=45, share=0.9),
        Order("panel", "blood-count", every=36, from_age=18, to_age=50, share=0.7),
        Order("panel", "blood-count", every=18, from_age=50, share=0.8),
        Order("panel", "a1c", every=36, from_age=35, to_age=75, share=0.8),
        Order("panel", "thyroid", every=60, from_age=45, share=0.3),
        Order("panel", "psa", every=24, sex="male", from_age=55, to_age=70, share=0.6),
        Order("panel", "hiv", every=600, from_age=18, to_age=65),
        Order("panel", "hepatitis-c", every=600, from_age=18, to_age=80),
        Order("panel", "chlamydia-gonorrhea", every=12, sex="female", from_age=18, to_age=25, share=0.6),
        Order("screening", "phq-2", every=12, from_age=18),
        Order("screening", "audit-c", every=12, from_age=18, share=0.9),
        Order("screening", "hunger-vital-sign", every=24, from_age=18, share=0.7),
        Order("screening", "prapare", every=24, from_age=18, share=0.8),
    ),
)
