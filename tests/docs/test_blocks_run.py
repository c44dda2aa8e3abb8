"""The commands and programs in the documentation work exactly as they are printed."""

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from tests.conftest import StartEmulator
from tests.docs.blocks import ROOT, Block, blocks, pages
from tests.emulator import Emulator, Emulators, clean_environment
from tests.tools import tool

COMMANDS = {"sh": ["bash", "-eu", "-o", "pipefail"], "python": [sys.executable, "-W", "error", "-"]}
# A reader has no more plugins of pytest than ours; the many of this suite take longer to import than a block to run.
OUR_PLUGIN_ALONE = " ".join(
    f"-p no:{each.name}" for each in entry_points(group="pytest11") if each.name != "mock_athena"
)
BLOCKS = {
    f"{page.relative_to(ROOT)}:{block.line}": block
    for page in pages()
    for block in blocks(page.read_text(encoding="utf-8"))
}


@pytest.fixture(scope="module")
def populations(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the populations are kept that emulators of this run have made."""
    folder = tmp_path_factory.getbasetemp().parent / "populations"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def caches(populations: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's folder of caches, in which ours is that of this run: a block need not make again what there is."""
    folder = tmp_path_factory.mktemp("caches")
    (folder / "mock-athena").symlink_to(populations, target_is_directory=True)
    return folder


@pytest.fixture(scope="module")
def emulator_as_new(populations: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartEmulator]:
    """An emulator with these options, in which everything is as it was at the start."""
    started = Emulators(tmp_path_factory.mktemp("documented"), populations)
    running: dict[tuple[str, ...], Emulator] = {}

    def as_new(*options: str) -> Emulator:
        if options in running:
            running[options].control("POST", "reset")
        else:
            running[options] = started.start(*options)
        return running[options]

    yield as_new
    started.stop_all()


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
def test_a_block_works(block: Block, emulator_as_new: StartEmulator, caches: Path, tmp_path: Path) -> None:
    if block.language == "sh":
        tool("bash"), tool("curl")
    emulator = emulator_as_new(*block.options)
    environment = clean_environment(tmp_path)
    environment["XDG_CACHE_HOME"] = str(caches)
    environment["PYTEST_ADDOPTS"] = OUR_PLUGIN_ALONE
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    done = subprocess.run(
        COMMANDS[block.language],
        input=block.talking_to(emulator.origin),
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    # A traceback inside of $(…), for instance, does not stop a shell.
    assert "Traceback" not in done.stderr, done.stderr
    assert refusals(emulator) <= announced(block)


def refusals(emulator: Emulator) -> set[str]:
    """Statuses of what was refused: curl does not mind them, and readers do."""
    return {str(entry["status"]) for entry in emulator.control("GET", "journal")["entries"] if entry["status"] >= 400}


def announced(block: Block) -> set[str]:
    """Statuses that the page told the reader to expect."""
    return set(re.findall(r"\b[45]\d\d\b", block.introduction + block.text))


def test_the_readme_shows_commands_that_are_run() -> None:
    assert any(name.startswith("README.md") for name in BLOCKS)
