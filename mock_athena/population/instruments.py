"""Questionnaires: their questions and answers by LOINC, how they are scored, and how a person answers them.

PHQ, GAD-7: https://www.phqscreeners.com; AUDIT-C: https://loinc.org/72109-2; Hunger Vital Sign: https://loinc.org/88121-9;
PRAPARE: https://prapare.org. A Questionnaire of LOINC has the address ``http://loinc.org/q/{code}``.
"""

from collections.abc import Callable
from datetime import date, datetime
from random import Random
from typing import Any, NamedTuple

from mock_athena.population.story import Answer, Screening

CANONICAL = "http://loinc.org/q/"

YES, NO = "LA33-6", "LA32-8"
NOT_AT_ALL = "LA6568-5"
FREQUENCY = (NOT_AT_ALL, "LA6569-3", "LA6570-1", "LA6571-9")
OFTEN_TRUE, SOMETIMES_TRUE, NEVER_TRUE = "LA28397-0", "LA6729-3", "LA28398-8"
AT_RISK, NO_RISK = "LA19952-3", "LA19983-8"

_HOW_OFTEN = ("LA6270-8", "LA18926-8", "LA18927-6", "LA18928-4", "LA18929-2")
_HOW_MANY = ("LA15694-5", "LA15695-2", "LA18930-0", "LA18931-8", "LA18932-6")
_SIX_OR_MORE = ("LA6270-8", "LA18933-4", "LA18876-5", "LA18891-4", "LA18934-2")

_PHQ = ("44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3", "44260-8")
_GAD = ("69725-0", "68509-9", "69733-4", "69734-2", "69735-9", "69689-8", "69736-7")
_AUDIT = ("68518-0", "68519-8", "68520-6")
_HUNGER = ("88122-7", "88123-5", "88124-3")
HOUSING, HOUSING_WORRY, EMPLOYMENT, TRANSPORT = "71802-3", "93033-9", "67875-5", "93030-5"
COMPANY, STRESS, SAFETY = "93029-7", "93038-8", "93026-3"
_PRAPARE = (HOUSING, HOUSING_WORRY, EMPLOYMENT, TRANSPORT, COMPANY, STRESS, SAFETY)


class Item(NamedTuple):
    """A question (LOINC) and its answers (LOINC answer codes), in the order of their points where they have any."""

    code: str
    answers: tuple[str, ...]


class Instrument(NamedTuple):
    """A questionnaire.

    Attributes:
        code: LOINC of the panel. score: LOINC of its total, empty for none. category: of US Core, such as ``sdoh``.
        highest: the most points.
    """

    code: str
    score: str
    items: tuple[Item, ...]
    category: str = ""
    highest: int = 0
    title: str = ""

    @property
    def uri(self) -> str:
        """The canonical URL of the Questionnaire."""
        return CANONICAL + self.code


def _scale(codes: tuple[str, ...]) -> tuple[Item, ...]:
    return tuple(Item(code, FREQUENCY) for code in codes)


INSTRUMENTS: dict[str, Instrument] = {
    "phq-2": Instrument("55757-9", "55758-7", _scale(_PHQ[:2]), highest=6, title="PHQ-2"),
    "phq-9": Instrument("44249-1", "44261-6", _scale(_PHQ), highest=27, title="PHQ-9"),
    "gad-7": Instrument("69737-5", "70274-6", _scale(_GAD), highest=21, title="GAD-7"),
    "audit-c": Instrument(
        "72109-2",
        "75626-2",
        (Item(_AUDIT[0], _HOW_OFTEN), Item(_AUDIT[1], _HOW_MANY), Item(_AUDIT[2], _SIX_OR_MORE)),
        highest=12,
        title="AUDIT-C",
    ),
    "hunger-vital-sign": Instrument(
        "88121-9",
        "",
        (
            Item(_HUNGER[0], (NEVER_TRUE, SOMETIMES_TRUE, OFTEN_TRUE)),
            Item(_HUNGER[1], (NEVER_TRUE, SOMETIMES_TRUE, OFTEN_TRUE)),
            Item(_HUNGER[2], (NO_RISK, AT_RISK)),
        ),
        "sdoh",
        title="Hunger Vital Sign",
    ),
    "prapare": Instrument(
        "93025-5",
        "",
        (
            Item(HOUSING, ("LA30189-7", "LA30190-5")),
            Item(HOUSING_WORRY, (NO, YES)),
            Item(EMPLOYMENT, ("LA30136-8", "LA30138-4", "LA17956-6", "LA30137-6")),
            Item(TRANSPORT, (NO, "LA30133-5", "LA30134-3")),
            Item(COMPANY, ("LA30132-7", "LA30131-9", "LA30130-1", "LA27722-0")),
            Item(STRESS, (NOT_AT_ALL, "LA13863-8", "LA13909-9", "LA13902-4", "LA13914-9")),
            Item(SAFETY, (YES, NO)),
        ),
        "sdoh",
        title="PRAPARE",
    ),
}
"""Key → instrument; the keys are those of ``conditions.module.Order``."""


