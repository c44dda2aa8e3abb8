"""Processes on one file or server, threads in memory: not one request too many or too few, and one order for all."""

import os
from pathlib import Path
from threading import Thread

import pytest

from mock_athena.clock import NANOSECONDS, ManualClock, SystemClock
from mock_athena.errors import ConfigurationError
from mock_athena.ratelimit import Limiter, Policy, QuotaKey, policy_named
from mock_athena.ratelimit.engine import Engines
from mock_athena.ratelimit.history import Judged, verify
from mock_athena.ratelimit.holders import counters_named
from mock_athena.ratelimit.limits import SlidingWindow
from mock_athena.ratelimit.shared_file import SharedFileCounters
from tests.mock_athena.ratelimit.keys import ONE
from tests.mock_athena.ratelimit.workers import OneClock, hammer
from tests.valkey_server import ValkeyServer

NINE_SECONDS = 9 * NANOSECONDS
# All are proved; every run shows one that shares with nobody much, and one that shares with many.
PROCESSES = [pytest.param(1, marks=pytest.mark.long), 2, pytest.param(4, marks=pytest.mark.long), 8]


def judge(history: list[Judged]) -> None:
    assert [judged.seq for judged in history] == list(range(1, len(history) + 1))
    verdict = verify(history, policy_named("mission"))
    assert verdict.violations == []
    assert verdict.refused > verdict.admitted
    # More than one window was seen; how many are depends on how busy the machine is.
    assert verdict.admitted > 16


@pytest.mark.parametrize("processes", PROCESSES)
def test_processes_on_a_file_are_admitted_exactly_what_the_policy_says(tmp_path: Path, processes: int) -> None:
    # Twenty times as fast as real time: nine seconds of ours in half of one.
    judge(hammer(f"file:{tmp_path / 'counters'}", processes, NINE_SECONDS, rate=20.0))


@pytest.mark.parametrize("own_time", [False, True])
@pytest.mark.parametrize("processes", PROCESSES)
def test_processes_on_a_server_are_admitted_exactly_what_the_policy_says(
    valkey: ValkeyServer, processes: int, own_time: bool
) -> None:
    fresh = counters_named(valkey.url, policy_named("mission"), ManualClock(0), own_time=False, fail="closed")
    fresh.reset()
    fresh.close()
    history = hammer(valkey.url, processes, NINE_SECONDS, rate=20.0, own_time=own_time)
    verdict = verify(history, policy_named("mission"))
    assert [judged.seq for judged in history] == list(range(1, len(history) + 1))
    assert verdict.violations == []
    assert verdict.admitted >= (16 if own_time else 17)  # half a second by the server's own time


