"""Who patient ``n`` is: sex, date of birth and the keys that everything else about them is derived from.

Ages spread from 0 to 97 as in the practice of a US family physician. Patients 1 to 25 have roles (``cast.py``), that
say within which ages they are.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from mock_athena.population import cast, ids, moments
from mock_athena.population.streams import chance, restart, stream

GUIDE_PATIENT = 1
ADULT = 18

_BANDS = ((0, 1), (2, 4), (5, 11), (12, 17), (18, 29), (30, 44), (45, 54), (55, 64), (65, 74), (75, 84), (85, 97))
_SHARES = (3, 4, 8, 7, 12, 17, 13, 14, 12, 7, 3)


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

    def restart(self, random: Random, purpose: str) -> None:
        """Turn a stream that is no longer needed into that for ``purpose``."""
        restart(random, self.seed, self.practice, self.n, purpose)

    def chance(self, purpose: str) -> float:
        """One number from 0 to below 1 for ``purpose``, which is not that of a stream."""
        return chance(self.seed, self.practice, self.n, purpose)

    def age_on(self, day: date) -> float:
        """Age in years, with a fraction."""
        return (day - self.born).days / 365.25


def draw(seed: int, practice: int, n: int, as_of: date) -> Person:
    """Patient ``n`` (from 1): a pure function of its arguments."""
    random = stream(seed, practice, n, "person")
    gender = random.choice(("female", "male"))
    low, high = _ages(random)
    role = cast.role(n)
    if role:
        gender, low, high = role.gender or gender, *role.ages
    first, last = int(low * 365.25) + 2, int(high * 365.25) - 2
    return Person(seed, practice, n, as_of, gender, as_of - timedelta(days=random.randint(first, max(first, last))))


def _ages(random: Random) -> tuple[float, float]:
    low, high = random.choices(_BANDS, _SHARES)[0]
    return low, high + 1
