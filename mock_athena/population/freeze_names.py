"""Draws the name tables with Faker and writes ``names.json``: ``python -m mock_athena.population.freeze_names``.

Run it only to make other names on purpose: every golden hash changes with it, and so must ``GENERATOR_VERSION``.
"""

import json
from collections.abc import Callable
from pathlib import Path

SEED = 20261101
TARGET = Path(__file__).with_name("names.json")


def distinct(draw: Callable[[], str], size: int) -> list[str]:
    """The first ``size`` different values that ``draw`` gives, sorted."""
    found: set[str] = set()
    while len(found) < size:
        found.add(draw())
    return sorted(found)


def draw_tables() -> dict[str, list[str]]:
    """All the tables, by Faker's US English data."""
    from faker import Faker

    faker = Faker("en_US")
    faker.seed_instance(SEED)

    def place() -> str:
        state = faker.state_abbr(include_territories=False, include_freely_associated_states=False)
        return f"{faker.city()}|{state}|{faker.zipcode_in_state(state)}"

    return {
        "female": distinct(faker.first_name_female, 200),
        "male": distinct(faker.first_name_male, 200),
        "family": distinct(faker.last_name, 400),
        "streets": distinct(faker.street_name, 200),
        "places": distinct(place, 150),
    }


def main() -> None:
    """Write the tables beside this module."""
    TARGET.write_text(json.dumps(draw_tables(), indent=0, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
