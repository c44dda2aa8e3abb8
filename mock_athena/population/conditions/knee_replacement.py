"""A new knee for some of those whose joint is worn: a planned stay, then visits while it heals.

https://www.aaos.org/smoak2cpg
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from mock_athena.population.cast import role
from mock_athena.population.conditions.module import Admission, Occasion, Order, Programme, Prospect, Remedy
from mock_athena.population.story import FOLLOW_UP, STAY

KEY = "knee-replacement"
_WORN = "osteoarthritis-knee"
_SHARE = 0.3
_YOUNGEST = 55
_YEAR = 365.25

_STAY = Admission(
    icd10="M17.11",
    snomed="",
    yearly=0,
    once=True,
    days=(1, 3),
    planned=True,
    remedies=(Remedy("morphine-injection"), Remedy("enoxaparin-injection")),
    discharge=(Remedy("acetaminophen-500"), Remedy("oxycodone-5", 0.7)),
    orders=(
        Order("panel", "blood-count"),
        Order("panel", "metabolic"),
        Order("panel", "inr"),
        Order("study", "knee-x-ray"),
        Order("operation", "knee-replacement"),
        Order("referral", "physical-therapy"),
    ),
    shifts=(("pain", 4), ("hemoglobin", -1.2), ("pulse", 8)),
    dispositions=(("home", 8), ("rehab", 2)),
    summary=("Planned replacement of the right knee without complications; walks with a frame.",),
)
_AFTER = (
    (14, "Wound dry, staples removed; bends the knee to 80 degrees."),
    (45, "Walks with a cane; bends the knee to 105 degrees."),
    (180, "Walks without a cane and without pain; bends the knee to 120 degrees."),
)


def operated(who: Prospect, since: date, until: date, random: Random) -> date | None:
    """The day of the operation, None for who has none in the time of the record."""
    onset = who.onset(_WORN)
    part = role(who.person.n)
    forced = part is not None and KEY in part.programmes
    chosen, years, ago = random.random() < _SHARE, random.uniform(3, 11), random.uniform(0.3, 0.8)
    if onset is None:
        return None
    day = until - ago * (until - since) if forced else onset + timedelta(days=int(years * _YEAR))
    within = max(since, onset) + timedelta(days=30) <= day < until - timedelta(days=5)
    return day if within and (forced or (chosen and who.person.age_on(day) >= _YOUNGEST)) else None


def _occasions(who: Prospect, since: date, until: date, random: Random) -> Iterator[Occasion]:
    day = operated(who, since, until, random)
    if day is None:
        return
    yield Occasion(day, STAY, _STAY.icd10, _STAY.snomed, KEY, orders=_STAY.orders, shifts=_STAY.shifts, admission=_STAY)
    for later, words in _AFTER:
        if day + timedelta(days=later) < until:
            yield Occasion(
                day + timedelta(days=later),
                FOLLOW_UP,
                "Z47.1",
                "",
                KEY,
                orders=(Order("referral", "physical-therapy"),) if later == 14 else (),
                signs=(words,),
                advice=("Exercises twice a day.",),
            )


PROGRAMME = Programme(key=KEY, name="knee replacement", occasions=_occasions)
