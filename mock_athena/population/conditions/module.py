"""What a module of the clinic says about a condition: data, and small functions where data do not say it.

Three kinds: a :class:`Condition` begins and stays (diabetes), an :class:`Illness` comes and goes (a cold), a
:class:`Programme` is a reason to be seen that is no disease (check-ups, a pregnancy's visits). ``life/`` interprets
them; a module never draws from another's random stream, so that adding one changes nothing for the others.
``docs/population.md`` adds one step by step.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Literal, NamedTuple, Protocol

from mock_athena.population.body import Body
from mock_athena.population.person import Person


class Prospect(Protocol):
    """Who is asked whether they have a condition: the person, the body, and the conditions that come before."""

    person: Person
    body: Body

    def has(self, key: str, day: date | None = None) -> bool:
        """Whether the person has the condition ``key`` (on ``day``; ever, without one)."""
        ...

    def onset(self, key: str) -> date | None:
        """When the condition ``key`` began; None for who does not have it."""
        ...

    def level(self, variable: str, day: date) -> float:
        """A latent variable of the body on a day, with all that influences it: see ``body.VARIABLES``."""
        ...


class Influence(NamedTuple):
    """What a condition does to a latent variable of the body.

    The shift grows to ``untreated`` within ``years`` of the onset; half a year of treatment brings it to ``treated``,
    as far as this person's treatment works. ``spread`` says how much it differs between people: the standard deviation
    of its logarithm.
    """

    variable: str
    untreated: float
    treated: float
    years: float = 1.0
    spread: float = 0.0


class Bound(NamedTuple):
    """Between what a latent variable stays while a condition is on the problem list, as its name says (a stage)."""

    variable: str
    low: float
    high: float


class Step(NamedTuple):
    """A step of long-term treatment.

    Attributes:
        drug: key of the formulary.
        above: (variable, level): the step is taken at a follow-up that finds the variable above the level, one step
            a visit; None for what is begun when the condition is found. ``below`` is the same, the other way round.
        share: of those who come so far, how many are given it (the others go on to the next step).
        replaces: drugs whose place it takes; it is begun all the same where none of them is taken.
        raises: the lower dose whose place it takes; who does not take that one is not given this one.
        never_with: keys of conditions that forbid it: once one is known, it is stopped.
        only_with: keys of conditions one of which it is for; empty for everybody.
        from_age, to_age: in years.
        effect: (variable, shift) while it is taken.
        choice: steps of the same choice are alternatives: a person has one of them at most, unless it ``replaces``.
    """

    drug: str
    above: tuple[str, float] | None = None
    below: tuple[str, float] | None = None
    share: float = 1.0
    replaces: tuple[str, ...] = ()
    raises: str = ""
    never_with: tuple[str, ...] = ()
    only_with: tuple[str, ...] = ()
    from_age: int = 0
    to_age: int = 200
    effect: tuple[str, float] | None = None
    choice: str = ""


class Order(NamedTuple):
    """Something done at visits: a panel, a study, a screening, an operation or a referral.

    Attributes:
        what: a key of ``laboratory.PANELS``, ``studies.STUDIES``, ``instruments.INSTRUMENTS``,
            ``operations.OPERATIONS`` or ``referrals.REFERRALS``, by ``kind``.
        every: months until it is due again; 0 for each time that the module is the reason of the visit.
        share: of the times that it is due, how often it is done.
        sex: only for this one. from_age, to_age: in years.
        only: ICD-10-CM; of an illness with ``sites``, only for this one (a cast on the broken side).
    """

    kind: Literal["panel", "study", "screening", "operation", "referral"]
    what: str
    every: int = 0
    share: float = 1.0
    sex: str = ""
    from_age: float = 0
    to_age: float = 200
    only: str = ""


class Remedy(NamedTuple):
    """A short course of a medicine: given to the first of a list that fits age and allergies, with its ``share``."""

    drug: str
    share: float = 1.0
    from_age: float = 0
    to_age: float = 200


class Target(NamedTuple):
    """A goal of a care plan: in words, its measure (LOINC, comparator, value, UCUM unit) and the latent variable behind
    it, by which the goal is found achieved or not (``None`` for what is not measured)."""

    text: str
    measure: tuple[str, str, float, str] | None = None
    variable: str = ""


class Task(NamedTuple):
    """An activity of a care plan, ``times`` every ``period`` ``unit`` (``d``, ``wk``, ``mo``); ``outcome`` in words."""

    description: str
    times: int
    period: int
    unit: str
    outcome: str = ""
    kind: str = ""


class Outline(NamedTuple):
    """The care plan of a condition, renewed every year."""

    title: str
    description: str
    targets: tuple[Target, ...]
    tasks: tuple[Task, ...]


class Admission(NamedTuple):
    """A hospital stay that a condition leads to.

    Attributes:
        icd10, snomed: the principal diagnosis of the stay.
        yearly: chance a year while one has the condition. once: True where it happens once in a life at most.
        days: (fewest, most). planned: False for an emergency.
        remedies: given during the stay. discharge: taken home. orders: done on the first day.
        shifts: (variable, shift) of the vital signs and results on the first day.
        dispositions: discharge-disposition codes with their weights.
        deadly: chance of dying of it.
    """

    icd10: str
    snomed: str
    yearly: float
    days: tuple[int, int]
    planned: bool = False
    once: bool = False
    after_years: float = 0.0
    remedies: tuple[Remedy, ...] = ()
    discharge: tuple[Remedy, ...] = ()
    orders: tuple[Order, ...] = ()
    shifts: tuple[tuple[str, float], ...] = ()
    dispositions: tuple[tuple[str, int], ...] = (("home", 1),)
    deadly: float = 0.0
    summary: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A long-term condition.

    Attributes:
        key: its name in the house, such as ``type-2-diabetes``; also names its random streams.
        name: in words, as in a note.
        icd10, snomed: of the problem list; snomed empty where no code may be shipped.
        onset: the age in years at which it begins, None for who never has it. Called once in a life, with a random
            stream of its own; conditions earlier in ``conditions.CONDITIONS`` are known by then.
        variants: (key of another condition, icd10, snomed): what it is called once that other one is there too.
        replaces: key of an earlier condition that is off the problem list once this one is found (a lower
            stage); what it does to the body goes on.
        severity: of the problem; a function of the draw, empty for not said.
        resolves: (least, most) days until it is over; None for life.
        influences, bounds, treatment, orders, plan, admissions: see their types.
        follow_up: months between visits for it; 0 for none of its own.
        listed, concern: as in ``story.Problem``.
        signs: sentences of the note's assessment. advice: of its plan.
        deadly: chance a year of dying of it, times the years that one has had it over ten.
    """

    key: str
    name: str
    icd10: str
    snomed: str = ""
    onset: Callable[[Prospect, Random], float | None]
    variants: tuple[tuple[str, str, str], ...] = ()
    severities: tuple[tuple[str, int], ...] = ()
    replaces: str = ""
    resolves: tuple[int, int] | None = None
    influences: tuple[Influence, ...] = ()
    bounds: tuple[Bound, ...] = ()
    treatment: tuple[Step, ...] = ()
    follow_up: int = 0
    orders: tuple[Order, ...] = ()
    plan: Outline | None = None
    admissions: tuple[Admission, ...] = ()
    listed: bool = True
    concern: bool = False
    signs: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    deadly: float = 0.0


