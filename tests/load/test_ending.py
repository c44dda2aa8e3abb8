"""A command that is ended from outside puts away what it started."""

import os
import signal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from athena_fhir_load.ending import INTERRUPTED, ended


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_ended_command_leaves_nothing_and_shows_no_traceback(
    number: signal.Signals, capsys: pytest.CaptureFixture[str]
) -> None:
    there: list[Path] = []

    def command() -> int:
        with TemporaryDirectory() as folder:
            there.append(Path(folder))
            os.kill(os.getpid(), number)
        return 0

    before = signal.getsignal(signal.SIGTERM)
    try:
        assert ended(command) == INTERRUPTED
        assert ended(lambda: 3) == 3
    finally:
        signal.signal(signal.SIGTERM, before)
    assert not there[0].exists()
    assert capsys.readouterr().err == "ended before it was done\n"
