"""The person whose life is told: what they have, what they take, and how high anything in their body is on a day."""

from datetime import date
from math import exp, sin, tanh

from mock_athena.population.body import VARIABLES, Body
from mock_athena.population.conditions.module import Bound, Condition, Influence
from mock_athena.population.person import Person

_TREATED_AFTER = 182
"""Days until a treatment has its full effect on what a condition does."""
_DRUG_AFTER = 45
_YEAR = 365.25
_AT_ONSET = 0.5
"""How much of what a condition does is there when it begins: by then somebody notices."""
_SOFT = 0.25
"""How near to a bound, as a share of the way between both, a variable is held back; at most ``_SOFTEST``."""
_SOFTEST = 6.0
_PHASES = 0.6
"""Better and worse times of a person with a condition, as a share of the spread between people."""
_WORST, _WELL = 1.8, 1.3
"""Nobody is worse than this standard score; how much better treatment works where the condition is mild."""
_WAVE = 0.3
"""Slow ups and downs, as a share of the spread between people."""


class Course:
    """One condition of one person.

    Attributes:
        number: of the problem, once all are known.
        found: the day on which it was diagnosed. treated: ordinal of the day on which its treatment began, 0 for not.
        control: how well treatment works, about 0.4 to 1.1. score: how bad the condition is, a standard score.
        names: what it is called from a day on, the last that has come counts: (day, ICD-10-CM, SNOMED CT).
        replaced: the day on which another condition took its place.
        followed: ordinal of the day on which it was last looked after.
    """

    __slots__ = (
        "abated",
        "condition",
        "control",
        "followed",
        "found",
        "key",
        "names",
        "number",
        "onset",
        "replaced",
        "score",
        "severity",
        "treated",
    )

    def __init__(
        self,
        condition: Condition,
        onset: date,
        found: date,
        abated: date | None,
        control: float,
        severity: str,
        score: float,
    ) -> None:
        self.condition = condition
        self.key = condition.key
        self.names: list[tuple[date, str, str]] = [(onset, condition.icd10, condition.snomed)]
        self.onset = onset
        self.found = found
        self.abated = abated
        self.control = control
        self.severity = severity
        self.score = score
        self.replaced: date | None = None
        self.number = 0
        self.treated = 0 if condition.treatment else found.toordinal()
        self.followed = 0

    def active(self, day: date) -> bool:
        """Whether the condition is known and not over on a day."""
        over = self.over
        return self.found <= day and (over is None or day < over)

    def named(self, day: date) -> tuple[str, str]:
        """What the condition is called on a day: ICD-10-CM, and SNOMED CT or empty."""
        for since, icd10, snomed in reversed(self.names):
            if since <= day:
                return icd10, snomed
        return self.condition.icd10, self.condition.snomed

    @property
    def over(self) -> date | None:
        """The day from which it is no longer a problem of its own."""
        return self.replaced or self.abated


class Effect:
    """A medicine's shift of a variable, between two ordinals (``end`` is 0 while it is taken)."""

    __slots__ = ("begin", "end", "shift")

    def __init__(self, begin: int, shift: float) -> None:
        self.begin = begin
        self.end = 0
        self.shift = shift


class Life:
    """A prospect of ``conditions.module`` with the conditions and medicines so far.

    Attributes:
        courses: the conditions by key, in the order of ``CONDITIONS``.
    """

    def __init__(self, person: Person, body: Body) -> None:
        self.person = person
        self.body = body
        self.courses: dict[str, Course] = {}
        self._born = person.born.toordinal()
        self._influences: dict[str, list[tuple[Influence, Course]]] = {}
        self._bounds: dict[str, list[tuple[Bound, Course]]] = {}
        self._effects: dict[str, list[Effect]] = {}

    def add(self, course: Course) -> None:
        """The person has one more condition."""
        self.courses[course.key] = course
        for influence in course.condition.influences:
            self._influences.setdefault(influence.variable, []).append((influence, course))
        for bound in course.condition.bounds:
            self._bounds.setdefault(bound.variable, []).append((bound, course))

    def take(self, variable: str, shift: float, day: date) -> Effect:
        """A medicine is begun; set the effect's ``end`` when it is stopped."""
        effect = Effect(day.toordinal(), shift)
        self._effects.setdefault(variable, []).append(effect)
        return effect

    def has(self, key: str, day: date | None = None) -> bool:
        """Whether the person has the condition ``key`` (on ``day``; ever, without one)."""
        course = self.courses.get(key)
        if course is None or day is None:
            return course is not None
        return course.onset <= day and (course.abated is None or day < course.abated)

    def known(self, key: str, day: date) -> bool:
        """Whether the condition ``key`` has been found, and is not over, on a day."""
        course = self.courses.get(key)
        return course is not None and course.found <= day and (course.abated is None or day < course.abated)

    def onset(self, key: str) -> date | None:
        """When the condition ``key`` began; None for who does not have it."""
        course = self.courses.get(key)
        return course.onset if course else None

    def level(self, variable: str, day: date) -> float:
        """A latent variable of the body on a day, with all that influences it."""
        today = day.toordinal()
        level = self.body.baseline(variable, (today - self._born) / _YEAR)
        found = VARIABLES.get(variable)
        if found:
            level += found.spread * _WAVE * sin(today / 97.0 + self.body.scores[variable] * 9)
        for influence, course in self._influences.get(variable, ()):
            level += _shift(influence, course, day, today)
        for effect in self._effects.get(variable, ()):
            if effect.begin < today and (not effect.end or today < effect.end):
                level += effect.shift * min(1.0, (today - effect.begin) / _DRUG_AFTER)
        if variable in self._bounds:
            for bound, course in self._bounds[variable]:
                if course.active(day):
                    level = _held(level, bound)
        return max(0.0, level)


def _shift(influence: Influence, course: Course, day: date, today: int) -> float:
    days = today - course.onset.toordinal()
    if days < 0 or (course.abated and day >= course.abated):
        return 0.0
    grown = min(1.0, _AT_ONSET + (1 - _AT_ONSET) * days / _YEAR / influence.years) if influence.years else 1.0
    works = 0.0
    if course.treated and today > course.treated:
        works = min(1.0, (today - course.treated) / _TREATED_AFTER) * course.control
    untreated, treated = influence.untreated, influence.treated
    if influence.spread:
        score = course.score + _PHASES * sin(today / 131.0 + course.score * 7)
        worse = exp(influence.spread * _WORST * tanh(score / _WORST))
        # However well it goes later: when it was found, it was bad enough to be found.
        untreated, treated = untreated * max(1.0, worse), treated * worse
        works = min(1.0, works * _WELL) if worse < 1 else works
    return grown * (untreated + (treated - untreated) * works)


def _held(level: float, bound: Bound) -> float:
    """A level between its bounds: the nearer to one, the more it is held back."""
    soft = min(_SOFTEST, _SOFT * (bound.high - bound.low))
    if level < bound.low + soft:
        return bound.low + soft * exp((level - bound.low - soft) / soft)
    if level > bound.high - soft:
        return bound.high - soft * exp((bound.high - soft - level) / soft)
    return level