@pytest.mark.parametrize("threads", PROCESSES)
def test_threads_in_memory_are_admitted_exactly_what_the_policy_says(threads: int) -> None:
    limiter, told = Limiter(policy_named("mission"), clock := OneClock(20.0)), list[Judged]()
    until = clock.now() + NINE_SECONDS

    def ask() -> None:
        while clock.now() < until:
            decision = limiter.hit(ONE)
            told.append(Judged(decision.seq, decision.instant, "one", decision.allowed))

    crew = [Thread(target=ask) for _ in range(threads)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    judge(sorted(told, key=lambda judged: judged.seq))


@pytest.mark.long
def test_eight_processes_for_a_minute_are_admitted_the_ideal_number(tmp_path: Path) -> None:
    history = hammer(f"file:{tmp_path / 'counters'}", 8, 60 * NANOSECONDS - NANOSECONDS // 10)
    judge(history)
    assert sum(judged.allowed for judged in history) == 480


def test_a_file_of_another_policy_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "counters"
    SharedFileCounters(path, Engines(policy_named("mission")), SystemClock()).close()
    with pytest.raises(ConfigurationError, match="belongs to another rate limit policy"):
        SharedFileCounters(path, Engines(policy_named("sliding-1s")), SystemClock())


@pytest.mark.parametrize("content", [b"not a file of counters, though it is long enough to be one" * 3, b"x" * 8 * 20])
def test_a_file_of_something_else_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "counters"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match="is not a file of counters"):
        SharedFileCounters(path, Engines(policy_named("mission")), SystemClock())
    assert path.read_bytes() == content


def test_a_path_that_cannot_be_opened_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be used"):
        SharedFileCounters(tmp_path / "no" / "such", Engines(policy_named("mission")), SystemClock())


def test_counts_stay_when_all_processes_have_ended(tmp_path: Path) -> None:
    clock = ManualClock(0)
    for number in range(4):
        counters = SharedFileCounters(tmp_path / "counters", Engines(policy_named("mission")), clock)
        decisions = [counters.hit(ONE) for _ in range(5)]
        assert [decision.seq for decision in decisions] == [number * 5 + nth for nth in range(1, 6)]
        assert sum(decision.allowed for decision in decisions) == (5 if number < 3 else 1)
        counters.close()


def test_a_reset_of_one_process_takes_the_others_back_with_it(tmp_path: Path) -> None:
    clock, engines = ManualClock(0), Engines(policy_named("mission"))
    one, other = (SharedFileCounters(tmp_path / "counters", engines, clock) for _ in range(2))
    clock.advance(86_400 * NANOSECONDS)
    one.hit(ONE)
    clock.reset()
    assert other.hit(ONE).instant == 86_400 * NANOSECONDS  # between the two halves of a reset
    one.reset()
    assert [counters.hit(ONE).instant for counters in (other, one)] == [0, 0]


def test_the_table_grows_keeps_everybody_and_forgets_who_is_idle(tmp_path: Path) -> None:
    clock = ManualClock(0)
    engines = Engines(policy_named("sliding-1s"))
    counters = SharedFileCounters(tmp_path / "counters", engines, clock)
    other = SharedFileCounters(tmp_path / "counters", engines, clock)
    keys = [ONE._replace(id=f"client-{number}") for number in range(3000)]
    for key in keys:
        assert counters.hit(key, 5).allowed
    for key in keys:
        assert other.hit(key).allowances[0].remaining == 2
    size = (tmp_path / "counters").stat().st_size
    for day in range(1, 4):
        clock.advance(86_400 * NANOSECONDS)
        for key in keys[:2000]:
            assert counters.hit(key._replace(id=f"{key.id} of day {day}")).allowances[0].remaining == 7
    assert (tmp_path / "counters").stat().st_size <= 4 * size
    assert len(counters.standings()) < 9000
    counters.close()
    other.close()


def test_a_process_that_was_forked_off_has_a_lock_of_its_own(tmp_path: Path) -> None:
    counters = SharedFileCounters(tmp_path / "counters", Engines(policy_named("mission")), ManualClock(0))
    counters.hit(ONE)
    child = os.fork()
    if child == 0:
        os._exit(sum(counters.hit(ONE).allowed for _ in range(7)))
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 7
    assert counters.hit(ONE).allowances[0].remaining == 7
    counters.close()


def test_a_window_too_long_for_a_file_is_told_before_it_is_made(tmp_path: Path) -> None:
    engines = Engines(Policy("long", (SlidingWindow("long", 4_000_000, 86_400),)))
    with pytest.raises(ConfigurationError, match="'long' of 4,000,000 would take 32 MB for each caller"):
        SharedFileCounters(tmp_path / "counters", engines, ManualClock(0))
    assert not list(tmp_path.iterdir())


def test_a_long_window_begins_with_few_callers(tmp_path: Path) -> None:
    engines = Engines(Policy("long", (SlidingWindow("long", 500_000, 86_400),)))
    counters = SharedFileCounters(tmp_path / "counters", engines, ManualClock(0))
    assert counters.hit(QuotaKey("production", "client", "one")).standings[0][0] == 499_999
    assert (tmp_path / "counters").stat().st_size <= 2**28
    counters.close()
