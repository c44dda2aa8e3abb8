"""Following the journal: every exchange once, in the order of their ends, from where one was."""

import threading

from mock_athena.journal import Journal
from tests.mock_athena.test_journal import ENTRY, journal


def test_a_follower_sees_what_comes_after_it_began() -> None:
    kept = journal(ENTRY, size=1000)
    seen, began = [], threading.Event()

    def follow() -> None:
        followed = kept.follow(quiet_for=0.01)
        for number, entry in followed:
            began.set()
            if entry is not None:
                seen.append((number, entry.seq))

    thread = threading.Thread(target=follow)
    thread.start()
    assert began.wait(30)
    for seq in range(2, 200):
        kept.append(ENTRY._replace(seq=seq))
    while len(seen) < 198:
        assert thread.is_alive()
    kept.close()
    thread.join(30)
    assert seen == [(seq, seq) for seq in range(2, 200)]


def test_it_goes_on_where_it_was_as_far_as_that_is_remembered() -> None:
    kept = journal(*(ENTRY._replace(seq=seq) for seq in range(1, 11)), size=5)
    followed = kept.follow(since=8)
    assert [next(followed)[0] for _ in range(2)] == [9, 10]
    behind = kept.follow(since=2)
    assert [next(behind)[0] for _ in range(5)] == [6, 7, 8, 9, 10]


def test_a_quiet_journal_says_so_and_a_reset_starts_anew() -> None:
    kept = journal(ENTRY, ENTRY)
    followed = kept.follow(since=2, quiet_for=0.001)
    assert next(followed) == (2, None)
    kept.reset()
    assert next(followed) == (0, None)
    kept.append(ENTRY)
    assert next(followed) == (1, ENTRY)


def test_a_closed_journal_is_not_followed() -> None:
    kept = Journal(5)
    kept.close()
    assert list(kept.follow()) == []


def test_a_follower_who_leaves_is_forgotten() -> None:
    kept = journal(ENTRY)
    followed = kept.follow(since=0)
    next(followed)
    followed.close()  # type: ignore[attr-defined]
    assert kept._followers == 0
