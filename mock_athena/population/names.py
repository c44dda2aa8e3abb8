"""Names, streets and places, frozen: drawn once with Faker by :mod:`mock_athena.population.freeze_names`.

Faker's own lists change between its releases; the bytes of a population must not.
"""

import json
from functools import cache
from importlib.resources import files
from random import Random


@cache
def table() -> dict[str, list[str]]:
    """List name → names: ``female``, ``male``, ``family``, ``streets``, ``places`` (``City|State|ZIP``)."""
    text = (files("mock_athena.population") / "names.json").read_text(encoding="utf-8")
    loaded: dict[str, list[str]] = json.loads(text)
    return loaded


def given(random: Random, gender: str) -> list[str]:
    """A first and a middle name."""
    return random.sample(table()[gender], 2)


def family(random: Random) -> str:
    """A family name."""
    return random.choice(table()["family"])


def address(random: Random) -> dict[str, object]:
    """A FHIR Address in a city that does not exist."""
    city, state, postal_code = random.choice(table()["places"]).split("|")
    line = f"{random.randint(1, 9899)} {random.choice(table()['streets'])}"
    return {"line": [line], "city": city, "state": state, "postalCode": postal_code, "country": "US"}


def phone(random: Random) -> str:
    """A number of the range that is kept for fiction, 555-0100 to 555-0199."""
    return f"{random.randint(201, 989)}-555-01{random.randint(0, 99):02}"


def npi(stem: int) -> str:
    """A National Provider Identifier with a valid check digit that nobody has: issued ones start with 1 or 2.

    The digit is Luhn's over the number prefixed by 80840:
    https://www.cms.gov/Regulations-and-Guidance/Administrative-Simplification/NationalProvIdentStand
    """
    number = f"9{stem % 100_000_000:08}"
    doubled = "80840" + number
    total = sum(_luhn(int(digit), place) for place, digit in enumerate(reversed(doubled)))
    return number + str(-total % 10)


def _luhn(digit: int, place: int) -> int:
    return sum(divmod(digit * 2, 10)) if place % 2 == 0 else digit


def mail(given_name: str, family_name: str, n: int) -> str:
    """A mail address at a domain that is kept for examples: https://www.rfc-editor.org/rfc/rfc2606."""
    name = "".join(letter for letter in f"{given_name}.{family_name}" if letter.isascii() and letter not in " '")
    return f"{name}.{n}@example.com".lower()


_SUFFIXES = {"male": ("Jr.", "Sr.", "II", "III"), "female": ("PhD", "MD", "RN", "Esq.")}


def suffix(random: Random, gender: str) -> str:
    """What may follow a name."""
    return random.choice(_SUFFIXES[gender])
