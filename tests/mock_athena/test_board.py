"""A value that processes share: whole or not at all, and noticed at once."""

import multiprocessing
import os
import signal
import threading
from pathlib import Path

import pytest

from mock_athena.board import Board, BoardLock

_FORK = multiprocessing.get_context("fork")


def _write_for_ever(path: Path, begun: "multiprocessing.SimpleQueue[None]") -> None:
    board = Board(path)
    lock = BoardLock(board, lambda: None, lambda: None)
    for number in range(10**9):
        with lock:
            board.write([number] * 200)
        if number == 3:
            begun.put(None)


def test_what_one_writes_another_notices_and_reads(tmp_path: Path) -> None:
    one, other = Board(tmp_path / "board"), Board(tmp_path / "board")
    assert (one.words[0], other.read()) == (0, (0, None))
    for number in range(1, 4):
        assert one.write({"n": number, "far": 2**77}) == number == other.words[0]
        assert other.read() == (number, {"n": number, "far": 2**77})


def test_a_writer_that_is_killed_leaves_a_whole_value_and_no_lock(tmp_path: Path) -> None:
    board = Board(tmp_path / "board")
    for _ in range(5):
        begun: multiprocessing.SimpleQueue[None] = _FORK.SimpleQueue()
        process = _FORK.Process(target=_write_for_ever, args=(tmp_path / "board", begun))
        process.start()
        begun.get()
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join()
        _, value = board.read()
        assert value == [value[0]] * 200
        with BoardLock(board, lambda: None, lambda: None):
            board.write([0] * 200)


def test_a_reader_never_sees_half_of_a_change(tmp_path: Path) -> None:
    board, seen = Board(tmp_path / "board"), []
    board.write([0] * 500)
    ended = threading.Event()

    def write() -> None:
        for number in range(1, 300):
            board.write([number] * 500)
        ended.set()

    writer = threading.Thread(target=write)
    writer.start()
    while not ended.is_set():
        _, value = Board(tmp_path / "board").read()
        assert value == [value[0]] * 500
        seen.append(value[0])
    writer.join()
    assert seen == sorted(seen)


def test_what_is_too_long_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    board = Board(tmp_path / "board", 64)
    board.write("short")
    with pytest.raises(ValueError, match="more than processes can share"):
        board.write("x" * 64)
    assert board.read() == (1, "short")


def test_the_lock_tells_who_takes_it_first_and_gives_it_back_last(tmp_path: Path) -> None:
    told: list[str] = []
    lock = BoardLock(Board(tmp_path / "board"), lambda: told.append("follow"), lambda: told.append("tell"))
    with lock, lock:
        told.append("in")
    assert told == ["follow", "in", "tell"]


def test_a_lock_whose_holder_cannot_follow_is_given_back(tmp_path: Path) -> None:
    def fail() -> None:
        raise RuntimeError

    board = Board(tmp_path / "board")
    with pytest.raises(RuntimeError), BoardLock(board, fail, lambda: None):
        pass
    with BoardLock(Board(tmp_path / "board"), lambda: None, lambda: None):
        pass
