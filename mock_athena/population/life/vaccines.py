"""The vaccines that a person has had: routine US schedules, each only in the years in which it was in use.

https://www.cdc.gov/vaccines/hcp/imz-schedules/index.html. A dose that falls due while the person is a patient here is
given at the next visit where there is one soon, else elsewhere (a pharmacy, a school), as all those before.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from mock_athena.population.life.agenda import Planned
from mock_athena.population.life.prospect import Life
from mock_athena.population.life.window import Window
from mock_athena.population.story import FOLLOW_UP, PRENATAL, WELLNESS, Vaccination

_MONTH = 30.44
_SOON = 75
_APART = 28


class Vaccine(NamedTuple):
    """A series: ages of its doses in months, first and last year of routine use, and how many people have it."""

    cvx: str
    months: tuple[float, ...]
    since: int
    until: int = 9999
    share: float = 0.95
    sex: str = ""
    live: bool = False


SCHEDULE = (
    Vaccine("08", (0.1, 2, 6), 1992),
    Vaccine("116", (2, 4, 6), 2006),
    Vaccine("01", (2, 4, 6, 15, 54), 1955, 1996),
    Vaccine("20", (2, 4, 6, 15, 54), 1997, share=1.0),
    Vaccine("48", (2, 4, 6, 13), 1993),
    Vaccine("100", (2, 4, 6, 13), 2001, 2009),
    Vaccine("133", (2, 4, 6, 13), 2010, 2022),
    Vaccine("216", (2, 4, 6, 13), 2023),
    Vaccine("02", (2, 4, 9, 54), 1963, 1999),
    Vaccine("10", (2, 4, 9, 54), 2000),
    Vaccine("03", (12.5, 54), 1972, live=True),
    Vaccine("21", (12.5, 54), 1996, live=True),
    Vaccine("83", (12.5, 19), 2006),
    Vaccine("115", (134,), 2006),
    Vaccine("114", (134, 194), 2006, 2017),
    Vaccine("136", (134, 194), 2018),
    Vaccine("62", (134, 140), 2007, 2014, 0.6),
    Vaccine("165", (134, 140), 2015, share=0.75),
    Vaccine("162", (198, 204), 2016, share=0.3),
    Vaccine("113", (29 * 12, 39 * 12, 49 * 12, 59 * 12, 69 * 12), 2006, share=0.7),
    Vaccine("121", (62 * 12,), 2008, 2017, 0.4, live=True),
    Vaccine("187", (604, 608), 2018, share=0.6),
    Vaccine("33", (65 * 12 + 2,), 1997, 2021, 0.7),
    Vaccine("216", (65 * 12 + 2,), 2022, share=0.75),
)
_TDAP = "115"
_COVID = (("208", date(2020, 12, 20), date(2022, 8, 31)), ("300", date(2022, 9, 5), date(2023, 9, 11)))
_COVID_NOW, _COVID_NOW_SINCE = "309", date(2023, 9, 15)
_RSV = (("303", date(2023, 7, 1), 50), ("305", date(2023, 7, 1), 35), ("326", date(2024, 8, 1), 15))
"""Against respiratory syncytial virus: CVX, since when, and how many of a hundred have which."""
_RSV_UNBORN, _RSV_WEEKS, _RSV_MONTHS, _RSV_SINCE = "305", (32, 36), (9, 10, 11, 12, 1), date(2023, 9, 25)
_RSV_AT_RISK, _RSV_ALL = 60, 75
_RSV_RISKS = ("copd", "heart-failure", "coronary-disease", "ckd-stage-4", "type-2-diabetes", "asthma")
_HIGH_DOSE, _QUADRIVALENT, _TRIVALENT, _CHILD = "135", "150", "140", 65


class Due(NamedTuple):
    """A dose that falls due on a day: number in the series, 0 where there is none; a season's last day."""

    day: date
    cvx: str
    dose: int
    last: date | None = None


def give(life: Life, window: Window, planned: list[Planned]) -> list[Vaccination]:
    """Every dose, by day; ``visit`` is the place of the visit in ``planned``, from 1."""
    random = life.person.stream("vaccines")
    trusts = random.random()
    visits = [(one.day, order) for order, one in enumerate(planned, 1) if one.kind in (WELLNESS, FOLLOW_UP, PRENATAL)]
    made: list[Vaccination] = []
    latest: dict[str, date] = {}
    last = window.until
    for due in sorted(
        [
            *_series(life, random),
            *_seasonal(life, window, random, trusts),
            *_expecting(planned),
            *_rsv(life, window, trusts),
        ]
    ):
        found = _placed(life, window, due, visits, random)
        if found is None:
            continue
        day, visit = found
        before = latest.get(due.cvx)
        if before and (day - before).days < _APART:
            day, visit = before + timedelta(days=_APART + random.randint(0, 9)), 0
        if day <= last and day >= life.person.born:
            offered = visit > 0 and trusts < 0.25 and (not due.dose or life.person.age_on(day) > 11)
            refused = offered and random.random() < 0.3
            made.append(Vaccination(due.cvx, day, due.dose, visit, refused))
            latest[due.cvx] = day
    return sorted(made, key=lambda one: (one.day, one.cvx))


