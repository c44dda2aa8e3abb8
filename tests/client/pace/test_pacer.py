"""Turns of threads and processes, foreign use of the quota, the day's budget, and a 429 that all obey."""

import math
import os
import threading
from pathlib import Path

import pytest

from athena_fhir_client.errors import QuotaSpent, RateLimited
from athena_fhir_client.pace.pacer import InMemory, Pacer
from athena_fhir_client.pace.shared_file import SharedFile
from athena_fhir_client.pace.state import MISSION, Limit, Mark, Pace
from athena_fhir_client.pace.told import Told
from athena_fhir_client.pace.window import Reply, free_at, give_back, left_today, take
from tests.client.in_process import PATIENT, Known


def used(number: int, now: float = 0.0) -> Pace:
    """A pace after so many requests, each answered a moment after it was sent."""
    pace = Pace()
    for _ in range(number):
        pace, mark = take(pace, now, today=0)
        pace = give_back(pace, mark, Reply(now + 0.001, 200))
    return pace


def test_the_first_request_goes_alone() -> None:
    pace, mark = take(Pace(), 0.0, today=0)
    assert free_at(pace, 0.0) is None
    assert free_at(give_back(pace, mark, Reply(0.05, 200)), 0.05) == 0.05


def test_a_request_and_its_answer_change_what_they_are_about_and_nothing_else() -> None:
    """All fields have values of their own, so that none can take the place of another."""
    old = Pace(
        *((Limit(3, 2.0),), (Mark(4, 1.0, 1.1, 1.2, 0.0, 7, 901.1),), 5, 0.04, 900.0, 1.2, 900.1, 0.07, 0.005, 9),
        *(0.5, 2, True, 1.0, 6.0, 20_000, 17, 300),
    )
    sent, mark = take(old, 8.0, today=20_000, owner=7)
    assert mark == Mark(5, 8.0, owner=7)
    assert sent == old._replace(marks=(*old.marks, mark), number=6, last_sent=8.0, spent=18)
    assert take(old, 8.0, today=20_001)[0].spent == 1
    answered = give_back(sent, mark, Reply(8.09, 200, Told(per_day=200, remaining=((200, 180),))))
    counted = mark._replace(counted=8.09, replied=8.09)
    known = sent._replace(marks=(*old.marks, counted), replies=10, refusals=0, probing=False, spent=20, per_day=200)
    assert answered == known
    timed = give_back(sent, mark, Reply(8.09, 200, Told(decided=908.02)))
    assert timed.marks[-1] == mark._replace(counted=timed.marks[-1].counted, replied=8.09, decided=908.02)
    assert timed == sent._replace(
        marks=timed.marks, replies=10, refusals=0, probing=False, offset=timed.offset, offset_of=8.09
    )


def test_an_answer_is_its_own_request_s_whoever_else_spent_or_was_refused_meanwhile() -> None:
    pace, first = take(Pace(probing=False), 0.0, today=0)
    pace, second = take(pace, 0.01, today=0)
    pace, third = take(pace, 0.02, today=0)
    pace = give_back(pace, second, Reply(0.05, 429, Told(retry_after=1.0)))  # its place is gone
    pace = give_back(pace, third, Reply(0.06, 200, Told(remaining=((16, 10),))))  # and others have theirs
    pace = give_back(pace, first, Reply(0.07, 200))
    assert [(mark.number, mark.counted) for mark in pace.marks if mark.number >= 0] == [(0, 0.07), (2, 0.06)]
    assert sum(mark.number < 0 for mark in pace.marks) == 4
    assert give_back(pace, second, Reply(0.08, 200)).marks == pace.marks


def test_the_seventeenth_waits_for_the_first() -> None:
    assert free_at(used(15), 0.1) == 0.1
    at = free_at(used(16), 0.1)
    assert at is not None
    assert 2.0 < at < 2.1


def test_a_servers_clock_that_was_set_back_shuts_nobody_out() -> None:
    pace = Pace()
    for number in range(16):
        pace, mark = take(pace, 0.1 * number, today=0)
        decided = 9000.0 + 0.1 * number - 3600 * (number > 7)
        pace = give_back(pace, mark, Reply(0.1 * number + 0.01, 200, Told(decided=decided), warm=True))
    at = free_at(pace, 1.6)
    assert at is not None
    assert 2.0 < at < 2.1


def test_only_connections_that_stood_already_teach_how_soon_a_request_is_counted() -> None:
    pace, mark = take(Pace(), 0.0, today=0)
    told = Told(decided=1000.3)
    assert give_back(pace, mark, Reply(0.4, 200, told, warm=True)).lead == 1000.3
    assert give_back(pace, mark, Reply(0.4, 200, told)).lead == math.inf


def test_an_answer_that_never_came_may_have_been_counted_as_late_as_now() -> None:
    pace = used(15)
    pace, mark = take(pace, 0.5, today=0)
    pace = give_back(pace, mark, Reply(1.5))
    strict = Pace(limits=(Limit(1, 2.0),), marks=pace.marks[-1:])
    at = free_at(strict, 0.0)
    assert at is not None
    assert at >= 3.5


def test_whoever_else_spends_the_quota_takes_places() -> None:
    pace, mark = take(Pace(), 10.0, today=0)
    told = Told(limits=MISSION, remaining=((16, 5),))  # eleven are used, and one of them was we
    pace = give_back(pace, mark, Reply(10.01, 200, told))
    assert sum(each.number < 0 for each in pace.marks) == 10
    again, mark = take(pace, 10.02, today=0)
    again = give_back(again, mark, Reply(10.03, 200, Told(remaining=((16, 4),))))
    assert sum(each.number < 0 for each in again.marks) == 10  # no news


