"""Temporary stores do not pile up, whatever became of the processes that made them."""

import errno
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from mock_athena.errors import DataError
from mock_athena.store.files import open_temporary

SCRIPT = """
import os, signal
from mock_athena.store.files import open_temporary
store = open_temporary()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither SIGKILL nor this kind of lock")
def test_what_a_killed_process_left_is_removed_by_the_next(folder: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", SCRIPT], env={"TMPDIR": str(folder)}, check=False)
    assert killed.returncode < 0
    (left,) = folder.iterdir()
    store = open_temporary()
    assert not left.exists()
    store.close()
    assert list(folder.iterdir()) == []


def test_what_is_in_use_stays(folder: Path) -> None:
    first, second = open_temporary(), open_temporary()
    assert len(list(folder.iterdir())) == 2
    assert first.snapshot().seq == second.snapshot().seq == 0
    first.close()
    second.close()


def test_what_another_user_has_there_is_none_of_our_business(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = folder / "mock-athena-theirs" / "store.sqlite.lock"
    theirs.parent.mkdir()
    theirs.touch()
    stat = os.stat

    def refused(path: Any, *args: Any, **options: Any) -> os.stat_result:
        if str(path) == str(theirs):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return stat(path, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", refused)
        store = open_temporary()
    store.close()
    assert theirs.exists()


def test_many_may_be_opened_at_once(folder: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        stores = list(pool.map(lambda _: open_temporary(), range(40)))
    assert len({id(store) for store in stores}) == len(list(folder.iterdir())) == 40
    for store in stores:
        store.close()
    assert list(folder.iterdir()) == []


def test_a_folder_where_nothing_can_be_locked_is_an_error_and_no_endless_search(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fcntl = pytest.importorskip("fcntl")

    def refuse(handle: object, operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(DataError, match=r"store\.sqlite: cannot be locked \(No locks available\)"):
        open_temporary()
    assert list(folder.iterdir()) == []