def _series(life: Life, random: Random) -> Iterator[Due]:
    born = life.person.born
    lived = (life.person.as_of - born).days / _MONTH
    late = random.uniform(0, 0.5)
    for vaccine in SCHEDULE:
        draws = random.random()
        if draws >= vaccine.share or born.year + vaccine.months[0] / 12 > vaccine.until + 1:
            continue
        number = 0
        for months in vaccine.months:
            if months > lived:
                break
            day = born + timedelta(days=int(months * _MONTH + late * min(30, months * 4 + 3)))
            if vaccine.since <= day.year <= vaccine.until:
                number += 1
                yield Due(day, vaccine.cvx, number)


def _seasonal(life: Life, window: Window, random: Random, trusts: float) -> Iterator[Due]:
    """Influenza every autumn of the last years, COVID-19 since there is a vaccine."""
    for year in range(window.since.year - 1, window.until.year + 1):
        day = date(year, 9, 12) + timedelta(days=random.randint(0, 60))
        age = life.person.age_on(day)
        comes = random.random() < 0.15 + 0.6 * trusts + (0.15 if age >= 65 else 0.0)
        if age >= 0.55 and comes:
            yield Due(day, _influenza(year, age), 0, date(year, 12, 31))
        if day >= _COVID_NOW_SINCE and age >= 12 and random.random() < 0.45 * trusts + (0.15 if age >= 65 else 0.0):
            yield Due(day + timedelta(days=3), _COVID_NOW, 0, date(year, 12, 31))
    if trusts > 0.2:
        for index, (cvx, first, last) in enumerate(_COVID):
            day = first + timedelta(days=random.randint(20, 240))
            if life.person.age_on(day) >= 12 and (index == 0 or trusts > 0.55):
                yield Due(day, cvx, 1 + 2 * index, last)
                if index == 0:
                    yield Due(day + timedelta(days=24), cvx, 2, last)


def _influenza(year: int, age: float) -> str:
    if age >= _CHILD and year >= 2010:
        return _HIGH_DOSE if year not in range(2020, 2024) else "197"
    return _QUADRIVALENT if 2013 <= year <= 2023 else _TRIVALENT


def _expecting(planned: list[Planned]) -> Iterator[Due]:
    """Tdap in the last third of a pregnancy: at the first prenatal visit from 27 weeks."""
    told = [
        (one.day, value)
        for one in planned
        for occasion in one.occasions
        for kind, value in occasion.facts
        if kind == "gestational-age" and isinstance(value, int | float)
    ]
    latest: dict[str, date] = {}
    for day, weeks in told:
        for cvx in _in_week(day, weeks):
            if cvx not in latest or (day - latest[cvx]).days > 200:
                latest[cvx] = day
                yield Due(day, cvx, 0)


def _in_week(day: date, weeks: float) -> Iterator[str]:
    if weeks >= 27:
        yield _TDAP
    if _RSV_WEEKS[0] <= weeks <= _RSV_WEEKS[1] and day.month in _RSV_MONTHS and day >= _RSV_SINCE:
        yield _RSV_UNBORN


def _rsv(life: Life, window: Window, trusts: float) -> Iterator[Due]:
    """One dose in a life, in autumn: for everybody from 75 on, and from 60 on for those at risk.

    https://www.cdc.gov/rsv/hcp/vaccine-clinical-guidance/adults.html
    """
    if life.person.age_on(window.until) < _RSV_AT_RISK:
        return
    random = life.person.stream("vaccines/rsv")
    for year in range(_RSV_SINCE.year, window.until.year + 1):
        day, comes = date(year, 9, 5) + timedelta(days=random.randint(0, 70)), random.random() < 0.2 + 0.4 * trusts
        age = life.person.age_on(day)
        at_risk = age >= _RSV_AT_RISK and any(life.known(key, day) for key in _RSV_RISKS)
        if comes and (age >= _RSV_ALL or at_risk):
            offered = [(cvx, share) for cvx, since, share in _RSV if since <= day]
            cvx = random.choices([cvx for cvx, _ in offered], [share for _, share in offered])[0]
            yield Due(day, cvx, 1, date(year, 12, 31))
            return


def _placed(
    life: Life, window: Window, due: Due, visits: list[tuple[date, int]], random: Random
) -> tuple[date, int] | None:
    """The day and the visit of a dose; None for who never came for it."""
    if due.day < window.since:
        return due.day, 0
    last = due.last or due.day + timedelta(days=_SOON if life.person.age_on(due.day) > 2 else 40)
    for day, order in visits:
        if due.day - timedelta(days=6) <= day <= last:
            return day, order
    age = life.person.age_on(due.day)
    elsewhere = random.random() < (1.0 if age < 2 else 0.9 if age < 18 else 0.6)
    return (due.day, 0) if elsewhere else None
