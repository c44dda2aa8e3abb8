"""What a person is allergic to: about a third of people have one allergy or more, the others none that is known."""

from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from mock_athena.population.codes import RXNORM, SNOMED
from mock_athena.population.life.prospect import Life
from mock_athena.population.story import Allergy

_HIVES, _RASH, _ITCHING = "247472004", "271807003", "418363000"
_ANAPHYLAXIS, _NAUSEA, _DYSPNEA, _ANGIOEDEMA = "39579001", "422587007", "267036007", "41291007"


class _Substance(NamedTuple):
    system: str
    code: str
    category: str
    weight: int
    from_age: float
    reactions: tuple[str, ...] = (_HIVES, _RASH)
    dangerous: float = 0.12


_SUBSTANCES = (
    _Substance(RXNORM, "7980", "medication", 24, 1),
    _Substance(RXNORM, "723", "medication", 16, 1),
    _Substance(RXNORM, "10180", "medication", 16, 3),
    _Substance(RXNORM, "1191", "medication", 6, 14, (_HIVES, _ANGIOEDEMA, _DYSPNEA)),
    _Substance(RXNORM, "5640", "medication", 4, 14, (_HIVES, _ANGIOEDEMA)),
    _Substance(RXNORM, "2670", "medication", 9, 16, (_NAUSEA, _ITCHING)),
    _Substance(RXNORM, "1314891", "environment", 5, 8),
    _Substance(SNOMED, "762952008", "food", 8, 0.6, (_HIVES, _ANAPHYLAXIS), dangerous=0.45),
    _Substance(SNOMED, "735029006", "food", 9, 5, (_HIVES, _ANAPHYLAXIS, _ANGIOEDEMA), dangerous=0.3),
    _Substance(SNOMED, "102263004", "food", 5, 0.6),
    _Substance(SNOMED, "13577000", "food", 5, 2, (_HIVES, _ANAPHYLAXIS), dangerous=0.4),
    _Substance(SNOMED, "256277009", "environment", 10, 4, (_ITCHING, _DYSPNEA), dangerous=0.02),
    _Substance(SNOMED, "264287008", "environment", 7, 4, (_ITCHING, _DYSPNEA), dangerous=0.02),
    _Substance(SNOMED, "288328004", "environment", 4, 6, (_HIVES, _ANAPHYLAXIS), dangerous=0.4),
)
_WEIGHTS = tuple(one.weight for one in _SUBSTANCES)


def draw(life: Life, first_seen: date) -> tuple[Allergy, ...]:
    """The allergies, recorded when the person was first seen; one without a substance says that none is known."""
    random = life.person.stream("allergies")
    age = life.person.age_on(first_seen)
    count = random.choices((0, 1, 2, 3), (66, 23, 8, 3) if age >= 3 else (93, 6, 1, 0))[0]
    chosen = dict.fromkeys(random.choices(_SUBSTANCES, _WEIGHTS, k=count))
    made = tuple(_allergy(life, random, one, first_seen) for one in chosen if one.from_age < age - 0.1)
    return made or (Allergy("", "", "", "", (), "", None, first_seen),)


def _allergy(life: Life, random: Random, one: _Substance, first_seen: date) -> Allergy:
    age = random.uniform(one.from_age, life.person.age_on(first_seen))
    onset = life.person.born + timedelta(days=int(age * 365.25))
    dangerous = random.random() < one.dangerous
    reactions = tuple(random.sample(one.reactions, 1 if random.random() < 0.7 else 2))
    severity = "severe" if dangerous else random.choice(("mild", "mild", "moderate"))
    outgrown = one.category == "food" and one.code == "102263004" and life.person.age > 16
    status = "resolved" if outgrown else "inactive" if random.random() < 0.03 else "active"
    criticality = "high" if dangerous else "low"
    return Allergy(one.system, one.code, one.category, criticality, reactions, severity, onset, first_seen, status)
