"""Waiting for an instant: on every clock, woken in order, and never longer than anybody has patience."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from mock_athena.clock import NANOSECONDS, ManualClock, MovableClock, SystemClock
from mock_athena.errors import ClockStopped, ClockTimeout
from mock_athena.waiters import Wait

START = 1_767_225_600 * NANOSECONDS
ENOUGH = 30.0  # real seconds that nothing here should take

Begin = Callable[..., "Future[bool]"]


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(16) as pool:
        yield pool


@pytest.fixture
def begin(threads: ThreadPoolExecutor) -> Begin:
    """Begins a wait in another thread, and comes back when it waits."""

    def begin(clock: MovableClock, instant: int, **how: object) -> "Future[bool]":
        waiting = len(clock.waiting)
        future = threads.submit(clock.wait, instant, **how)  # type: ignore[arg-type]
        until(lambda: len(clock.waiting) > waiting or future.done())
        return future

    return begin


def until(holds: Callable[[], bool]) -> None:
    looks, pause = 0, threading.Event()
    while not holds():
        pause.wait(0.001)
        looks += 1
        assert looks < ENOUGH * 1000


def test_what_has_come_is_not_waited_for() -> None:
    clock = ManualClock(START)
    assert clock.wait(START)
    assert clock.wait(START - 1)
    clock.wait_until(START)
    assert clock.waiting == ()


def test_a_clock_that_stands_wakes_those_whose_instant_came(begin: Begin) -> None:
    clock = ManualClock(START)
    later, soon = begin(clock, START + 20), begin(clock, START + 10)
    assert list(clock.waiting) == [START + 10, START + 20]
    clock.advance(9)
    assert not soon.done()
    clock.advance(1)
    assert soon.result(ENOUGH)
    assert not later.done()
    clock.advance_to(START + 1000)
    assert later.result(ENOUGH)
    assert clock.waiting == ()


@pytest.mark.parametrize("rate", [1.0, 1000.0])
def test_a_clock_that_runs_wakes_by_itself(rate: float) -> None:
    clock = SystemClock(rate, START)
    instant = clock.now() + int(20_000_000 * rate)
    assert clock.wait(instant, patience=ENOUGH)
    assert instant <= clock.now() < instant + 5 * NANOSECONDS * rate
    clock.sleep(0.001 * rate)


def test_patience_has_an_end() -> None:
    clock = ManualClock(START)
    assert not clock.wait(START + 1, patience=0.01)
    assert clock.waiting == ()


def test_who_has_gone_is_not_waited_for(begin: Begin) -> None:
    clock, gone = ManualClock(START), threading.Event()
    waiting = begin(clock, START + 1, abandoned=gone.is_set)
    gone.set()
    assert not waiting.result(ENOUGH)
    assert clock.waiting == ()


@pytest.mark.parametrize("end", ["reset", "close"])
def test_reset_and_end_send_everybody_away(threads: ThreadPoolExecutor, end: str) -> None:
    clock = ManualClock(START)
    waits = [threads.submit(clock.wait_until, START + 1) for _ in range(4)]
    until(lambda: len(clock.waiting) == 4)
    getattr(clock, end)()
    for wait in waits:
        with pytest.raises((ClockStopped, ClockTimeout)):
            wait.result(ENOUGH)


def test_an_ended_clock_lets_nobody_wait() -> None:
    clock = ManualClock(START)
    clock.close()
    assert not clock.wait(START + 1)


def test_a_frozen_clock_stands_is_moved_and_runs_on(begin: Begin) -> None:
    clock = SystemClock(start=START)
    with pytest.raises(ValueError, match="runs by itself"):
        clock.advance(1)
    waiting = begin(clock, clock.now() + 3600 * NANOSECONDS)
    clock.freeze()
    stands = clock.now()
    assert {clock.now() for _ in range(1000)} == {stands}
    clock.freeze()
    assert clock.now() == stands
    clock.advance(3600 * NANOSECONDS)
    assert waiting.result(ENOUGH)
    clock.resume()
    assert stands + 3600 * NANOSECONDS <= clock.now() < stands + 3700 * NANOSECONDS
    clock.reset()
    assert START <= clock.now() < START + 100 * NANOSECONDS


def test_a_resumed_clock_reaches_what_was_waited_for_while_it_stood(begin: Begin) -> None:
    clock = SystemClock(start=START)
    clock.freeze()
    waiting = begin(clock, clock.now() + 1_000_000)
    clock.resume()
    assert waiting.result(ENOUGH)


def test_freezing_never_takes_time_back() -> None:
    clock, stop = SystemClock(start=START), threading.Event()
    backward: list[int] = []

    def read() -> None:
        last = clock.now()
        while not stop.is_set():
            now = clock.now()
            if now < last:
                backward.append(last - now)
            last = now

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for _ in range(200):
        clock.freeze()
        clock.resume()
    stop.set()
    for reader in readers:
        reader.join()
    assert backward == []


class _Overtaken(SystemClock):
    """A clock on which the instant comes between two looks at it."""

    def _looked(self, wait: Wait) -> bool:
        early, self._asked = not hasattr(self, "_asked"), True
        return False if early else super()._looked(wait)

    def _real_seconds_to(self, instant: int) -> float:
        while self.now() < instant:
            pass
        return super()._real_seconds_to(instant)


def test_an_instant_that_comes_just_now_was_waited_for() -> None:
    clock = _Overtaken(1000.0)
    assert clock.wait(clock.now() + 1_000_000_000, patience=60.0)
