"""Who a person lives with, and what is on file about them: name, addresses, language, origin, relatives.

Drawn once a person from a stream of its own; the Patient, the RelatedPersons and the Coverage say parts of it.
Shares are rounded from the US census: https://www.census.gov/quickfacts/.
"""

from datetime import date, timedelta
from random import Random
from typing import Any, NamedTuple

from mock_athena.population import names
from mock_athena.population.person import ADULT, Person

MOTHER, FATHER, GUARDIAN, SPOUSE, DAUGHTER, SON = "MTH", "FTH", "GUARD", "SPS", "DAUC", "SONC"

WHITE, BLACK, ASIAN, NATIVE, PACIFIC = "2106-3", "2054-5", "2028-9", "1002-5", "2076-8"
_RACES, _RACE_SHARES = (WHITE, BLACK, ASIAN, NATIVE, PACIFIC), (69, 16, 11, 2, 2)
HISPANIC, NOT_HISPANIC = "2135-2", "2186-5"
DETAILED = {
    WHITE: ("2108-9", "2118-8"),
    BLACK: ("2058-6",),
    ASIAN: ("2034-7", "2029-7", "2036-2", "2040-4", "2047-9"),
    NATIVE: ("1010-8", "1735-0"),
    PACIFIC: ("2079-2",),
    HISPANIC: ("2148-5", "2180-8", "2182-4", "2184-0"),
}
DECLINED = ""
"""The race or ethnicity of who would not say."""

# Single, married, divorced and widowed, of those under an age.
_MARITAL_SHARES = ((23, (97, 3, 0, 0)), (30, (70, 27, 3, 0)), (65, (25, 58, 15, 2)), (200, (6, 56, 14, 24)))

# Rare facts that a small population must have too fall on fixed places in the order of patients.
_NATIVE_EVERY, _NATIVE_AT = 40, 7
_DECLINED_EVERY, _DECLINED_AT = 30, 13
_SPANISH_EVERY, _SPANISH_AT = 30, 6
_SUFFIX_EVERY, _SUFFIX_AT = 25, (4, 9, 14)
_OLD_NAME_EVERY, _OLD_NAME_AT = 25, 11
_TWIN_EVERY, _TWIN_AT = 60, 17


class Relative(NamedTuple):
    """Somebody of the family: relationship (v3-RoleCode), name, gender, phone, date of birth."""

    relationship: str
    given: str
    family: str
    gender: str
    phone: str
    born: date


class Household(NamedTuple):
    """What is on file about a person besides sex and date of birth.

    Attributes:
        previous: (family name, the day until which it was used), None for who never changed it.
        moved: (address before the present one, its first day, its last day), None for who never moved.
        race, ethnicity: CDC codes, ``DECLINED`` where not said; details are the finer codes.
        language: BCP 47. twin: order of birth of a twin, 0 for none.
        marital: v3-MaritalStatus, empty for children.
    """

    given: list[str]
    family: str
    suffix: str
    previous: tuple[str, date] | None
    address: dict[str, object]
    moved: tuple[dict[str, object], date, date] | None
    since: date
    phone: str
    home_phone: str
    race: str
    race_detail: str
    ethnicity: str
    ethnicity_detail: str
    language: str
    marital: str
    twin: int
    relatives: tuple[Relative, ...]


def draw(person: Person) -> Household:
    """The household of a person: always the same for the same person."""
    random = person.stream("household")
    family, given = names.family(random), names.given(random, person.gender)
    address, moved = _addresses(random, person)
    race, ethnicity = _origin(random, person.n)
    marital = _marital(random, person)
    return Household(
        given=given,
        family=family,
        suffix=_suffix(random, person),
        previous=_previous_name(random, person, marital),
        address=address,
        moved=moved,
        since=moved[2] if moved else person.born,
        phone=names.phone(random),
        home_phone=names.phone(random),
        race=race,
        race_detail=_detail(random, race),
        ethnicity=ethnicity,
        ethnicity_detail=_detail(random, ethnicity),
        language=_language(random, person.n, race, ethnicity),
        marital=marital,
        twin=1 + person.n % 2 if person.n % _TWIN_EVERY == _TWIN_AT else 0,
        relatives=tuple(_relatives(random, person, family, marital)),
    )


