"""Who patient ``n`` is: sex, date of birth and the keys that everything else about them is derived from.

Ages spread from 0 to 90 by fixed shares per band. Patient 1 of every practice is the patient of the integration
guide's examples, so an adult who can have had type 2 diabetes in January 2024.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from mock_athena.population import ids, moments
from mock_athena.population.streams import stream

GUIDE_PATIENT = 1
ADULT = 18

_BANDS = ((0, 4), (5, 17), (18, 44), (45, 64), (65, 90))
_SHARES = (10, 18, 28, 24, 20)
_GUIDE_BAND = (48, 62)


@dataclass(frozen=True, slots=True)
class Person:
    """Patient ``n`` of a practice, as of a day.

    Attributes:
        gender: a code of administrative-gender, ``female`` or ``male``.
        born: date of birth, always before ``as_of``.
    """

    seed: int
    practice: int
    n: int
    as_of: date
    gender: str
    born: date

    @property
    def id(self) -> str:
        """The logical id of the Patient."""
        return ids.patient_id(self.practice, self.n)

    @property
    def age(self) -> int:
        """Completed years on ``as_of``."""
        return moments.years_between(self.born, self.as_of)

    @property
    def is_child(self) -> bool:
        """Whether the person is under 18 on ``as_of``."""
        return self.age < ADULT

    def stream(self, purpose: str) -> Random:
        """This person's own random stream for ``purpose``."""
        return stream(self.seed, self.practice, self.n, purpose)

    def age_on(self, day: date) -> float:
        """Age in years, with a fraction."""
        return (day - self.born).days / 365.25


def draw(seed: int, practice: int, n: int, as_of: date) -> Person:
    """Patient ``n`` (from 1): a pure function of its arguments."""
    random = stream(seed, practice, n, "person")
    gender = random.choice(("female", "male"))
    low, high = _GUIDE_BAND if n == GUIDE_PATIENT else random.choices(_BANDS, _SHARES)[0]
    days = random.randint(int(low * 365.25) + 10, int((high + 1) * 365.25) - 10)
    return Person(seed, practice, n, as_of, gender, as_of - timedelta(days=days))
