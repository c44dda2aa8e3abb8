"""A participant that crashes where nobody sees it gives its turn back after its lease."""

import threading
from pathlib import Path

import pytest

from mock_athena.clock import NANOSECONDS, ManualClock, MovableClock
from mock_athena.shared_clock import shared_clock

START = 1_767_225_600 * NANOSECONDS
SHORT = 0.1  # real seconds
ENOUGH = 30.0


@pytest.fixture(params=["alone", "shared"])
def clock(request: pytest.FixtureRequest, tmp_path: Path) -> MovableClock:
    return ManualClock(START) if request.param == "alone" else shared_clock("manual", START, tmp_path / "clock")


def test_one_that_has_its_turn_and_is_silent_is_given_up(clock: MovableClock) -> None:
    clock.declare("crashed", "other", lease=SHORT)
    waiting = threading.Thread(target=lambda: clock.wait(START + 5, participant="other", patience=ENOUGH))
    waiting.start()
    assert clock.wait(START, participant="crashed", patience=ENOUGH)  # its turn, and never heard of again
    waiting.join(ENOUGH)
    assert not waiting.is_alive()
    assert (clock.now(), clock.participants) == (START + 5, ("other",))
    with pytest.raises(ValueError, match="no participant 'crashed' was declared, or it was silent for longer"):
        clock.wait(START + 9, participant="crashed")


def test_one_that_never_came_is_given_up(clock: MovableClock) -> None:
    clock.declare("never", "other", lease=SHORT)
    assert clock.wait(START + 5, participant="other", patience=ENOUGH)
    assert (clock.now(), clock.participants) == (START + 5, ("other",))


def test_one_that_waits_for_others_is_not_silent(clock: MovableClock) -> None:
    clock.declare("slow", "other", lease=SHORT)
    other = threading.Thread(target=lambda: clock.wait(START + 5, participant="other", patience=ENOUGH))
    other.start()
    assert clock.wait(START, participant="slow", patience=ENOUGH)
    # "other" has its turn and leaves it at that; "slow" waits longer than a lease, and is not the silent one.
    assert clock.wait(START + 9, participant="slow", patience=ENOUGH)
    other.join(ENOUGH)
    assert clock.participants == ("slow",)


def test_without_a_lease_nobody_is_given_up(clock: MovableClock) -> None:
    clock.declare("never", "other")
    assert not clock.wait(START + 5, participant="other", patience=3 * SHORT)
    assert clock.awaited == ("never",)


def test_where_all_have_crashed_the_clock_can_be_moved_again(clock: MovableClock) -> None:
    clock.declare("one", "two", lease=SHORT)
    with pytest.raises(ValueError, match="moved by its participants"):
        clock.advance(1)
    while clock.participants:
        pass
    assert clock.advance(1) == START + 1