def _addresses(random: Random, person: Person) -> tuple[dict[str, object], tuple[dict[str, object], date, date] | None]:
    address, before = names.address(random), names.address(random)
    ago = timedelta(days=random.randint(90, 2600))
    left = person.as_of - ago
    if random.random() > 0.35 or left <= person.born + timedelta(days=60):
        return address, None
    return address, (before, max(person.born, left - timedelta(days=random.randint(400, 3000))), left)


def _origin(random: Random, n: int) -> tuple[str, str]:
    race = random.choices(_RACES, _RACE_SHARES)[0]
    ethnicity = HISPANIC if random.random() < 0.18 else NOT_HISPANIC
    if n % _NATIVE_EVERY == _NATIVE_AT:
        return NATIVE, NOT_HISPANIC
    if n % _DECLINED_EVERY == _DECLINED_AT:
        return DECLINED, DECLINED
    return race, HISPANIC if n % _SPANISH_EVERY == _SPANISH_AT else ethnicity


def _detail(random: Random, origin: str) -> str:
    """The finer code, for about half of those for whom there is one."""
    told = random.random() < 0.5
    return random.choice(DETAILED[origin]) if told and origin in DETAILED else ""


def _language(random: Random, n: int, race: str, ethnicity: str) -> str:
    at = random.random()
    if n % _SPANISH_EVERY == _SPANISH_AT or (ethnicity == HISPANIC and at < 0.4):
        return "es"
    if race == ASIAN and at < 0.25:
        return "zh"
    return random.choice(("fr", "pt", "ru", "ar")) if at > 0.985 else "en"


def _marital(random: Random, person: Person) -> str:
    if person.is_child:
        return ""
    shares = next(shares for age, shares in _MARITAL_SHARES if person.age < age)
    return random.choices("SMDW", shares)[0]


def _suffix(random: Random, person: Person) -> str:
    drawn = names.suffix(random, person.gender), random.random()
    if person.n % _SUFFIX_EVERY in _SUFFIX_AT or drawn[1] < 0.02:
        return drawn[0] if person.gender == "male" or person.age >= 30 else ""
    return ""


def _previous_name(random: Random, person: Person, marital: str) -> tuple[str, date] | None:
    """The name before marriage, or before an adult changed it."""
    family, years, share = names.family(random), random.uniform(20, 32), random.random()
    until = person.born + timedelta(days=int(years * 365.25))
    married = person.gender == "female" and marital in ("M", "D", "W") and share < 0.6
    if until >= person.as_of or not (married or (person.n % _OLD_NAME_EVERY == _OLD_NAME_AT and person.age >= ADULT)):
        return None
    return family, until


def _relatives(random: Random, person: Person, family: str, marital: str) -> list[Relative]:
    if person.is_child:
        return _parents(random, person, family)
    found = [_spouse(random, person, family)] if marital == "M" else []
    if person.age >= 72 and random.random() < 0.8:
        gender = random.choice(("female", "male"))
        own = DAUGHTER if gender == "female" else SON
        found.append(_relative(random, own, gender, family, person.born + timedelta(days=random.randint(9000, 12000))))
    return found


def _parents(random: Random, person: Person, family: str) -> list[Relative]:
    born = person.born - timedelta(days=random.randint(7600, 14000))
    if random.random() < 0.04:
        return [_relative(random, GUARDIAN, "female", family, born - timedelta(days=8000))]
    mother = _relative(random, MOTHER, "female", family, born)
    if random.random() < 0.3:
        return [mother]
    return [mother, _relative(random, FATHER, "male", family, born - timedelta(days=random.randint(0, 1500)))]


def _spouse(random: Random, person: Person, family: str) -> Relative:
    gender = "male" if person.gender == "female" else "female"
    return _relative(random, SPOUSE, gender, family, person.born + timedelta(days=random.randint(-1500, 1500)))


def _relative(random: Random, relationship: str, gender: str, family: str, born: date) -> Relative:
    given = random.choice(names.table()[gender])
    return Relative(relationship, given, family, gender, names.phone(random), born)


def address(known: Household) -> dict[str, Any]:
    """The present address, since the person lives there."""
    return {"use": "home", "type": "both", **known.address}
