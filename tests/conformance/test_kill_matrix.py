"""Every mutant is noticed by a check of a requirement that it breaks, or has a reason, as docs/kill-matrix.md says."""

from pathlib import Path

import pytest

from tests.mutants import judging
from tests.mutants.matrix import page, row, well_formed
from tests.mutants.survivors import SURVIVORS
from tests.mutants.zoo import MUTANTS

ROOT = Path(__file__).parents[2]
MATRIX = (ROOT / "docs" / "kill-matrix.md").read_text(encoding="utf-8")
LEAST = 0.95  # of the mutants are killed


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.getbasetemp().parent / "populations"


def test_mutants_name_requirements_that_there_are() -> None:
    assert well_formed() == []


def test_survivors_are_few_and_have_a_reason() -> None:
    assert SURVIVORS.keys() <= {mutant.name for mutant in MUTANTS}
    alive = [mutant.name for mutant in MUTANTS if row(mutant, ()) in MATRIX]
    assert alive == [mutant.name for mutant in MUTANTS if mutant.name in SURVIVORS]
    assert len(alive) <= (1 - LEAST) * len(MUTANTS)


def test_a_part_of_the_mutants_is_killed_as_the_page_says(cache: Path) -> None:
    # Which part changes with the suite, so that each has its turn.
    for mutant in MUTANTS[len(judging.checks()) % 20 :: 20]:
        assert row(mutant, judging.killers(mutant, cache)) in MATRIX, mutant.name


@pytest.mark.long
def test_the_page_is_what_the_suite_does(cache: Path) -> None:
    assert page({mutant.name: judging.killers(mutant, cache) for mutant in MUTANTS}) == MATRIX
