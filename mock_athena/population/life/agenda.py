"""When a person is seen: what leads to a visit, joined so that nobody is in two places, or twice in a week."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from mock_athena.population import moments
from mock_athena.population.cast import role
from mock_athena.population.conditions.module import Occasion, Programme
from mock_athena.population.life.episodes import URGENT
from mock_athena.population.life.prospect import Course, Life
from mock_athena.population.life.window import Window
from mock_athena.population.story import FOLLOW_UP, PRENATAL, STAY, VIRTUAL, WELLNESS

ROUTINE = (WELLNESS, FOLLOW_UP)
_MONTH = 30.44
_JOINED = 32
_AFTER_STAY = 9
_HOLIDAYS = frozenset(((1, 1), (7, 4), (12, 25)))


class Planned(NamedTuple):
    """A visit that is going to happen; ``days`` is the length of a stay, 0 otherwise."""

    day: date
    kind: str
    occasions: tuple[Occasion, ...]
    days: int = 0


def plan(life: Life, window: Window, occasions: list[Occasion], programmes: tuple[Programme, ...]) -> list[Planned]:
    """All visits in order of time."""
    random = life.person.stream("agenda")
    part = role(life.person.n)
    if part and part.record == "nothing":
        return []
    gathered = [*occasions, *_programmes(life, window, programmes)]
    gathered = [one for one in gathered if _within(one.day, window)]
    stays = _stays(random, window, [one for one in gathered if one.kind == STAY])
    seen = [one for one in gathered if one.kind != STAY]
    seen += _follow_ups(life, window, seen, random)
    seen += _after_stays(stays, window, {(one.key, one.kind) for one in seen})
    planned = [*stays, *_visits(seen, stays, window)]
    planned.sort(key=lambda one: one.day)
    if not planned and not window.died:
        planned = [_first(life, window)]
    return planned[-1:] if part and part.record == "once" else planned


def _within(day: date, window: Window) -> bool:
    return window.since <= day <= window.until


def _programmes(life: Life, window: Window, programmes: tuple[Programme, ...]) -> Iterator[Occasion]:
    for programme in programmes:
        if programme.occasions:
            random = life.person.stream(f"programme/{programme.key}")
            yield from programme.occasions(life, window.since, window.until, random)


def _first(life: Life, window: Window) -> Planned:
    """Nobody is a patient who was never seen."""
    code = "Z00.129" if life.person.age_on(window.since) < 18 else "Z00.00"
    day = moments.weekday_on_or_after(window.since + (window.until - window.since) / 2)
    kind = "well-child" if code == "Z00.129" else "well-adult"
    return Planned(min(day, window.until), WELLNESS, (Occasion(day, WELLNESS, code, "", kind),))


def _stays(random: Random, window: Window, occasions: list[Occasion]) -> list[Planned]:
    made: list[Planned] = []
    for one in sorted(occasions, key=lambda one: one.day):
        days = random.randint(*one.admission.days) if one.admission else 2
        if made and one.day <= made[-1].day + timedelta(days=made[-1].days + 20):
            continue
        if one.day + timedelta(days=days) < window.until:
            made.append(Planned(one.day, STAY, (one,), days))
    return made


def _after_stays(stays: list[Planned], window: Window, others: set[tuple[str, str]]) -> Iterator[Occasion]:
    for planned in stays:
        day = planned.day + timedelta(days=planned.days + _AFTER_STAY)
        first = planned.occasions[0]
        if day < window.until and (first.key, FOLLOW_UP) not in others:
            yield Occasion(day, FOLLOW_UP, first.reason, first.snomed, first.key)


def _follow_ups(life: Life, window: Window, seen: list[Occasion], random: Random) -> Iterator[Occasion]:
    """One rhythm of visits for all conditions: the most pressing one sets it, check-ups count."""
    courses = [course for course in life.courses.values() if course.condition.follow_up]
    if not courses:
        return
    checked = sorted(one.day for one in seen if one.kind == WELLNESS)
    day = max(window.since + timedelta(days=random.randint(3, 90)), min(course.found for course in courses))
    while day < window.until:
        active = [course for course in courses if course.active(day)]
        if active:
            leading = min(active, key=lambda course: course.condition.follow_up)
            if not any(abs((day - other).days) < _JOINED for other in checked) and _comes(life, random, leading, day):
                icd10, snomed = leading.named(day)
                yield Occasion(day, FOLLOW_UP, icd10, snomed, leading.key, movable=True)
            months = leading.condition.follow_up * random.uniform(0.9, 1.25)
        else:
            months = 3.0
        new = [course.found for course in courses if course.found > day]
        day = min([day + timedelta(days=max(14, int(months * _MONTH))), *new])


def _comes(life: Life, random: Random, course: Course, day: date) -> bool:
    return day == course.found or random.random() < 0.55 + 0.45 * life.body.adherence


def _visits(seen: list[Occasion], stays: list[Planned], window: Window) -> list[Planned]:
    """The visits, at most one every few days, none near a stay; on weekdays but for emergencies."""
    made: list[Planned] = []
    for one in sorted(seen, key=lambda one: (one.day, one.kind)):
        day = one.day if one.kind in URGENT else open_on_or_after(one.day)
        free = _clear_of(stays, day, one.movable or one.kind in ROUTINE)
        if free is None or free > window.until:
            continue
        day = free
        last = made[-1] if made else None
        if last and _joins(last, one, day):
            made[-1] = _joined(last, one)
        elif last is None or day > last.day:
            made.append(Planned(day, one.kind, (one,)))
    return made


def open_on_or_after(day: date) -> date:
    """The day, or the next one on which the practice is open."""
    day = moments.weekday_on_or_after(day)
    while (day.month, day.day) in _HOLIDAYS:
        day = moments.weekday_on_or_after(day + timedelta(days=1))
    return day


def _clear_of(stays: list[Planned], day: date, later: bool) -> date | None:
    """The day, or one after the stay that it falls into; None for what is then no longer needed."""
    for planned in stays:
        if planned.day - timedelta(days=2) <= day <= planned.day + timedelta(days=planned.days + 4):
            if not later:
                return None
            day = open_on_or_after(planned.day + timedelta(days=planned.days + 6))
    return day


def _joins(last: Planned, one: Occasion, day: date) -> bool:
    """Whether what is planned next is done at the visit before."""
    days = (day - last.day).days
    if days <= 0:
        return True
    if last.kind in URGENT or one.kind in URGENT:
        return False
    if PRENATAL in (last.kind, one.kind):
        return one.kind != last.kind and days < 3
    if one.movable and last.kind in ROUTINE:
        return days < _JOINED
    return one.kind in ROUTINE and last.kind in ROUTINE and days < 6


def _joined(last: Planned, one: Occasion) -> Planned:
    kind = WELLNESS if WELLNESS in (last.kind, one.kind) and last.kind != PRENATAL else last.kind
    kind = one.kind if kind == VIRTUAL else kind
    return Planned(last.day, kind, (*last.occasions, one))
