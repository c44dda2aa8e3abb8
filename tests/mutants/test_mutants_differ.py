"""Every mutant is what it says: one seam, and an answer that differs from the healthy server's."""

from pathlib import Path

import pytest

from tests.mutants.mutant import Answers, Mutant, Part, Requests
from tests.mutants.probe import Prober
from tests.mutants.server import broken, healthy
from tests.mutants.zoo import MUTANTS


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.getbasetemp().parent / "populations"


def test_names_are_unique() -> None:
    names = [mutant.name for mutant in MUTANTS]
    assert len(set(names)) == len(names)
    assert len(names) >= 80


def test_each_is_broken_at_one_seam() -> None:
    assert all(isinstance(mutant.seam, Answers | Requests | Part) for mutant in MUTANTS)


def test_a_part_of_them_differs_from_the_healthy_server(cache: Path) -> None:
    for mutant in MUTANTS[::11]:
        assert differs(mutant, cache), mutant.name


@pytest.mark.long
@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.name for mutant in MUTANTS])
def test_each_differs_from_the_healthy_server(mutant: Mutant, cache: Path) -> None:
    assert differs(mutant, cache)


def differs(mutant: Mutant, cache: Path) -> bool:
    """Whether a client sees it."""
    with healthy(cache) as app:
        as_it_ought = mutant.shown_by(Prober(app, app))
    with broken(mutant, cache) as (wrong, inside):
        return mutant.shown_by(Prober(wrong, inside)) != as_it_ought
