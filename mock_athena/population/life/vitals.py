"""Vital signs of a visit, in range for age, shifted by what the visit is about, and agreeing with each other.

https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-vital-signs.html
"""

from collections.abc import Mapping
from datetime import date, datetime
from random import Random

from mock_athena.population import growth
from mock_athena.population.body import GROWN
from mock_athena.population.life.prospect import Life
from mock_athena.population.story import EMERGENCY, FOLLOW_UP, STAY, WELLNESS, Vitals

_BMI_FROM, _HEAD_UNTIL, _PRESSURE_FROM = 2.0, 3.0, 3.0
_SHRINKS_FROM = 60
_SIZED = frozenset((WELLNESS, STAY))
_SIZED_AGAIN = 0.35
"""How often grown-ups are measured at a follow-up; they are weighed each time."""
_PAIN_ASKED = 0.35
_STIFF_FROM, _STIFFER = 55, 0.25
"""Stiff arteries: the age from which the diastolic pressure falls, and by how many mmHg a year."""
_LACKING, _GAINED, _ENOUGH = 91, 5, 95
"""Saturation on room air at which oxygen is given, how much that adds, and at which no more is given."""


def measure(life: Life, day: date, kind: str, shifts: Mapping[str, float], random: Random, taken: datetime) -> Vitals:
    """The vital signs at a visit of a kind (``story.WELLNESS`` …)."""
    age = life.person.age_on(day)
    height, weight = _size(life, age, day, shifts, random)
    systolic, diastolic = _pressure(life, age, day, shifts, random)
    saturation = _level(life, "saturation", day, shifts) + random.uniform(-0.6, 0.6)
    saturation = min(100, max(80, round(saturation)))
    oxygen = _oxygen(saturation, kind)
    bmi = round(weight / (height / 100) ** 2, 1) if age >= _BMI_FROM else None
    sized = kind in _SIZED or age < 18 or (kind == FOLLOW_UP and random.random() < _SIZED_AGAIN)
    fever = shifts.get("temperature", 0.0)
    gender = life.person.gender
    head = round(growth.head(gender, age, life.body.skull), 1) if age < _HEAD_UNTIL and sized else None
    return Vitals(
        taken=taken,
        height=height if sized else None,
        weight=weight,
        bmi=bmi if sized else None,
        temperature=round(_level(life, "temperature", day, shifts) + random.uniform(-0.4, 0.4), 1),
        pulse=round(_level(life, "pulse", day, shifts) + random.uniform(-6, 6) + 3 * max(0.0, fever)),
        breaths=round(_level(life, "breaths", day, shifts) + random.uniform(-1, 1) + max(0.0, fever)),
        saturation=min(_ENOUGH, saturation + _GAINED) if oxygen else saturation,
        systolic=systolic,
        diastolic=diastolic,
        head=head,
        oxygen=oxygen,
        pain=_pain(life, age, day, shifts, random),
        bmi_percentile=growth.bmi_percentile(gender, age, bmi) if bmi and age < GROWN and sized else None,
        weight_for_height_percentile=(
            growth.weight_for_length_percentile(gender, height, weight) if age < _HEAD_UNTIL and sized else None
        ),
        head_percentile=growth.head_percentile(gender, age, head) if head else None,
    )


def _level(life: Life, variable: str, day: date, shifts: Mapping[str, float]) -> float:
    return life.level(variable, day) + shifts.get(variable, 0.0)


def _size(life: Life, age: float, day: date, shifts: Mapping[str, float], random: Random) -> tuple[float, float]:
    """Height in cm, weight in kg."""
    body, gender = life.body, life.person.gender
    height = growth.height(gender, age, body.stature)
    if age < _BMI_FROM:
        score = 0.6 * body.stature + 0.6 * body.heaviness
        weight = growth.infant_weight(gender, age, score) * random.uniform(0.99, 1.01)
        return round(height, 1), round(weight, 2)
    if age > _SHRINKS_FROM:
        height -= 0.1 * (age - _SHRINKS_FROM)
    weight = life.level("bmi", day) * (height / 100) ** 2 * random.uniform(0.985, 1.015) + shifts.get("weight", 0.0)
    return round(height, 1), round(weight, 1)


def _pressure(
    life: Life, age: float, day: date, shifts: Mapping[str, float], random: Random
) -> tuple[int | None, int | None]:
    if age < _PRESSURE_FROM:
        return None, None
    usual = life.level("systolic", day)
    systolic = usual + shifts.get("systolic", 0.0) + random.gauss(0, 4)
    excess = systolic - life.body.baseline("systolic", age)
    stiff = _STIFFER * max(0.0, age - _STIFF_FROM)
    diastolic = (
        life.level("diastolic", day) - stiff + shifts.get("diastolic", 0.0) + 0.35 * excess + random.gauss(0, 2.5)
    )
    rounded = round(min(210, max(76, systolic)))
    return rounded, round(min(rounded - max(26, 0.32 * rounded), max(42, diastolic)))


def _oxygen(saturation: int, kind: str) -> tuple[float, int] | None:
    """Flow in L/min and the percentage of oxygen breathed with it, for who lacks it on room air in hospital."""
    if saturation > _LACKING or kind not in (STAY, EMERGENCY):
        return None
    flow = 4.0 if saturation < 86 else 3.0 if saturation < 89 else 2.0
    return flow, 20 + round(4 * flow)


def _pain(life: Life, age: float, day: date, shifts: Mapping[str, float], random: Random) -> int | None:
    level = life.level("pain", day) + shifts.get("pain", 0.0)
    asked = random.random() < _PAIN_ASKED
    if age < 5 or (not asked and level < 1):
        return None
    return min(10, max(0, round(level + random.uniform(-0.7, 0.7))))
