"""How long an export takes."""

import pytest

from mock_athena.clock import NANOSECONDS
from mock_athena.errors import ConfigurationError
from mock_athena.export.durations import duration_from


def never() -> int:
    raise AssertionError


@pytest.mark.parametrize(("text", "seconds"), [("instant", 0), ("0", 0), (600, 600), ("2.5", 2.5), (" 30 ", 30)])
def test_a_fixed_one_counts_nothing(text: float | str, seconds: float) -> None:
    assert duration_from(text)(1, never) == seconds * NANOSECONDS


def test_one_by_size_is_the_count_by_the_rate() -> None:
    assert duration_from("100/s")(1, lambda: 250) == 2.5 * NANOSECONDS
    assert duration_from("0.5/s")(1, lambda: 3) == 6 * NANOSECONDS
    assert duration_from("100/s")(1, lambda: 0) == 0


def test_realistic_ones_are_from_5_to_30_minutes_and_the_same_for_the_same_seed() -> None:
    drawn = [duration_from("realistic", seed=7)(number, never) // NANOSECONDS for number in range(200)]
    assert drawn == [duration_from("realistic", seed=7)(number, never) // NANOSECONDS for number in range(200)]
    assert drawn != [duration_from("realistic", seed=8)(number, never) // NANOSECONDS for number in range(200)]
    assert 300 <= min(drawn) < 400 < 1700 < max(drawn) <= 1800


@pytest.mark.parametrize("text", [-0.1, float("nan"), float("inf"), "", "soon", "0/s", "/s", "1e3", "9" * 12, "5/m"])
def test_anything_else_says_what_was_expected(text: float | str) -> None:
    with pytest.raises(ConfigurationError, match=r"export-duration .*expected 'instant', seconds"):
        duration_from(text)
