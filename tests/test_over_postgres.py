"""The tests of the store, and of what is built upon it, once more over PostgreSQL."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.postgres_server import require_postgres
from tests.stores import TESTED

ROOT = Path(__file__).parent.parent
ROOMS = ("store", "search", "export", "web/bulk", "web/documents", "web/saved", "web/writes", "web/rest")
# Each of their examples is a store of its own, which takes a quarter of a second there.
LEFT_OUT = ("search/test_linked_worlds.py", "search/test_against_reference.py")


@pytest.mark.long
@pytest.mark.parametrize("room", ROOMS)
def test_a_room_holds_over_postgres(room: str, tmp_path: Path) -> None:
    require_postgres()
    folder = ROOT / "tests" / "mock_athena"
    left_out = [f"--ignore={folder / name}" for name in LEFT_OUT]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not long", *left_out]
    done = subprocess.run(
        [*command, f"--basetemp={tmp_path / 'base'}", str(folder / room)],
        cwd=ROOT,
        env={**os.environ, TESTED: "postgresql"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
