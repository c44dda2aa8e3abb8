"""One clock in several processes: here two clocks on one board, each as a process of its own has it."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from mock_athena.clock import LATEST, NANOSECONDS, MovableClock
from mock_athena.shared_clock import SharedManualClock, SharedSystemClock, shared_clock

START = 1_767_225_600 * NANOSECONDS
ENOUGH = 30.0

Clocks = Callable[[str], tuple[MovableClock, MovableClock]]


@pytest.fixture
def clocks(tmp_path: Path) -> Clocks:
    def made(name: str) -> tuple[MovableClock, MovableClock]:
        return shared_clock(name, START, tmp_path / "clock"), shared_clock(name, START, tmp_path / "clock")

    return made


def in_thread(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_what_one_moves_the_other_sees_at_once(clocks: Clocks) -> None:
    one, other = clocks("manual")
    assert one.advance(5) == other.now() == START + 5
    assert other.advance_to(LATEST) == one.now() == LATEST
    one.reset()
    assert other.now() == START


def test_the_first_says_when_time_begins(tmp_path: Path) -> None:
    first = shared_clock("manual", None, tmp_path / "clock")
    assert shared_clock("manual", None, tmp_path / "clock").now() == first.now()


@pytest.mark.parametrize("name", ["system", "x1000"])
def test_a_clock_that_runs_is_frozen_moved_and_resumed_for_all(clocks: Clocks, name: str) -> None:
    one, other = clocks(name)
    assert isinstance(one, SharedSystemClock)
    before = other.now()
    one.freeze()
    assert before <= one.now() == other.now()
    assert (other.stands, other.advance(7 * NANOSECONDS)) == (True, one.now())
    stood = one.now()
    assert isinstance(other, SharedSystemClock)
    other.resume()
    assert one.now() >= stood
    assert not one.stands
    assert one.now() <= other.now() <= one.now()


def test_who_waits_in_one_process_is_woken_by_the_other(clocks: Clocks) -> None:
    one, other = clocks("manual")
    woken: list[bool] = []
    waiter = in_thread(lambda: woken.append(one.wait(START + 9, patience=ENOUGH)))
    while not other.waiting:
        assert waiter.is_alive()
    assert other.waiting == (START + 9,)
    other.advance(10)
    waiter.join(ENOUGH)
    assert woken == [True]
    assert [*one.waiting, *other.waiting] == []


def test_a_freeze_elsewhere_holds_who_waits_here(clocks: Clocks) -> None:
    one, other = clocks("x1000")
    assert isinstance(other, SharedSystemClock)
    other.freeze()
    waiter = in_thread(lambda: one.wait(other.now() + 3600 * NANOSECONDS, patience=ENOUGH))
    while not other.waiting:
        assert waiter.is_alive()
    other.advance(3600 * NANOSECONDS)
    waiter.join(ENOUGH)
    assert not waiter.is_alive()


def test_participants_of_several_processes_take_turns(clocks: Clocks) -> None:
    one, other = clocks("manual")
    one.declare("a", "b", "c")
    seen: list[tuple[int, str]] = []

    def part(clock: MovableClock, name: str, step: int) -> None:
        with clock.participant(name):
            for _ in range(3):
                seen.append((clock.now() - START, name))
                clock.wait_until(clock.now() + step)

    crew = [
        in_thread(lambda: part(other, "b", 20)),
        in_thread(lambda: part(one, "a", 30)),
        in_thread(lambda: part(other, "c", 20)),
    ]
    for thread in crew:
        thread.join(ENOUGH)
    assert seen == [
        (0, "a"), (0, "b"), (0, "c"), (20, "b"), (20, "c"), (30, "a"), (40, "b"), (40, "c"), (60, "a"),
    ]  # fmt: skip
    assert (one.now(), one.participants) == (START + 90, ())


def test_a_participant_whose_process_died_asks_again_at_another(clocks: Clocks) -> None:
    one, other = clocks("manual")
    one.declare("a", "b")
    assert not one.wait(START + 5, participant="a", patience=0)
    # The process of "one" is gone; "a" comes to the other and goes on waiting.
    waiter = in_thread(lambda: other.wait(START + 5, participant="a", patience=ENOUGH))
    assert not other.wait(START + 9, participant="b", patience=0.05)
    waiter.join(ENOUGH)
    assert (waiter.is_alive(), other.now()) == (False, START + 5)


def test_a_reset_elsewhere_sends_everybody_away(clocks: Clocks) -> None:
    one, other = clocks("manual")
    reached: list[bool] = []
    one.declare("x")
    waiter = in_thread(lambda: reached.append(one.wait(START + 9, patience=ENOUGH)))
    while not other.waiting:
        assert waiter.is_alive()
    other.reset()
    waiter.join(ENOUGH)
    assert (reached, waiter.is_alive(), one.participants) == ([False], False, ())


def test_the_end_of_one_process_sends_away_its_own_only(clocks: Clocks) -> None:
    one, other = clocks("manual")
    reached: list[bool] = []
    waiter = in_thread(lambda: reached.append(other.wait(START + 9, patience=ENOUGH)))
    gone = in_thread(lambda: reached.append(one.wait(START + 9, patience=ENOUGH)))
    while len(one.waiting) < 2:
        assert waiter.is_alive()
    one.close()
    gone.join(ENOUGH)
    assert reached == [False]
    other.advance(9)
    waiter.join(ENOUGH)
    assert reached == [False, True]


def test_to_ask_for_the_time_is_cheap(clocks: Clocks) -> None:
    clock, _ = clocks("manual")
    assert isinstance(clock, SharedManualClock)
    clock.now()
    before = clock._board.read
    clock._board.read = None  # type: ignore[method-assign,assignment]  # it must not be needed
    assert clock.now() == START
    clock._board.read = before  # type: ignore[method-assign]
