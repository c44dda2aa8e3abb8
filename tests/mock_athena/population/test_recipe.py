"""A recipe says all that a population depends on, and refuses what cannot be made."""

from dataclasses import replace
from datetime import date

import pytest

from mock_athena.errors import ConfigurationError
from mock_athena.population import AS_OF
from mock_athena.population.recipe import Recipe, day_from

RECIPE = Recipe(1, 500001, 3)


def test_names_differ_where_anything_differs() -> None:
    others = [
        replace(RECIPE, seed=2),
        replace(RECIPE, practice=195900),
        replace(RECIPE, patients=4),
        replace(RECIPE, as_of=date(2026, 1, 1)),
        replace(RECIPE, shape="athena"),
        replace(RECIPE, dirty=0.1),
        replace(RECIPE, shape="athena", dirty=0.1),
    ]
    assert RECIPE.name == "1-500001-3"
    assert len({RECIPE.name, *(other.name for other in others)}) == len(others) + 1


def test_everything_is_the_practice_and_then_each_patient_alone() -> None:
    for recipe in (RECIPE, replace(RECIPE, shape="athena", dirty=0.5)):
        alone = [made for n in (1, 2, 3) for made in recipe.of_patient(n)]
        assert list(recipe.resources()) == [*recipe.of_practice(), *alone]


def test_the_practice_itself_has_no_flaws() -> None:
    assert replace(RECIPE, dirty=1.0).of_practice() == RECIPE.of_practice()


def test_an_unknown_shape_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="unknown shape 'round': expected mission or athena"):
        replace(RECIPE, shape="round")


@pytest.mark.parametrize("dirty", [-0.1, 1.1, float("nan")])
def test_a_share_beyond_all_or_nothing_is_refused(dirty: float) -> None:
    with pytest.raises(ConfigurationError, match="is not a share between 0 and 1"):
        replace(RECIPE, dirty=dirty)


def test_a_day_is_read_and_anything_else_refused() -> None:
    assert day_from("2025-02-28") == date(2025, 2, 28)
    assert day_from("") == AS_OF
    for text in ("2025-02-30", "tomorrow", "2025"):
        with pytest.raises(ConfigurationError, match=f"as-of '{text}' is not a day such as"):
            day_from(text)
