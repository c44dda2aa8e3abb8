"""Servers that are not ours, and start several workers."""

import multiprocessing
from pathlib import Path
from types import SimpleNamespace

import pytest

from mock_athena.app import from_environment
from mock_athena.errors import ConfigurationError


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """We are a process that a server started by ``multiprocessing``."""
    monkeypatch.setattr(multiprocessing, "parent_process", lambda: SimpleNamespace(pid=1))
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))


def test_a_second_one_that_counts_for_itself_is_refused(worker: None) -> None:
    first = from_environment()
    with pytest.raises(ConfigurationError, match=r"each would admit the whole quota: start one worker, set MOCK_.*="):
        from_environment()
    first.close()
    from_environment().close()


@pytest.mark.parametrize(("name", "value"), [("COUNTERS", "file:{}/counters"), ("LIMITS", "off")])
def test_one_that_does_not_is_not(
    worker: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str
) -> None:
    monkeypatch.setenv(f"MOCK_ATHENA_{name}", value.format(tmp_path))
    first, second = from_environment(), from_environment()
    first.close()
    second.close()


def test_two_that_nobody_started_are_two_servers() -> None:
    first, second = from_environment(), from_environment()
    first.close()
    second.close()
