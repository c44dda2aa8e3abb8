"""Time: it never goes back, moves as asked, and stays within the years that a date can name."""

from itertools import pairwise

import pytest

from mock_athena.clock import LATEST, NANOSECONDS, ManualClock, SystemClock, unix_text
from mock_athena.clocks import clock_from
from mock_athena.errors import ConfigurationError

START = 1_767_225_600 * NANOSECONDS


def test_a_manual_clock_stands_still_until_told() -> None:
    clock = ManualClock(START)
    assert {clock.now() for _ in range(100)} == {START}
    assert clock.advance(5) == clock.now() == START + 5
    assert clock.advance_to(START + 9) == clock.now() == START + 9


def test_a_manual_clock_moves_forward_only() -> None:
    clock = ManualClock(START)
    with pytest.raises(ValueError, match="forward only, not by -1e-09 s"):
        clock.advance(-1)
    with pytest.raises(ValueError, match="already stands at"):
        clock.advance_to(START - 1)
    assert clock.now() == clock.advance_to(START)


def test_no_clock_is_moved_beyond_the_last_date() -> None:
    clock = ManualClock(START)
    assert clock.advance_to(LATEST) == LATEST
    with pytest.raises(ValueError, match="year 8999"):
        clock.advance(1)
    with pytest.raises(ValueError, match="year 8999"):
        clock.advance_to(LATEST + 1)
    assert clock.now() == LATEST


def test_reset_goes_back_to_the_start() -> None:
    clock = ManualClock(START)
    clock.advance(NANOSECONDS)
    clock.reset()
    assert clock.now() == START


def test_the_wall_does_not_follow_a_moved_clock() -> None:
    clock = ManualClock()
    wall = clock.wall()
    clock.advance(1000 * NANOSECONDS)
    assert clock.wall() - wall < 100 * NANOSECONDS


def test_a_system_clock_starts_with_the_wall_and_never_goes_back() -> None:
    clock = SystemClock()
    assert abs(clock.now() - clock.wall()) < NANOSECONDS
    readings = [clock.now() for _ in range(10_000)]
    assert all(earlier <= later for earlier, later in pairwise(readings))


def test_a_scaled_clock_runs_as_many_times_as_fast() -> None:
    fast, real = SystemClock(1000.0, START), SystemClock(1.0, START)
    while real.now() - START < 2_000_000:
        pass
    elapsed, scaled = real.now() - START, fast.now() - START
    assert scaled >= 1000 * elapsed * 0.99
    assert scaled < 1000 * (elapsed + 50_000_000)


def test_a_system_clock_can_start_elsewhere() -> None:
    assert 0 <= SystemClock(start=START).now() - START < NANOSECONDS


@pytest.mark.parametrize(("name", "rate"), [("system", 1.0), ("x60", 60.0), ("x0.5", 0.5), ("x1e6", 1e6)])
def test_clocks_that_run(name: str, rate: float) -> None:
    clock = clock_from(name, START)
    assert isinstance(clock, SystemClock)
    assert clock.rate == rate


def test_the_manual_clock_by_name() -> None:
    clock = clock_from("manual", START)
    assert isinstance(clock, ManualClock)
    assert clock.now() == START


@pytest.mark.parametrize("name", ["", "x", "x0", "x-1", "xnan", "xinf", "x1e7", "60", "X60", "sundial"])
def test_an_unknown_clock_is_an_error_that_says_what_there_is(name: str) -> None:
    with pytest.raises(ConfigurationError, match=r"unknown clock .*'system', 'manual'"):
        clock_from(name)


@pytest.mark.parametrize("start", [-1, LATEST + 1])
def test_a_start_outside_the_calendar_is_an_error(start: int) -> None:
    with pytest.raises(ConfigurationError, match="from 1970 to the year 8999"):
        clock_from("manual", start)


def test_unix_text_has_nine_decimals() -> None:
    assert unix_text(1_767_225_600_000_000_001) == "1767225600.000000001"
    assert unix_text(2**62) == "4611686018.427387904"
