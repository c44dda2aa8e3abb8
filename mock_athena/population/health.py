"""What a person's body is like underneath: long-term conditions, allergies, build, blood pressure, A1c, smoking.

Everything that is measured, diagnosed or prescribed later is read off this one value, so that it agrees.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from mock_athena.population.ailments import (
    AILMENTS,
    DIABETES,
    HYPERLIPIDEMIA,
    HYPERTENSION,
    KNEE_ARTHRITIS,
    OBESITY,
    Ailment,
)
from mock_athena.population.drugs import ASPIRIN, PENICILLINS
from mock_athena.population.person import ADULT, GUIDE_PATIENT, Person

NEVER_SMOKED, USED_TO_SMOKE, SMOKES = "266919005", "8517006", "449868002"

APPENDICITIS, PNEUMONIA, KNEE_REPLACEMENT = "K35.80", "J18.9", KNEE_ARTHRITIS

_GUIDE_ONSET = date(2021, 3, 9)
LATEX = "1314891"
FOODS = ("762952008", "735029006", "102263004")
_SUBSTANCES = (*PENICILLINS, "10180", ASPIRIN, "2670", LATEX, *FOODS)


@dataclass(frozen=True, slots=True)
class Health:
    """The latent state.

    Attributes:
        onsets: ICD-10-CM code → day of onset, in order of onset.
        allergies: RxNorm ingredients or SNOMED CT substances.
        stays: ICD-10-CM reasons of the hospital stays.
        stature: standard scores from the median height for age and sex.
        heaviness: the same for weight, where height alone does not say it.
        bmi: of an adult, in kg/m2.
        systolic: usual, as an adult, in mmHg.
        a1c: usual haemoglobin A1c, in percent.
        ldl: usual LDL cholesterol, in mg/dL.
        smoking: a SNOMED CT code of US Core's smoking status.
    """

    onsets: dict[str, date]
    allergies: tuple[str, ...]
    stays: tuple[str, ...]
    stature: float
    heaviness: float
    bmi: float
    systolic: int
    a1c: float
    ldl: int
    smoking: str


def draw(person: Person) -> Health:
    """The health of a person."""
    random = person.stream("health")
    bmi = round(min(44.0, max(18.0, random.gauss(27.5, 5.0))), 1)
    onsets = _onsets(person, bmi)
    return Health(
        onsets=onsets,
        allergies=_allergies(person.stream("allergies")),
        stays=_stays(person, onsets),
        stature=_score(random),
        heaviness=_score(random),
        bmi=bmi,
        systolic=random.randint(126, 144) if HYPERTENSION in onsets else random.randint(106, 126),
        a1c=_a1c(random, onsets),
        ldl=random.randint(118, 162) if HYPERLIPIDEMIA in onsets else random.randint(72, 114),
        smoking=_smoking(random, person),
    )


def _score(random: Random) -> float:
    return max(-2.0, min(2.0, random.gauss(0, 0.9)))


def _a1c(random: Random, onsets: dict[str, date]) -> float:
    return round(random.uniform(6.6, 8.4) if DIABETES in onsets else random.uniform(4.9, 5.5), 1)


def _smoking(random: Random, person: Person) -> str:
    drawn = random.choices((NEVER_SMOKED, USED_TO_SMOKE, SMOKES), (66, 21, 13))[0]
    return drawn if person.age >= ADULT + 3 else NEVER_SMOKED


def _onsets(person: Person, bmi: float) -> dict[str, date]:
    found = {ailment.code: day for ailment in AILMENTS if (day := _onset(person, ailment))}
    if bmi >= 30 and person.age >= 25:
        found[OBESITY] = person.born + timedelta(days=int(365.25 * 24))
    if person.n == GUIDE_PATIENT:
        found[DIABETES] = _GUIDE_ONSET
    return dict(sorted(found.items(), key=lambda item: (item[1], item[0])))


def _onset(person: Person, ailment: Ailment) -> date | None:
    """The day on which the ailment began; None for who does not have it (yet).

    Each ailment has its own stream, so that adding one gives nobody another.
    """
    random = person.stream(f"ailment/{ailment.code}")
    struck = random.random() < ailment.share
    at_age = random.uniform(ailment.from_age, ailment.to_age)
    day = person.born + timedelta(days=int(at_age * 365.25))
    return day if struck and day < person.as_of - timedelta(days=400) else None


def _allergies(random: Random) -> tuple[str, ...]:
    count = random.choices((0, 1, 2), (66, 25, 9))[0]
    return tuple(random.sample(_SUBSTANCES, count))


def _stays(person: Person, onsets: dict[str, date]) -> tuple[str, ...]:
    random = person.stream("stays")
    appendix, lungs, knee = random.random(), random.random(), random.random()
    reasons = (
        (APPENDICITIS, 8 <= person.age <= 45 and appendix < 0.07),
        (PNEUMONIA, person.age >= 60 and lungs < 0.15),
        (KNEE_REPLACEMENT, KNEE_ARTHRITIS in onsets and person.age >= 55 and knee < 0.55),
    )
    return tuple(code for code, happens in reasons if happens)
