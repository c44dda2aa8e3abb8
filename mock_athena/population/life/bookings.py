"""Appointments that led to no visit: those still to come, and those that were cancelled or missed."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from mock_athena.population import moments, staff
from mock_athena.population.life.agenda import open_on_or_after
from mock_athena.population.life.prospect import Life
from mock_athena.population.life.window import Window
from mock_athena.population.person import Person
from mock_athena.population.story import FOLLOW_UP, WELLNESS, Booking, Visit

_WELL_ADULT, _WELL_CHILD = "Z00.00", "Z00.129"
_BECAUSE = ("pat", "pat", "pat-crs", "pat-fb", "prov")
_LENGTHS = {WELLNESS: 40, FOLLOW_UP: 20}
_MADE_BEFORE = 30
_PLACES, _PLACE, _OPENS = 12, 40, 13 * 60
"""Into how many places, of how many minutes, the hours of a clinician's day are divided, and when they begin."""
_ROUND = 42
"""Weekdays until a patient's place comes again: there are no fewer places in them than patients in a panel."""
_WEEKDAYS, _WEEK = 5, 7


def draw(life: Life, window: Window, visits: list[Visit]) -> tuple[Booking, ...]:
    """The bookings in order of time."""
    if not visits:
        return ()
    random = life.person.stream("bookings")
    found = [*_missed(life, window, visits, random)]
    if not window.died:
        found += _planned(life, visits, random)
    return tuple(sorted(found, key=lambda one: one.start))


def slot(n: int) -> tuple[int, int]:
    """The place of patient ``n`` in the round of weekdays, and in the day: no other patient of the clinician has it."""
    return divmod((n - 1) % staff.PANEL, _PLACES)


def own_day(n: int, first: date) -> date:
    """The first day from ``first`` on at which the clinician of patient ``n`` has a place for them."""
    place, day = slot(n)[0], open_on_or_after(first)
    week, weekday = divmod(day.toordinal() - 1, _WEEK)
    wait = (place - week * _WEEKDAYS - weekday) % _ROUND
    weeks, weekday = divmod(weekday + wait, _WEEKDAYS)
    day = date.fromordinal(_WEEK * (week + weeks) + weekday + 1)
    return day if day == open_on_or_after(day) else own_day(n, day + timedelta(days=1))


def _booking(person: Person, status: str, kind: str, reason: str, made: date, day: date, random: Random) -> Booking:
    start = moments.at(day, _OPENS + _PLACE * slot(person.n)[1])
    provider = staff.primary_care_number(person.n, child=person.age_on(day) < 18)
    end = start + timedelta(minutes=_LENGTHS[kind])
    because = random.choice(_BECAUSE) if status == "cancelled" else ""
    return Booking(
        status, kind, reason, moments.at(made, 14 * 60 + random.randint(0, 400)), start, end, provider, because
    )


def _planned(life: Life, visits: list[Visit], random: Random) -> Iterator[Booking]:
    """The next check-up, and the next follow-up of the most pressing condition."""
    as_of, last = life.person.as_of, visits[-1]
    made = max(last.start.date(), as_of - timedelta(days=200))
    day = own_day(life.person.n, as_of + timedelta(days=random.randint(5, _next(life))))
    status = random.choices(("booked", "proposed", "waitlist", "pending"), (82, 6, 6, 6))[0]
    well = _WELL_CHILD if life.person.age_on(day) < 18 else _WELL_ADULT
    yield _booking(life.person, status, WELLNESS, well, made, day, random)
    followed = [one for one in life.courses.values() if one.condition.follow_up and one.active(as_of)]
    if followed:
        course = min(followed, key=lambda one: one.condition.follow_up)
        days = random.randint(4, max(10, course.condition.follow_up * 30 - 2 * _ROUND))
        after = own_day(life.person.n, as_of + timedelta(days=days))
        if after != day:
            yield _booking(life.person, "booked", FOLLOW_UP, course.named(as_of)[0], made, after, random)


def _next(life: Life) -> int:
    """Days within which a place for the next check-up is looked for: the younger, the sooner."""
    age = life.person.age
    return 6 if age < 1 else 60 if age < 3 else 180


def _missed(life: Life, window: Window, visits: list[Visit], random: Random) -> Iterator[Booking]:
    taken = [(one.start.date(), one.end.date()) for one in visits]
    days = (window.until - visits[0].start.date()).days
    expected = (1.2 - life.body.adherence) * days / 800
    for _ in range(min(4, int(expected + random.random()))):
        day = open_on_or_after(visits[0].start.date() + timedelta(days=random.randint(10, max(11, days))))
        if day <= window.until and not any(first <= day <= last for first, last in taken):
            status = random.choice(("cancelled", "noshow"))
            made = max(life.person.born, day - timedelta(days=random.randint(3, _MADE_BEFORE)))
            reason = _WELL_CHILD if life.person.age_on(day) < 18 else _WELL_ADULT
            yield _booking(life.person, status, WELLNESS, reason, made, day, random)
