"""Illnesses that come and go, and the hospital stays that conditions lead to: by Poisson, each from its own stream."""

from collections.abc import Iterator
from datetime import date, timedelta
from math import exp
from random import Random
from typing import NamedTuple

from mock_athena.population.cast import role
from mock_athena.population.conditions.module import Admission, Illness, Occasion
from mock_athena.population.life.prospect import Course, Life
from mock_athena.population.life.window import Window
from mock_athena.population.story import EMERGENCY, FOLLOW_UP, STAY

_YEAR = 365.25
_SEEN = (0.3, 0.9)
"""How many of their illnesses people are seen with here: some seldom come, some always do."""
_GRADED = ("temperature", "pain")
_SUBSEQUENT = "D"
"""What an injury's ICD-10-CM code ends with at later encounters."""
_KNOWN_AGAIN = 21
"""Days that pass between two episodes of the same illness at least."""


class Episode(NamedTuple):
    """An illness from its first to its last day, with the visits that it leads to."""

    key: str
    icd10: str
    snomed: str
    begun: date
    over: date
    occasions: tuple[Occasion, ...]


def illnesses(life: Life, window: Window, modules: tuple[Illness, ...]) -> Iterator[Episode]:
    """Every episode of every illness within the window."""
    part = role(life.person.n)
    young, old = life.person.age_on(window.since), life.person.age_on(window.until)
    random = life.person.stream("illnesses")
    seldom = random.uniform(*_SEEN)
    for illness in modules:
        forced = part is not None and illness.key in part.illnesses
        if illness.sex and illness.sex != life.person.gender:
            continue
        expected = _expected(illness, young, old) * seldom * (illness.factor(life) if illness.factor else 1.0)
        if expected > 0 or forced:
            limit, first = exp(-expected), life.person.chance(f"illnesses/{illness.key}")
            # Most people do not have most illnesses: for them no generator is made.
            if forced or first > limit:
                life.person.restart(random, f"illness/{illness.key}")
                admitted = part is not None and illness.key in part.stays
                yield from _episodes(life, window, illness, max(1, _poisson(random, limit, first)), random, admitted)


def _expected(illness: Illness, young: float, old: float) -> float:
    return sum(
        rate.yearly * (min(old, rate.to_age) - max(young, rate.from_age))
        for rate in illness.rates
        if rate.to_age > young and rate.from_age < old
    )


def _episodes(
    life: Life, window: Window, illness: Illness, count: int, random: Random, admitted: bool
) -> Iterator[Episode]:
    days = sorted(_day(life, window, illness, random) for _ in range(count))
    latest = window.since - timedelta(days=1)
    for day in days:
        known = illness.since is None or day >= illness.since
        if known and day > latest and window.since <= day < window.until - timedelta(days=1):
            made = _episode(illness, day, random, life.person.age_on(day), admitted)
            latest = made.over + timedelta(days=_KNOWN_AGAIN)
            yield made


def _poisson(random: Random, limit: float, product: float) -> int:
    """How often something happens: ``limit`` is e to minus the expected number, ``product`` a first random number."""
    count = 0
    while product > limit:
        product *= random.random()
        count += 1
    return count


def _day(life: Life, window: Window, illness: Illness, random: Random) -> date:
    """A day of the window at an age and in a season of the illness."""
    young, old = life.person.age_on(window.since), life.person.age_on(window.until)
    spans = [
        (max(young, rate.from_age), min(old, rate.to_age), rate.yearly)
        for rate in illness.rates
        if rate.to_age > young and rate.from_age < old
    ]
    if not spans:
        spans = [(young, old, 1.0)]
    low, high, _ = random.choices(spans, [(high - low) * yearly + 1e-9 for low, high, yearly in spans])[0]
    day = life.person.born + timedelta(days=int(random.uniform(low, high) * _YEAR))
    if illness.months:
        day = date(day.year, random.choice(illness.months), min(day.day, 28))
    return day


def _episode(illness: Illness, day: date, random: Random, age: float, admitted: bool) -> Episode:
    icd10, snomed = illness.icd10, illness.snomed
    if illness.sites:
        icd10, snomed, _ = random.choices(illness.sites, [site[2] for site in illness.sites])[0]
    seen = day + timedelta(days=random.randint(*illness.after_days))
    over = max(seen + timedelta(days=1), day + timedelta(days=random.randint(*illness.lasts)))
    strength = random.uniform(0.6, 1.4)
    shifts = tuple((name, _strong(name, shift, strength)) for name, shift in illness.shifts)
    if illness.admission and (admitted or _is_admitted(illness, age, random)):
        first = stay(illness.admission, illness.key, seen)
        home = seen + timedelta(days=illness.admission.days[1])
        return Episode(illness.key, icd10, snomed, day, max(over, home), (first, *_again(illness, icd10, snomed, home)))
    visit = Occasion(
        seen,
        illness.kind,
        icd10,
        snomed,
        illness.key,
        orders=tuple(order for order in illness.orders if order.only in ("", icd10)),
        shifts=shifts,
        remedies=tuple(group for group in (illness.remedies, illness.second) if group),
        signs=illness.signs,
        advice=illness.advice,
    )
    return Episode(illness.key, icd10, snomed, day, over, (visit, *_again(illness, icd10, snomed, seen)))


def _is_admitted(illness: Illness, age: float, random: Random) -> bool:
    return random.random() < illness.admitted and age >= illness.admitted_from


def _strong(name: str, shift: float, strength: float) -> float:
    """Vital signs and chemistry vary with how bad it is; a test is positive or it is not."""
    return shift if abs(shift) == 1 and name not in _GRADED else shift * strength


def _again(illness: Illness, icd10: str, snomed: str, seen: date) -> Iterator[Occasion]:
    if not illness.follow_up:
        return
    code = icd10[:-1] + _SUBSEQUENT if illness.follow_up_icd10 == _SUBSEQUENT else illness.follow_up_icd10 or icd10
    yield Occasion(
        seen + timedelta(days=illness.follow_up),
        FOLLOW_UP,
        code,
        snomed,
        illness.key,
        orders=tuple(order for order in illness.orders if order.kind == "study"),
        shifts=(("healing", 1.0),),
        signs=illness.healing,
    )


def admissions(life: Life, window: Window) -> Iterator[Occasion]:
    """The stays that conditions lead to."""
    for course in life.courses.values():
        if course.condition.admissions:
            random = life.person.stream(f"admission/{course.key}")
            for admission in course.condition.admissions:
                yield from _admissions(course, admission, window, random)


def _admissions(course: Course, admission: Admission, window: Window, random: Random) -> Iterator[Occasion]:
    later = timedelta(days=int(max(admission.after_years, 0.02) * _YEAR))
    first = max(window.since + timedelta(days=20), course.found + later)
    days = (min(window.until, course.abated or window.until) - first).days - 12
    count = _poisson(random, exp(-max(0.0, admission.yearly * days / _YEAR)), random.random())
    for _ in range(min(count, 1 if admission.once else 3)):
        if days > 0:
            yield stay(admission, course.key, first + timedelta(days=random.randrange(days)))


def stay(admission: Admission, key: str, day: date) -> Occasion:
    """The occasion of a stay."""
    return Occasion(
        day,
        STAY,
        admission.icd10,
        admission.snomed,
        key,
        orders=admission.orders,
        shifts=admission.shifts,
        admission=admission,
    )


URGENT = (STAY, EMERGENCY)
"""Kinds of visits that happen at any hour of any day."""
