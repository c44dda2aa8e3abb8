"""Check-ups of children, by the schedule of the American Academy of Pediatrics, kept a little less from year to year.

https://www.aap.org/periodicityschedule
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from mock_athena.population.conditions.module import Occasion, Order, Programme, Prospect
from mock_athena.population.story import WELLNESS

CHECK_UP = "185349003"
_MONTH, _YEAR = 30.44, 365.25
_MONTHS = (1, 2, 4, 6, 9, 12, 15, 18, 24, 30)
_NEWBORN, _TWO_WEEKS, _CHILD = "Z00.110", "Z00.111", "Z00.129"

_AT_MONTH: dict[int, tuple[Order, ...]] = {
    12: (Order("panel", "lead"), Order("panel", "blood-count")),
    24: (Order("panel", "lead"),),
}
_SIGNS: dict[float, tuple[str, ...]] = {
    0: ("Newborn check-up: feeding well, mild jaundice of the face.",),
    0.02: ("Back at the birth weight, feeding well, cord healed.",),
    0.08: ("Feeding and sleeping well; growth along the curve.", "Development as expected for the age."),
    3: ("Doing well at home and at school; growth along the curve.", "Development as expected for the age."),
    12: ("Doing well at school and with friends; growth and puberty as expected.",),
}
_ADVICE: dict[float, tuple[str, ...]] = {
    0: ("Feed every two to three hours; baby sleeps on the back.",),
    0.08: ("Car seat and safe home talked over.", "Read together every day."),
    3: ("Five fruits and vegetables, two hours of screen, one hour of play a day.",),
    12: ("Sleep, screens, helmet and seat belt talked over.",),
}


def _kept(years: float) -> float:
    """How many of the check-ups at an age are kept."""
    return 0.96 if years < 2 else 0.85 if years < 6 else 0.62 if years < 13 else 0.5


def _of_age(table: dict[float, tuple[str, ...]], years: float) -> tuple[str, ...]:
    return next(words for least, words in reversed(table.items()) if years >= least)


def _days(born: date, random: Random) -> Iterator[tuple[date, int]]:
    """Days of all check-ups up to 18 years with the month of the schedule (0 for the first weeks)."""
    yield born + timedelta(days=random.randint(3, 5)), 0
    yield born + timedelta(days=random.randint(13, 17)), 0
    for month in _MONTHS:
        yield born + timedelta(days=int(month * _MONTH) + random.randint(0, 9)), month
    for year in range(3, 18):
        yield born + timedelta(days=int(year * _YEAR) + random.randint(0, 60)), year * 12


def _reason(days: int) -> str:
    return _NEWBORN if days < 8 else _TWO_WEEKS if days < 29 else _CHILD


def _occasions(who: Prospect, since: date, until: date, random: Random) -> Iterator[Occasion]:
    born = who.person.born
    if who.person.age_on(since) >= 18:
        return
    for day, month in _days(born, random):
        age = (day - born).days
        kept = random.random() < _kept(age / _YEAR)
        if kept and since <= day < until:
            first = (Order("panel", "newborn-bilirubin"),) if age < 8 else ()
            yield Occasion(
                day,
                WELLNESS,
                _reason(age),
                CHECK_UP,
                "well-child",
                orders=first or _AT_MONTH.get(month, ()),
                signs=_of_age(_SIGNS, age / _YEAR),
                advice=_of_age(_ADVICE, age / _YEAR),
                movable=age > 3 * _YEAR,
            )


PROGRAMME = Programme(
    key="well-child",
    name="well child care",
    occasions=_occasions,
    orders=(
        Order("screening", "phq-2", every=12, from_age=12, to_age=18, share=0.85),
        Order("screening", "hunger-vital-sign", every=12, to_age=18, share=0.6),
        Order("panel", "lipids", every=120, from_age=10, to_age=18, share=0.5),
    ),
)
