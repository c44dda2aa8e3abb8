"""What a person's body is like underneath, with nothing wrong: build, pressure, chemistry, habits.

Every variable has a baseline by age and sex and the person's own standard score. Conditions and medicines shift it:
``life/prospect.py``. Distributions are rounded from NHANES: https://www.cdc.gov/nchs/nhanes/.
"""

from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import NamedTuple

from mock_athena.population import growth
from mock_athena.population.cast import role
from mock_athena.population.person import Person

GROWN = 20.0
_SETTLED = 27.0


class Variable(NamedTuple):
    """Baseline of a variable: of women and of men at 40, change a year, spread between people, limits.

    Attributes:
        since: the age from which it changes with the years.
        child: (age, value) points that hold under 18 in place of all that. vary: spread between children, as a share.
    """

    female: float
    male: float
    yearly: float = 0.0
    spread: float = 0.0
    low: float = 0.0
    high: float = 1e9
    since: float = 30.0
    child: tuple[tuple[float, float], ...] = ()
    vary: float = 0.04


VARIABLES = {
    "a1c": Variable(5.2, 5.2, 0.006, 0.17, 4.5, 5.6),
    "glucose": Variable(88, 91, 0.12, 6, 70, 99),
    "systolic": Variable(
        113, 119, 0.28, 7, 95, 138, child=((0, 74), (1, 88), (3, 92), (6, 97), (10, 103), (14, 111), (18, 115))
    ),
    "diastolic": Variable(
        73, 75, 0.02, 4, 61, 88, child=((0, 44), (1, 50), (3, 54), (6, 60), (10, 64), (14, 67), (18, 71))
    ),
    "ldl": Variable(104, 110, 0.1, 21, 50, 158, child=((0, 80), (10, 90), (18, 95))),
    "hdl": Variable(59, 49, 0.05, 9, 34, 90, child=((0, 50), (18, 52))),
    "triglycerides": Variable(92, 108, 0.3, 26, 45, 190, child=((0, 70), (18, 82))),
    "egfr": Variable(103, 101, -0.75, 9, 68, 125, child=((0, 105), (18, 115))),
    "albuminuria": Variable(7, 6, 0.06, 3.5, 2, 26),
    "hemoglobin": Variable(
        13.4,
        15.0,
        -0.008,
        0.6,
        12.1,
        17.0,
        since=50,
        child=((0, 16.0), (0.2, 11.4), (1, 12.0), (6, 12.6), (12, 13.3)),
        vary=0.025,
    ),
    "mcv": Variable(
        89, 89, 0.03, 3, 81, 98, child=((0, 105), (0.5, 77), (2, 79), (6, 82), (12, 85), (18, 88)), vary=0.02
    ),
    "ferritin": Variable(58, 130, 0.5, 24, 20, 280, child=((0, 60), (2, 30), (12, 35), (18, 50))),
    "tsh": Variable(1.8, 1.7, 0.008, 0.55, 0.6, 3.9),
    "uric_acid": Variable(4.5, 5.5, 0.01, 0.7, 2.8, 6.9, child=((0, 3.6), (18, 4.6))),
    "alt": Variable(19, 25, 0.0, 6, 9, 39),
    "fev1": Variable(99, 98, -0.05, 7, 82, 116),
    "ejection_fraction": Variable(62, 61, -0.02, 3, 55, 70),
    "bnp": Variable(45, 32, 1.4, 15, 10, 240),
    "psa": Variable(0, 0.8, 0.035, 0.4, 0.0, 3.6),
    "vitamin_d": Variable(35, 34, 0.0, 5, 26, 55),
    "crp": Variable(1.8, 1.6, 0.02, 0.9, 0.3, 4.6),
    "leukocytes": Variable(6.8, 6.7, 0.0, 1.1, 4.5, 9.8, child=((0, 14), (0.5, 10.5), (4, 8.6), (10, 7.4), (18, 6.9))),
    "platelets": Variable(262, 240, -0.3, 38, 165, 370, child=((0, 290), (4, 310), (18, 265))),
    "potassium": Variable(4.1, 4.2, 0.002, 0.2, 3.6, 4.9),
    "sodium": Variable(139.5, 140, 0.0, 1.4, 136, 144),
    "phq9": Variable(2.0, 1.5, 0.0, 1.5, 0, 4.4),
    "gad7": Variable(2.0, 1.5, 0.0, 1.5, 0, 4.4),
    "pain": Variable(0.0, 0.0),
    "temperature": Variable(98.2, 98.0, 0.0, 0.25, 97.2, 98.9),
    "pulse": Variable(
        75,
        71,
        -0.02,
        6,
        56,
        92,
        child=((0, 140), (0.5, 128), (1, 118), (3, 106), (6, 94), (10, 84), (14, 79), (18, 74)),
    ),
    "breaths": Variable(
        15.2,
        15.0,
        0.01,
        0.9,
        12,
        18,
        child=((0, 42), (0.5, 34), (1, 29), (3, 25), (6, 21), (10, 19), (14, 17), (18, 16)),
    ),
    "saturation": Variable(98.2, 98.0, -0.012, 0.6, 95.5, 99.4),
}
"""Keys and units: see ``baseline``; ``bmi`` has a course of its own."""

_NAMES = tuple(VARIABLES)


