"""What several workers share is put into the state directory, where other things may be."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from mock_athena import supervisor
from mock_athena.commons import Commons
from mock_athena.errors import ConfigurationError
from mock_athena.settings import Settings


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def commons(directory: Path, stack: ExitStack) -> Commons:
    return supervisor._commons(Settings(workers=2, state_dir=str(directory)), stack)


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path, stack: ExitStack) -> None:
    (tmp_path / "workers").mkdir()
    (tmp_path / "workers" / "mine.py").write_text("precious")
    assert commons(tmp_path, stack).folder.is_dir()
    stack.close()
    assert (tmp_path / "workers" / "mine.py").read_text() == "precious"


def test_what_a_run_left_that_was_killed_is_removed(tmp_path: Path, stack: ExitStack) -> None:
    folder = commons(tmp_path, stack).folder
    shutil.copytree(folder, tmp_path / "copy")
    (tmp_path / "copy" / "journal").write_text("old")
    stack.close()
    assert not folder.exists()
    (tmp_path / "copy").rename(folder)
    assert list(commons(tmp_path, stack).folder.iterdir()) == []


def test_what_is_in_the_way_is_named(tmp_path: Path, stack: ExitStack) -> None:
    folder = commons(tmp_path, stack).folder
    stack.close()
    folder.write_text("a file")
    with pytest.raises(ConfigurationError, match=rf"^state-dir: {folder} cannot be made: File exists"):
        commons(tmp_path, stack)