def fill(key: str, who: Any, day: date, random: Random, taken: datetime) -> Screening:
    """The instrument as ``who`` (a ``conditions.module.Prospect``) answers it on a day.

    Raises:
        KeyError: there is no such instrument.
    """
    answers = _ANSWERS[key](who, day, random)
    scored = INSTRUMENTS[key].score
    return Screening(key, taken, answers, sum(answer.points for answer in answers) if scored else None)


def _spread(items: tuple[Item, ...], total: float, random: Random, weights: tuple[int, ...]) -> tuple[Answer, ...]:
    """Points over the questions: about ``total`` in all, at most 3 each, more where the weight is greater."""
    points = [0] * len(items)
    left = min(3 * len(items), max(0, round(total)))
    order = list(range(len(items)))
    while left:
        index = random.choices(order, weights)[0]
        if points[index] < 3:
            points[index] += 1
            left -= 1
        elif all(count == 3 for count, weight in zip(points, weights, strict=True) if weight):
            break
    return tuple(Answer(item.code, item.answers[count], count) for item, count in zip(items, points, strict=True))


def _phq9(who: Any, day: date, random: Random) -> tuple[Answer, ...]:
    """The last question, about death, only weighs where the mood is low."""
    level = who.level("phq9", day) + random.gauss(0, 1)
    weights = (5, 5, 5, 6, 4, 4, 4, 2, 1 if level > 14 else 0)
    return _spread(INSTRUMENTS["phq-9"].items, level, random, weights)


def _phq2(who: Any, day: date, random: Random) -> tuple[Answer, ...]:
    level = who.level("phq9", day) * 0.3 + random.gauss(-0.2, 0.4)
    return _spread(INSTRUMENTS["phq-2"].items, level, random, (1, 1))


def _gad7(who: Any, day: date, random: Random) -> tuple[Answer, ...]:
    level = who.level("gad7", day) + random.gauss(0, 1)
    return _spread(INSTRUMENTS["gad-7"].items, level, random, (6, 5, 5, 4, 3, 3, 2))


# Points of the three questions, by how much somebody drinks (``body.alcohol``).
_DRINKING: tuple[tuple[tuple[int, ...], ...], ...] = (
    ((0,), (0,), (0,)),
    ((1, 2, 2, 3), (0, 0, 1), (0, 0, 1)),
    ((3, 4), (1, 2, 3), (2, 3)),
)


def _audit_c(who: Any, _: date, random: Random) -> tuple[Answer, ...]:
    """Who never drinks is asked only the first question."""
    drawn = [random.choice(points) for points in _DRINKING[who.body.alcohol]]
    items = INSTRUMENTS["audit-c"].items
    asked = 3 if drawn[0] else 1
    return tuple(Answer(items[at].code, items[at].answers[drawn[at]], drawn[at]) for at in range(asked))


def _hunger(who: Any, day: date, random: Random) -> tuple[Answer, ...]:
    hungry = who.has("food-insecurity", day)
    worried = random.choice((SOMETIMES_TRUE, OFTEN_TRUE)) if hungry else NEVER_TRUE
    lasted = random.choice((NEVER_TRUE, SOMETIMES_TRUE, OFTEN_TRUE)) if hungry else NEVER_TRUE
    return (
        Answer(_HUNGER[0], worried),
        Answer(_HUNGER[1], lasted),
        Answer(_HUNGER[2], AT_RISK if hungry else NO_RISK),
    )


def _employment(who: Any, day: date, random: Random) -> str:
    """The aged and the very young are mostly not looking for work."""
    answers = INSTRUMENTS["prapare"].items[2].answers
    age = who.person.age_on(day)
    if age >= 66 or age < 20:
        return random.choices(answers, (8, 12, 0, 80))[0]
    jobless = 3 + 22 * who.body.poverty
    return random.choices(answers, (72, 14, jobless, 12))[0]


def _prapare(who: Any, day: date, random: Random) -> tuple[Answer, ...]:
    housing, worry, _, transport, company, stress, safety = INSTRUMENTS["prapare"].items
    shaky, alone = who.has("housing-instability", day), who.has("social-isolation", day)
    strain = min(4, max(0, round(who.level("gad7", day) / 4 + random.gauss(0.3, 0.6))))
    return (
        Answer(housing.code, housing.answers[shaky and random.random() < 0.25]),
        Answer(worry.code, YES if shaky else NO),
        Answer(EMPLOYMENT, _employment(who, day, random)),
        Answer(transport.code, transport.answers[random.randint(1, 2) if who.body.poverty > 0.88 else 0]),
        Answer(company.code, company.answers[3 if alone else random.choice((0, 0, 1, 1, 2))]),
        Answer(stress.code, stress.answers[strain]),
        Answer(safety.code, YES),
    )


_ANSWERS: dict[str, Callable[[Any, date, Random], tuple[Answer, ...]]] = {
    "phq-2": _phq2,
    "phq-9": _phq9,
    "gad-7": _gad7,
    "audit-c": _audit_c,
    "hunger-vital-sign": _hunger,
    "prapare": _prapare,
}
