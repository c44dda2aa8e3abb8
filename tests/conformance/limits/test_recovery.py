"""Probing a limiter blindly brings its policy to light: family, quota, window, charging, keying, costs, lockouts."""

import pytest

from tests.conformance.limits.trials import KINDS, drawn, probed, wrong

_SHORT = 7
_LONG, _WRONG = 1000, 10


def test_policies_with_drawn_parameters_are_recovered() -> None:
    """A first share of the thousand, one of each family."""
    found = {
        f"{seed} {trial}": problem
        for seed in range(_SHORT)
        if (problem := wrong(trial := drawn(seed), probed(trial, seed)))
    }
    assert not found


@pytest.mark.long
def test_of_a_thousand_policies_ninety_nine_in_a_hundred_are_recovered() -> None:
    found = {
        f"{seed} {trial}": problem
        for seed in range(_LONG)
        if (problem := wrong(trial := drawn(seed), probed(trial, seed)))
    }
    assert len(found) <= _WRONG, found


def test_every_family_is_tried() -> None:
    assert {drawn(seed).kind for seed in range(_SHORT)} == set(KINDS)
