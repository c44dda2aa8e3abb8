"""State that processes share in a directory, and that outlasts them, also where one is killed in the middle."""

import multiprocessing
import os
import signal
import sqlite3
import stat
from pathlib import Path

import pytest

from mock_athena.errors import ConfigurationError
from mock_athena.state.directory import DirectoryState

_FORK = multiprocessing.get_context("fork")


def _add_all(directory: Path, added: "multiprocessing.SimpleQueue[list[str]]") -> None:
    state = DirectoryState(directory)
    added.put([id for id in map(str, range(100)) if state.add("jti", id, os.getpid())])
    os._exit(0)


def _write_for_ever(directory: Path, begun: "multiprocessing.SimpleQueue[None]") -> None:
    state, number = DirectoryState(directory), 0
    while True:
        number += 1
        state.put("pair", "left", number)
        state.put("pair", "right", number)
        if number == 3:
            begun.put(None)


def test_it_outlasts_the_process(tmp_path: Path) -> None:
    first = DirectoryState(tmp_path / "state")
    first.put("client", "one", {"secret": "s"})
    first.close()
    assert DirectoryState(tmp_path / "state").get("client", "one") == {"secret": "s"}


def test_what_one_holder_changes_another_sees_at_once(tmp_path: Path) -> None:
    one, other = DirectoryState(tmp_path), DirectoryState(tmp_path)
    before = other.generation()
    one.put("revoked", "session", True)
    assert other.generation() == one.generation() != before
    assert other.take("revoked", "session") is True
    assert one.get("revoked", "session") is None


def test_of_two_processes_each_value_is_added_by_one(tmp_path: Path) -> None:
    added: multiprocessing.SimpleQueue[list[str]] = _FORK.SimpleQueue()
    crew = [_FORK.Process(target=_add_all, args=(tmp_path, added)) for _ in range(2)]
    for process in crew:
        process.start()
    told = sorted(added.get() + added.get(), key=int)
    for process in crew:
        process.join()
    assert told == list(map(str, range(100)))


def test_a_process_that_is_killed_in_the_middle_leaves_a_whole_state(tmp_path: Path) -> None:
    state = DirectoryState(tmp_path)
    for _ in range(5):
        begun: multiprocessing.SimpleQueue[None] = _FORK.SimpleQueue()
        process = _FORK.Process(target=_write_for_ever, args=(tmp_path, begun))
        process.start()
        begun.get()
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join()
        pair = state.all("pair")
        assert pair["left"] - pair["right"] in (0, 1)
        before = state.generation()
        state.put("mine", "x", 1)
        assert state.generation() != before


def test_a_change_whose_process_died_before_it_could_say_so_is_noticed(tmp_path: Path) -> None:
    dying, other = DirectoryState(tmp_path), DirectoryState(tmp_path)
    before = other.generation()
    # What a process leaves that dies after the commit: a change that was begun, and is in the file.
    dying._words[0] += 1
    with sqlite3.connect(tmp_path / "state.sqlite") as connection:
        connection.execute("INSERT INTO state (kind, id, value) VALUES ('revoked', 's', 'true')")
    assert other.generation() != before
    assert other.generation() == other.generation()
    assert other.get("revoked", "s") is True


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    DirectoryState(tmp_path / "state").put("client", "one", {"secret": "s"})
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "state").iterdir()} == {0o600}


def test_a_place_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"state-dir: .* cannot be used: No such file"):
        DirectoryState(tmp_path / "no" / "such")
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match=r"state-dir: .* cannot be used"):
        DirectoryState(tmp_path / "file")


def test_a_state_of_another_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    DirectoryState(tmp_path).close()
    with sqlite3.connect(tmp_path / "state.sqlite") as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(ConfigurationError, match="layout 99, expected 1"):
        DirectoryState(tmp_path)
