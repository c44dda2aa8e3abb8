"""Several threads at once: the count is exact, and the order of decisions total."""

import sys
from collections.abc import Iterator
from itertools import count, pairwise
from threading import Barrier, Thread

import pytest

from mock_athena.clock import NANOSECONDS, Clock, ManualClock, SystemClock
from mock_athena.ratelimit import Decision, Limiter, policy_named
from tests.mock_athena.ratelimit.keys import ONE
from tests.mock_athena.ratelimit.oracle import Oracle

THREADS = 8
SPAN = 6_600_000_000  # 6.6 s of our time: the bursts at 0, 2, 4 and 6 s


@pytest.fixture(autouse=True)
def _busy_switching() -> Iterator[None]:
    """Threads take turns every 50 µs instead of every 5 ms, so that they really meet."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(5e-5)
    yield
    sys.setswitchinterval(usual)


def hammer(limiter: Limiter, span: int, clock: Clock) -> list[Decision]:
    """What eight threads were told who ask without a pause for ``span`` nanoseconds; in order of numbers."""
    began: list[int] = []
    barrier = Barrier(THREADS, action=lambda: began.append(clock.now()))
    told: list[list[Decision]] = [[] for _ in range(THREADS)]

    def ask(mine: list[Decision]) -> None:
        barrier.wait()
        while clock.now() < began[0] + span:
            mine.append(limiter.hit(ONE))

    threads = [Thread(target=ask, args=(mine,)) for mine in told]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted((decision for mine in told for decision in mine), key=lambda decision: decision.seq)


class SteppingClock(ManualClock):
    """Time passes by being looked at, 100 µs at each look: however the threads are scheduled, none waits in vain."""

    def __init__(self) -> None:
        super().__init__(0)
        self._looks = count()

    def now(self) -> int:
        """A later instant each time; drawing the number is atomic."""
        return next(self._looks) * 100_000


def admitted_in_the_span(clock: Clock) -> int:
    decisions = hammer(Limiter(policy_named("mission"), clock), SPAN + NANOSECONDS // 10, clock)
    oracle = Oracle()
    # The oracle sees what the limiter saw: it must come to the same verdict each time.
    assert [d.allowed for d in decisions] == [oracle.arrive(d.instant) for d in decisions]
    assert len(decisions) > 1000
    first = decisions[0].instant
    return sum(d.allowed for d in decisions if d.instant - first < SPAN)


def test_eight_threads_hammering_are_admitted_64_times_in_6_6_seconds() -> None:
    assert admitted_in_the_span(SteppingClock()) == 64


@pytest.mark.long
def test_eight_threads_hammering_for_6_6_real_seconds_are_admitted_64_times() -> None:
    assert admitted_in_the_span(SystemClock()) == 64


def test_numbers_grow_by_one_and_instants_never_go_back() -> None:
    clock = SystemClock()
    decisions = hammer(Limiter(policy_named("mission"), clock), NANOSECONDS // 10, clock)
    assert [d.seq for d in decisions] == list(range(1, len(decisions) + 1))
    assert all(earlier.instant <= later.instant for earlier, later in pairwise(decisions))


def test_one_instant_for_all_threads_admits_exactly_one_burst() -> None:
    limiter = Limiter(policy_named("mission"), ManualClock(0))
    barrier = Barrier(THREADS)
    allowed: list[bool] = []

    def ask() -> None:
        barrier.wait()
        allowed.extend(limiter.hit(ONE).allowed for _ in range(200))

    threads = [Thread(target=ask) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (allowed.count(True), len(allowed)) == (16, 1600)