@dataclass(frozen=True, slots=True)
class Body:
    """The latent state.

    Attributes:
        stature, heaviness, skull: standard scores of height for age, of body mass index for age, of the head.
        bmi: from 27 to 45 years, in kg/m2.
        scores: standard score by variable.
        smoking_from, smoking_until: ages; None for who never smoked, or still does. packs: cigarettes, packs a day.
        alcohol: 0 none, 1 in measure, 2 too much. activity, adherence, poverty: 0 to 1.
    """

    gender: str
    stature: float
    heaviness: float
    skull: float
    bmi: float
    scores: dict[str, float]
    smoking_from: float | None
    smoking_until: float | None
    packs: float
    alcohol: int
    activity: float
    adherence: float
    poverty: float

    def score(self, variable: str) -> float:
        """The person's own standard score of a variable."""
        return self.scores.get(variable, 0.0)

    def baseline(self, variable: str, age: float) -> float:
        """A variable at an age with no condition and no medicine.

        Units: a1c %, glucose, ldl, hdl, triglycerides, uric_acid mg/dL, systolic, diastolic mmHg, egfr mL/min/1.73m2,
        albuminuria mg/g, hemoglobin g/dL, mcv fL, ferritin, psa, vitamin_d ng/mL, tsh mIU/L, bmi kg/m2, alt U/L,
        fev1 % predicted, ejection_fraction %, bnp pg/mL, crp mg/L, leukocytes, platelets 10*3/uL, potassium, sodium
        mmol/L, phq9, gad7 points, pain 0-10, temperature degF, pulse, breaths /min, saturation %. Pseudo-variables of
        qualitative tests (``strep``) are 0.
        """
        if variable == "bmi":
            return self.bmi_at(age)
        found = VARIABLES.get(variable)
        if found is None:
            return 0.0
        score = self.scores[variable]
        if age < 18 and found.child:
            return _between(found.child, age) * (1 + found.vary * score)
        mean = found.female if self.gender == "female" else found.male
        if age > found.since:
            mean += found.yearly * (age - 40)
        elif found.since <= 40:
            mean += found.yearly * (found.since - 40)
        return min(found.high, max(found.low, mean + found.spread * score))

    def bmi_at(self, age: float) -> float:
        """Body mass index: by the growth charts to 20 years, then slowly up to 60, down again from 72."""
        if age < GROWN:
            return growth.bmi(self.gender, max(age, 2.0), self.heaviness)
        if age < _SETTLED:
            young = growth.bmi(self.gender, GROWN, self.heaviness)
            return young + (self.bmi - young) * (age - GROWN) / (_SETTLED - GROWN)
        return self.bmi + 0.04 * min(max(0.0, age - 45), 15) - 0.12 * max(0.0, age - 72)

    def smokes(self, age: float) -> bool:
        """Whether the person smokes at an age."""
        return self.ever_smoked(age) and (self.smoking_until is None or age < self.smoking_until)

    def ever_smoked(self, age: float) -> bool:
        """Whether the person has begun to smoke by an age."""
        return self.smoking_from is not None and age >= self.smoking_from

    def pack_years(self, age: float) -> float:
        """Packs a day times years, by an age."""
        if self.smoking_from is None or age <= self.smoking_from:
            return 0.0
        return self.packs * (min(age, self.smoking_until or 200.0) - self.smoking_from)


@cache
def _ages(points: tuple[tuple[float, float], ...]) -> tuple[float, ...]:
    return tuple(age for age, _ in points)


def _between(points: tuple[tuple[float, float], ...], age: float) -> float:
    right = bisect_right(_ages(points), age)
    if right == len(points):
        return points[-1][1]
    (young, before), (old, after) = points[right - 1], points[right]
    return before + (after - before) * (age - young) / (old - young)


def draw(person: Person) -> Body:
    """The body of a person."""
    random = person.stream("body")
    scores = dict.fromkeys(_NAMES, 0.0)
    for name in _NAMES:
        scores[name] = _score(random)
    heaviness = _score(random)
    begun, ended = _smoking(random, person)
    bmi = _adult_bmi(random, heaviness)
    if _is_obese(person):
        bmi = max(bmi, 31.0 + abs(heaviness))
    return Body(
        gender=person.gender,
        stature=_score(random),
        heaviness=heaviness,
        skull=_score(random),
        bmi=bmi,
        scores=scores,
        smoking_from=begun,
        smoking_until=ended,
        packs=random.choice((0.25, 0.5, 0.5, 1.0, 1.0, 1.5)),
        alcohol=random.choices((0, 1, 2), (38, 52, 10))[0],
        activity=random.random(),
        adherence=1 - 0.6 * random.random() ** 2,
        poverty=random.random() ** 1.5,
    )


def _score(random: Random) -> float:
    """A standard score without the outer 3 %, so that nobody healthy is out of a reference range."""
    return max(-2.1, min(2.1, random.gauss(0, 0.95)))


def _is_obese(person: Person) -> bool:
    part = role(person.n)
    return part is not None and any(key == "obesity" for key, _ in part.conditions)


def _adult_bmi(random: Random, heaviness: float) -> float:
    return max(18.6, min(46.0, 28.6 + 4.4 * heaviness + random.gauss(0, 2.6)))


def _smoking(random: Random, person: Person) -> tuple[float | None, float | None]:
    drawn = random.choices(("never", "former", "current"), (64, 23, 13))[0]
    begun, years = random.uniform(15, 22), random.uniform(4, 35)
    part = role(person.n)
    drawn = (part.smoking if part else "") or drawn
    if drawn == "never":
        return None, None
    return begun, begun + years if drawn == "former" else None