def test_the_servers_count_of_the_day_is_the_truth() -> None:
    pace, mark = take(Pace(spent=99_999, day=7), 0.0, today=8)  # it is a new day here, and not yet there
    old = give_back(pace, mark, Reply(0.01, 200, Told(per_day=100_000, remaining=((100_000, 0),))))
    assert left_today(old, 8) == 0
    pace, mark = take(old, 0.02, today=8)
    new = give_back(pace, mark, Reply(0.03, 200, Told(per_day=100_000, remaining=((100_000, 99_999),))))
    assert left_today(new, 8) == 99_999


def test_answers_in_another_order_than_they_were_counted_give_nothing_of_the_day_back() -> None:
    pace, first = take(Pace(per_day=100, spent=98), 0.0, today=0)
    pace, second = take(pace, 0.0, today=0)
    pace = give_back(pace, second, Reply(0.03, 200, Told(per_day=100, remaining=((100, 0),), decided=1000.02)))
    pace = give_back(pace, first, Reply(0.04, 200, Told(per_day=100, remaining=((100, 1),), decided=1000.01)))
    assert left_today(pace, 0) == 0


def test_todays_budget_ends_with_an_error_that_says_when_it_comes_back(known: Known) -> None:
    pacer = Pacer(known.clock, kept=InMemory(Pace(per_day=3)))
    client = known.client(pacer=pacer)
    for _ in range(3):
        client.read("Patient", PATIENT)
    with pytest.raises(QuotaSpent, match="today's budget of 3 requests") as told:
        client.read("Patient", PATIENT)
    assert 0 < told.value.resets_in <= 86_400


@pytest.mark.requirement("RLM-024")
def test_a_429_is_obeyed_by_the_whole_client_and_bounded(known: Known) -> None:
    known.arm({"kind": "status", "with": {"status": 429, "retry_after": "3"}, "match": {"route": "fhir"}})
    client = known.client()
    with pytest.raises(RateLimited) as told:
        client.read("Patient", PATIENT)
    assert told.value.retry_after == 3.0
    assert known.statuses("Patient").count(429) == 6
    assert known.clock.waited >= 5 * 3.0
    # For whoever comes next, the pace is one at a time until an answer is good.
    assert client.pacer.pace.probing


def test_whoever_is_shut_out_for_longer_than_there_is_patience_is_told(known: Known) -> None:
    pacer = Pacer(known.clock, patience=60.0)
    pacer.block(900)
    with pytest.raises(QuotaSpent, match="for 900 s more"):
        pacer.take()


def test_threads_wait_for_each_others_answers() -> None:
    pacer, order = Pacer(), list[int]()
    first = pacer.take()

    def second() -> None:
        mark = pacer.take()
        order.append(mark.number)
        pacer.give_back(mark, Reply(pacer.clock.monotonic(), 200))

    thread = threading.Thread(target=second)
    thread.start()
    order.append(first.number)
    pacer.give_back(first, Reply(pacer.clock.monotonic(), 200))
    thread.join(timeout=10)
    assert order == [0, 1]


def test_processes_share_one_pace_through_a_file(tmp_path: Path) -> None:
    ones, others = (SharedFile(tmp_path / "pace", lambda: 1.0) for _ in range(2))
    for kept in (ones, others) * 8:
        pacer = Pacer(_Standing(), kept=kept)
        mark = pacer.take()
        pacer.give_back(mark, Reply(1.0, 200))
    assert ones.look().number == others.look().number == 16
    at = free_at(others.change(lambda pace: (pace, pace)), 1.0)
    assert at is not None
    assert at > 3.0
    assert (tmp_path / "pace").stat().st_mode & 0o777 == 0o600


def test_a_file_that_was_left_half_written_counts_as_a_full_window(tmp_path: Path) -> None:
    kept = SharedFile(tmp_path / "pace", lambda: 1.0)
    kept.change(lambda pace: (take(pace, 1.0, 0)[0], None))
    with (tmp_path / "pace").open("r+b") as file:
        file.seek(20)
        file.write(b"????")
    pace = SharedFile(tmp_path / "pace", lambda: 5.0).look()
    at = free_at(pace, 5.0)
    assert at is not None
    assert at >= 7.0


def test_a_request_of_a_process_that_died_counts_as_answered_now(tmp_path: Path) -> None:
    died = os.posix_spawn("/bin/true", ["true"], {})
    os.waitpid(died, 0)
    kept = SharedFile(tmp_path / "pace", lambda: 50.0)
    kept.change(lambda pace: (take(pace, 10.0, 0, owner=died)[0], None))
    (mark,) = SharedFile(tmp_path / "pace", lambda: 50.0).change(lambda pace: (pace, pace)).marks
    assert mark == Mark(0, 10.0, counted=50.0, owner=died)


def test_what_another_life_of_the_machine_left_is_thrown_away(tmp_path: Path) -> None:
    SharedFile(tmp_path / "pace", lambda: 9e6).change(lambda pace: (take(pace, 9e6, 0)[0], None))
    assert SharedFile(tmp_path / "pace", lambda: 1.0).change(lambda pace: (pace, pace)) == Pace()


class _Standing:
    """A clock that stands."""

    def now(self) -> float:
        return 1.0

    monotonic = now

    def sleep(self, seconds: float) -> None:
        raise AssertionError(f"nobody has to wait, and somebody waits {seconds} s")

    def wait(self, condition: threading.Condition, seconds: float | None) -> None:  # noqa: ARG002
        raise AssertionError(f"nobody has to wait, and somebody waits {seconds} s")

    def headers(self) -> dict[str, str]:
        return {}