class Rate(NamedTuple):
    """How often an illness comes a year from one age (in years) to another."""

    from_age: float
    to_age: float
    yearly: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Illness:
    """A short-lived illness or injury, each time an episode with a visit.

    Attributes:
        rates: by age. months: in which it comes (1 to 12), empty for all. sex: only for this one.
        factor: multiplies the rate for this person (asthma makes bronchitis likelier); None for 1.
        sites: variants by chance: (icd10, snomed, weight) in place of ``icd10``/``snomed`` (left and right ear).
        lasts: (fewest, most) days until it is over.
        kind: of the visit (``story.ACUTE``, ``EMERGENCY``, ``VIRTUAL``). after_days: (fewest, most) from the first
            sign to the visit.
        shifts: (variable, mean shift) of the vital signs: ``temperature``, ``pulse``, ``saturation``, ``pain`` …
        orders: done at the visit. remedies: the first that fits is given; ``second`` likewise, beside it.
        follow_up: days until it is looked at again, 0 for not; ``follow_up_icd10`` is what that visit is coded as,
            ``D`` for the same injury as a subsequent encounter.
        healing: sentences of that visit's assessment. since: the first day on which anybody can have it.
        admitted: chance that it leads to ``admission`` instead, from the age of ``admitted_from`` years on.
    """

    key: str
    name: str
    icd10: str
    snomed: str = ""
    rates: tuple[Rate, ...]
    months: tuple[int, ...] = ()
    sex: str = ""
    factor: Callable[[Prospect], float] | None = None
    sites: tuple[tuple[str, str, int], ...] = ()
    lasts: tuple[int, int] = (5, 12)
    kind: str = "acute"
    after_days: tuple[int, int] = (1, 3)
    shifts: tuple[tuple[str, float], ...] = ()
    orders: tuple[Order, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    second: tuple[Remedy, ...] = ()
    follow_up: int = 0
    follow_up_icd10: str = ""
    healing: tuple[str, ...] = ()
    since: date | None = None
    admitted: float = 0.0
    admitted_from: float = 0.0
    admission: Admission | None = None
    signs: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()


class Occasion(NamedTuple):
    """A visit that is going to happen, before it is known what is found.

    Attributes:
        reason: ICD-10-CM of why; its SNOMED CT code or empty. key: of the module that wants it.
        orders: what it brings by itself, besides what is due. shifts: of vital signs and results.
        remedies: the first that fits of each group is given.
        facts: (kind, value) told at it, see ``story.Fact``.
        admission: what it is where it is a stay.
        movable: True where it may be joined with another visit of the same weeks.
    """

    day: date
    kind: str
    reason: str
    snomed: str
    key: str
    orders: tuple[Order, ...] = ()
    shifts: tuple[tuple[str, float], ...] = ()
    remedies: tuple[tuple[Remedy, ...], ...] = ()
    facts: tuple[tuple[str, str | float | date], ...] = ()
    signs: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    admission: Admission | None = None
    movable: bool = False


class Passing(NamedTuple):
    """A problem that is no disease and ends by itself; ``recorded`` is the day on which it was put on the list."""

    icd10: str
    snomed: str
    begun: date
    recorded: date
    over: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """A reason to be seen that is no disease.

    Attributes:
        occasions: the visits from ``since`` to ``until`` (days of the record), in any order; called with a random
            stream of its own, once the conditions are known.
        orders: what is due in the course of it, whatever the reason of a visit (screening by age and sex).
        problems: entries of the problem list that it brings (a pregnancy), from ``since`` to ``until``.
    """

    key: str
    name: str
    occasions: Callable[[Prospect, date, date, Random], Iterator[Occasion]] | None = None
    orders: tuple[Order, ...] = ()
    problems: Callable[[Prospect, date, date], Iterator[Passing]] | None = None
