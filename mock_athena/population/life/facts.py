"""What a person tells of their life at a visit: tobacco, alcohol, work, and what concerns pregnancy."""

from collections.abc import Container, Iterator
from datetime import datetime, timedelta
from random import Random

from mock_athena.population.life.prospect import Life
from mock_athena.population.story import STAY, WELLNESS, Fact

NEVER_SMOKED, USED_TO_SMOKE, SMOKES = "266919005", "8517006", "449868002"
_NOT_PREGNANT = "60001007"
_HETEROSEXUAL, _HOMOSEXUAL, _BISEXUAL = "20430005", "38628009", "42035005"
_INTENTS = ("454401000124105", "454411000124108", "454391000124108", "454381000124105")
"""No; yes; either way; not sure: https://hl7.org/fhir/us/core/STU6.1/ValueSet-us-core-pregnancy-intent.html."""
_WANTED = ((24, (62, 12, 14, 12)), (36, (42, 30, 14, 14)), (50, (80, 8, 7, 5)))
"""Up to which age how many give which answer."""
_ASKED_FROM = 13
_EVERY = 340
_AT_WORK = 22
_OCCUPATIONS = (
    "Teacher",
    "Registered nurse",
    "Cashier",
    "Truck driver",
    "Software developer",
    "Carpenter",
    "Cook",
    "Office clerk",
    "Electrician",
    "Sales representative",
    "Farm worker",
    "Police officer",
    "Accountant",
    "Home health aide",
)


class Teller:
    """Remembers what was told when."""

    def __init__(self, life: Life) -> None:
        random = life.person.stream("facts")
        self.life = life
        self._occupation = random.choice(_OCCUPATIONS)
        self._orientation = random.choices((_HETEROSEXUAL, _HOMOSEXUAL, _BISEXUAL, ""), (45, 3, 2, 50))[0]
        self._drinks = (0.0, round(random.uniform(0.2, 1.4), 1), round(random.uniform(3, 6), 1))[life.body.alcohol]
        self._asked = 0
        self._once: set[str] = set()

    def told(self, kind: str, start: datetime, forced: Container[str], random: Random) -> Iterator[Fact]:
        """The facts of a visit besides those that it brings by itself, whose kinds are in ``forced``."""
        day = start.date()
        age, today = self.life.person.age_on(day), day.toordinal()
        if age < _ASKED_FROM or (today - self._asked < _EVERY and kind != STAY):
            return
        at = start + timedelta(minutes=4)
        self._asked = today
        yield Fact("smoking", at, self._smoking(age))
        packs = round(self.life.body.pack_years(age), 1)
        if packs >= 1:
            yield Fact("pack-years", at, packs)
        if age >= 18 and kind == WELLNESS:
            yield Fact("alcohol", at, self._drinks)
            yield from self._adult(age, at)
        if self.life.person.gender == "female" and 15 <= age < 50 and "pregnancy-status" not in forced:
            yield Fact("pregnancy-status", at, _NOT_PREGNANT)
            if age >= 18 and random.random() < 0.5:
                weights = next(weights for until, weights in _WANTED if age < until)
                yield Fact("pregnancy-intent", at, random.choices(_INTENTS, weights)[0])

    def _smoking(self, age: float) -> str:
        if self.life.body.smokes(age):
            return SMOKES
        return USED_TO_SMOKE if self.life.body.ever_smoked(age) else NEVER_SMOKED

    def _adult(self, age: float, at: datetime) -> Iterator[Fact]:
        if "occupation" not in self._once:
            self._once.add("occupation")
            yield Fact("occupation", at, "Retired" if age > 66 else "Student" if age < _AT_WORK else self._occupation)
        if self._orientation and "orientation" not in self._once:
            self._once.add("orientation")
            yield Fact("sexual-orientation", at, self._orientation)
