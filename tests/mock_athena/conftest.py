"""The command line, run in this process."""

import os
import sys
from pathlib import Path

import pytest

from mock_athena.cli import main
from tests.mock_athena.command_line import Ended, Run


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Runs the command line in this process, with an empty environment of ours and no server loop."""
    for name in [name for name in os.environ if name.startswith("MOCK_ATHENA_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MOCK_ATHENA_CACHE_DIR", str(tmp_path / "cache"))

    def run(*arguments: str, columns: int = 110) -> Ended:
        monkeypatch.setattr(sys, "argv", ["mock-athena", *arguments])
        monkeypatch.setenv("COLUMNS", str(columns))
        with pytest.raises(SystemExit) as ended:
            main()
        return Ended(ended.value.code, *capsys.readouterr())

    return run
