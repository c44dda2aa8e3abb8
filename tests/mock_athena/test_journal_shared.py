"""One journal of several processes: here two journals in one folder, each as a process of its own has it."""

import threading
from pathlib import Path

import pytest

from mock_athena.journal import Entry
from mock_athena.journal.shared import SharedJournal
from tests.mock_athena.test_journal import ENTRY, OTHER


@pytest.fixture
def both(tmp_path: Path) -> tuple[SharedJournal, SharedJournal]:
    return SharedJournal(10, tmp_path), SharedJournal(10, tmp_path)


def numbered(seq: int) -> Entry:
    return ENTRY._replace(seq=seq, status=200 if seq % 3 else 429)


def test_what_any_of_them_appends_all_of_them_tell_in_order_of_the_decisions(
    both: tuple[SharedJournal, SharedJournal],
) -> None:
    one, other = both
    strange = OTHER._replace(seq=3, instant=2**77, path="/\ud800ü\n", told=(("X-A", "1"), ("X-B", "2")))
    for journal, entry in ((one, OTHER), (other, strange), (one, ENTRY)):
        journal.append(entry)
    assert one.entries() == other.entries() == [ENTRY, OTHER, strange]
    assert one.entries(status="4xx", limit="1") == [strange]
    assert one.counters() == other.counters()
    assert one.counters()["fault.latency"] == 2


def test_the_last_are_kept_and_the_counts_of_all(both: tuple[SharedJournal, SharedJournal], tmp_path: Path) -> None:
    for seq in range(1, 1001):
        both[seq % 2].append(numbered(seq))
    late = SharedJournal(10, tmp_path)
    for journal in (*both, late):
        assert [entry.seq for entry in journal.entries()] == list(range(991, 1001))
        assert journal.counters() == {"status.200": 667, "status.429": 333, "total": 1000, "verdict.admitted": 1000}
    assert len(list(tmp_path.glob("journal.*"))) == 2


def test_who_reads_now_and_then_misses_nothing(both: tuple[SharedJournal, SharedJournal]) -> None:
    one, other = both
    for seq in range(1, 1001):
        one.append(numbered(seq))
        if not seq % 7:
            assert other.entries()[-1].seq == seq
            assert other.counters()["total"] == seq


def test_a_reset_is_for_all_and_goes_on_with_nothing(both: tuple[SharedJournal, SharedJournal]) -> None:
    one, other = both
    for seq in range(1, 100):
        one.append(numbered(seq))
    assert other.counters()["total"] == 99
    other.reset()
    for journal in both:
        assert (journal.entries(), journal.counters()) == ([], {})
    one.append(ENTRY)
    assert other.entries() == [ENTRY]


def test_a_follower_sees_what_others_append_once_and_from_where_it_was(
    both: tuple[SharedJournal, SharedJournal], tmp_path: Path
) -> None:
    one, other = both
    seen: list[tuple[int, int]] = []
    began = threading.Event()

    def follow() -> None:
        for number, entry in other.follow(quiet_for=0.01):
            began.set()
            if entry is not None:
                seen.append((number, entry.seq))

    thread = threading.Thread(target=follow)
    thread.start()
    assert began.wait(30)
    for seq in range(1, 9):
        one.append(numbered(seq))
    while len(seen) < 8:
        assert thread.is_alive()
    other.close()
    thread.join(30)
    assert seen == [(seq, seq) for seq in range(1, 9)]
    # Another process goes on where that one was.
    followed = SharedJournal(10, tmp_path).follow(since=6)
    assert [next(followed)[0] for _ in range(2)] == [7, 8]


def test_what_a_process_wrote_half_when_it_was_killed_is_left_out(
    both: tuple[SharedJournal, SharedJournal], tmp_path: Path
) -> None:
    one, other = both
    one.append(ENTRY)
    with (tmp_path / "journal.1").open("ab") as file:
        file.write(b"[7,17672")
    assert other.entries() == [ENTRY]
    one.append(OTHER)  # is lost with it: the two are one line
    one.append(numbered(9))
    assert [entry.seq for entry in other.entries()] == [1, 9]


def test_the_latest_of_all_processes_are_told(both: tuple[SharedJournal, SharedJournal]) -> None:
    for seq in range(1, 31):
        both[seq % 2].append(numbered(seq))
    for journal in both:
        seen = journal.latest(3)
        assert ([entry.seq for entry in seen.entries], seen.gone) == ([30, 29, 28], 20)
        assert [entry.seq for entry in journal.latest(3, lambda entry: entry.status == 429).entries] == [30, 27, 24]
