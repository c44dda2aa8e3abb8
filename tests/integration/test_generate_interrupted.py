"""A real ``mock-athena generate`` that is killed midway: nothing half-written is left, and the next run ends it."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mock_athena.population import files
from tests.emulator import clean_environment

PATIENTS = 2 * files.BLOCK + 10  # three blocks
_PATIENCE, _PAUSE = 600, 0.05  # turns; seconds of each


def command(out: Path, jobs: int) -> list[str]:
    options = ["--patients", str(PATIENTS), "--jobs", str(jobs), "--no-database", "--out", str(out)]
    return [sys.executable, "-m", "mock_athena", "generate", *options]


def finish(out: Path, home: Path, jobs: int = 1) -> str:
    environment = clean_environment(home)
    done = subprocess.run(command(out, jobs), env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What a run that nobody disturbs writes."""
    out = tmp_path_factory.mktemp("whole")
    finish(out, tmp_path_factory.mktemp("home"))
    return content(out)


@pytest.fixture
def begun(jobs: int, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A run that has finished a block of patients and is at the next."""
    process = subprocess.Popen(
        command(tmp_path / "out", jobs),
        env=clean_environment(tmp_path / "home"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    )
    first = tmp_path / "out" / ".unfinished" / "block-000000001"
    for _ in range(_PATIENCE):
        if first.is_dir() or process.poll() is not None:
            break
        try:
            process.wait(_PAUSE)
        except subprocess.TimeoutExpired:
            continue
    assert first.is_dir()
    assert process.poll() is None
    yield process
    if process.poll() is None:
        process.kill()
    process.communicate()


@pytest.mark.parametrize(
    ("jobs", "blow"),
    [(1, signal.SIGKILL), pytest.param(2, signal.SIGKILL, marks=pytest.mark.long), (2, signal.SIGINT)],
    ids=lambda value: str(value),
)
def test_the_next_run_ends_what_a_killed_one_began(
    begun: subprocess.Popen[str], tmp_path: Path, whole: dict[str, bytes], jobs: int, blow: signal.Signals
) -> None:
    out = tmp_path / "out"
    begun.send_signal(blow)
    _, said = begun.communicate(timeout=30)
    assert begun.returncode != 0
    assert [path.name for path in out.iterdir()] == [".unfinished"], "no file that looks complete"
    if blow == signal.SIGINT:
        assert f"stopped; the same command goes on from what is in {out}" in said
        assert not list((out / ".unfinished").glob("block-*.*")), "nothing half-written"
    assert (out / ".unfinished" / "block-000000001").is_dir(), "what was finished is kept"

    finish(out, tmp_path / "home", jobs)
    assert content(out) == whole
