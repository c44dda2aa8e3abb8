"""Which long-term conditions a person has, since when and how well they are treated: each drawn from its own stream."""

from datetime import date, timedelta
from random import Random

from mock_athena.population.cast import Role, role
from mock_athena.population.conditions.module import Condition
from mock_athena.population.life.prospect import Course, Life

_YEAR = 365.25


def draw(life: Life, conditions: tuple[Condition, ...]) -> None:
    """Give the person their conditions, in the order in which modules may ask for each other."""
    part = role(life.person.n)
    random = life.person.stream("conditions")
    for condition in conditions:
        life.person.restart(random, f"condition/{condition.key}")
        age = _onset(life, condition, random, part)
        if age is None:
            continue
        onset = life.person.born + timedelta(days=int(age * _YEAR))
        if onset < life.person.as_of - timedelta(days=14):
            life.add(_course(life, condition, onset, random))
    for course in life.courses.values():
        _name(life, course)
        before = life.courses.get(course.condition.replaces)
        if before and before.abated is None:
            before.replaced = max(course.found, before.found)


def _onset(life: Life, condition: Condition, random: Random, part: Role | None) -> float | None:
    age = condition.onset(life, random)
    if part is None:
        return age
    for key, day in part.onset_dates:
        if key == condition.key:
            return ((date.fromisoformat(day) - life.person.born).days + 0.5) / _YEAR
    for key, forced in part.conditions:
        if key == condition.key:
            return _forced(life, age, forced, random)
    return None if "*" in part.never or condition.key in part.never else age


def _forced(life: Life, drawn: float | None, at: float, random: Random) -> float:
    """The age at which a role has a condition: as it says, else as drawn where that is past, else some time ago."""
    now = life.person.age_on(life.person.as_of)
    if at and at < now - 0.1:
        return at + random.random() * min(0.9, now - 0.1 - at)
    if drawn is not None and drawn < now - 1:
        return drawn
    return now * random.uniform(0.7, 0.95)


def _course(life: Life, condition: Condition, onset: date, random: Random) -> Course:
    lag = timedelta(days=int(200 * random.random() ** 2))
    if _dated(life, condition):
        lag = timedelta()
    control = min(1.15, max(0.35, random.gauss(0.72 + 0.3 * (life.body.adherence - 0.5), 0.15)))
    abated = None
    if condition.resolves:
        abated = onset + lag + timedelta(days=random.randint(*condition.resolves))
        if abated >= life.person.as_of:
            abated = None
    severity = ""
    if condition.severities:
        names, weights = zip(*condition.severities, strict=True)
        severity = random.choices(names, weights)[0]
    found = min(onset + lag, life.person.as_of - timedelta(days=8))
    score = max(-2.2, min(2.2, random.gauss(0.0, 1.0)))
    return Course(condition, onset, max(onset, found), abated, control, severity, score)


def _dated(life: Life, condition: Condition) -> bool:
    part = role(life.person.n)
    return part is not None and any(key == condition.key for key, _ in part.onset_dates)


def _name(life: Life, course: Course) -> None:
    """What the condition is called, once each of the others has been found; the first of the list outlasts the rest."""
    latest = date.max
    for other, icd10, snomed in course.condition.variants:
        later = life.courses.get(other)
        if later and later.found < latest:
            latest = later.found
            course.names.insert(1, (latest, icd10, snomed))
