"""A test of many cases tells of each that fails."""

import inspect

import pytest

from tests.together import together


def test_every_case_is_tried_and_each_that_fails_is_told() -> None:
    seen: list[tuple[int, int]] = []

    @together("number, other", [(1, 2), (2, 2), (3, 4), (4, 4)])
    def differs(most: int, number: int, other: int) -> None:
        seen.append((number, other))
        assert number != other < most

    assert list(inspect.signature(differs).parameters) == ["most"]
    with pytest.raises(AssertionError, match=r"(?s)2 of 4 cases.*number=2, other=2.*number=4, other=4"):
        differs(most=5)
    assert len(seen) == 4


def test_a_defect_of_one_case_does_not_hide_the_others() -> None:
    @together("number", [0, 1, 2])
    def divides(number: int) -> None:
        assert 2 / number == 1

    with pytest.raises(AssertionError, match=r"(?s)number=0: ZeroDivisionError.*number=1"):
        divides()


def test_no_case_at_all_is_a_fault() -> None:
    with pytest.raises(AssertionError, match="no case of number"):
        together("number", [])
