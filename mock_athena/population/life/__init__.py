"""Tells the life of one person as a :class:`story.Story`: conditions, visits, and all that comes of them.

``courses`` (what they have) and ``window`` (how long they are known) lead to ``episodes`` and ``agenda`` (when they
are seen); ``visits`` then goes through the visits in order. Each draws from random streams of its own.
"""

from datetime import date
from typing import NamedTuple

from mock_athena.population import body
from mock_athena.population.conditions import CONDITIONS, ILLNESSES, PROGRAMMES
from mock_athena.population.conditions.module import Passing
from mock_athena.population.conditions.pregnancy import KEY as EXPECTING
from mock_athena.population.life import agenda, allergies, bookings, courses, episodes, history, vaccines, window
from mock_athena.population.life.agenda import Planned
from mock_athena.population.life.episodes import Episode
from mock_athena.population.life.medicines import Medicines
from mock_athena.population.life.prospect import Course, Life
from mock_athena.population.life.visits import Clinic
from mock_athena.population.life.window import Window
from mock_athena.population.person import Person
from mock_athena.population.story import Prescription, Problem, Story, Vaccination, Visit

__all__ = ["tell"]


class _Numbered(NamedTuple):
    """The problems, and the numbers of the episodes and passing problems by identity."""

    problems: tuple[Problem, ...]
    numbers: dict[int, int]


def tell(person: Person) -> Story:
    """The whole record of a person."""
    life = Life(person, body.draw(person))
    courses.draw(life, CONDITIONS)
    known = window.draw(life)
    ill = list(episodes.illnesses(life, known, ILLNESSES))
    occasions = [one for episode in ill for one in episode.occasions]
    planned = agenda.plan(life, known, [*occasions, *episodes.admissions(life, known)], PROGRAMMES)
    passing = [
        (one.key, it) for one in PROGRAMMES if one.problems for it in one.problems(life, known.since, known.until)
    ]
    numbered = _number(life, known, [*((one.key, one) for one in ill), *passing], planned)
    first = planned[0].day if planned else known.since
    allergic = allergies.draw(life, first) if planned else ()
    expecting = tuple((it.recorded, it.over or date.max) for key, it in passing if key == EXPECTING)
    medicines = Medicines(life, allergic, expecting, person.stream("medicines"))
    clinic = Clinic(life, medicines, PROGRAMMES, _by_occasion(ill), passing, numbered.numbers)
    clinic.open(first)
    died, cause = known.died, known.cause
    for one in planned:
        if not clinic.see(one) and clinic.died:
            died, cause = clinic.died
            break
    until = died.date() if died else known.until
    known = Window(known.since, until, died, cause)
    given = vaccines.give(life, known, planned[: len(clinic.visits)]) if planned else []
    return Story(
        person=person,
        problems=tuple(one for one in numbered.problems if one.recorded <= until) if planned else (),
        allergies=allergic,
        visits=tuple(_whole(clinic.visits, medicines.finish(until, died is not None), given)),
        vaccinations=tuple(one for one in given if not one.visit),
        operations=history.operations(life, first) if planned else (),
        plans=clinic.plans.finish(until, died is not None),
        bookings=bookings.draw(life, known, clinic.visits),
        died=died,
        cause_of_death=cause,
    )


def _by_occasion(ill: list[Episode]) -> dict[tuple[str, date], Episode]:
    return {(episode.key, one.day): episode for episode in ill for one in episode.occasions}


def _number(
    life: Life, known: Window, others: list[tuple[str, Episode | Passing]], planned: list[Planned]
) -> _Numbered:
    """Number what the person has by its onset: what is known by the end of the record, and illnesses that were seen."""
    seen = {(occasion.key, occasion.day) for one in planned for occasion in one.occasions}
    found: list[tuple[date, str, Course | Episode | Passing]] = [
        (course.onset, course.key, course) for course in life.courses.values() if course.found <= known.until
    ]
    found += [
        (one.begun, key, one)
        for key, one in others
        if isinstance(one, Passing) or any((key, occasion.day) in seen for occasion in one.occasions)
    ]
    found.sort(key=lambda one: (one[0], one[1]))
    first = planned[0].day if planned else known.since
    problems, numbers = [], {}
    for number, (_, key, one) in enumerate(found, 1):
        if isinstance(one, Course):
            one.number = number
            problems.append(_course_problem(one, number, first, known.until))
            continue
        numbers[id(one)] = number
        if isinstance(one, Passing):
            problems.append(_passing_problem(one, key, number))
        else:
            problems.append(_episode_problem(one, number, known))
    return _Numbered(tuple(problems), numbers)


def _course_problem(course: Course, number: int, first: date, until: date) -> Problem:
    condition = course.condition
    recorded = max(course.found, first)
    icd10, snomed = course.named(until)
    return Problem(
        number,
        course.key,
        icd10,
        snomed,
        course.onset,
        recorded,
        course.over if course.over and course.over <= until else None,
        condition.listed,
        condition.concern,
        course.severity,
    )


def _passing_problem(one: Passing, key: str, number: int) -> Problem:
    return Problem(number, key, one.icd10, one.snomed, one.begun, one.recorded, one.over)


def _episode_problem(episode: Episode, number: int, known: Window) -> Problem:
    over = episode.over if episode.over <= known.until else None
    recorded = episode.occasions[0].day
    return Problem(number, episode.key, episode.icd10, episode.snomed, episode.begun, recorded, over, listed=False)


def _whole(visits: list[Visit], prescriptions: dict[int, list[Prescription]], given: list[Vaccination]) -> list[Visit]:
    """The visits, with the prescriptions as they ended and the vaccines."""
    vaccinations: dict[int, list[Vaccination]] = {}
    for one in given:
        vaccinations.setdefault(one.visit, []).append(one)
    return [
        visit._replace(
            prescriptions=tuple(prescriptions.get(visit.order, ())),
            vaccinations=tuple(vaccinations.get(visit.order, ())),
        )
        for visit in visits
    ]
