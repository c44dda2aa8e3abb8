"""The process: it says where it is, answers at once, and leaves quietly."""

import subprocess
import sys
from pathlib import Path

import requests

from tests.conftest import StartEmulator
from tests.emulator import READY, Emulator, clean_environment


def test_the_first_line_names_the_base_url_and_it_answers_at_once(emulator: Emulator) -> None:
    assert emulator.printed.startswith(READY)
    assert emulator.control("GET", "health")["status"] == "ok"
    assert requests.get(f"{emulator.base}/metadata").json()["resourceType"] == "CapabilityStatement"


def test_it_ends_when_it_is_told_to_and_complains_of_nothing(start_emulator: StartEmulator) -> None:
    emulator = start_emulator()
    assert emulator.stop() == 0
    assert emulator.errors.read_text() == ""


def test_a_port_that_is_taken_is_said_on_one_line(emulator: Emulator, tmp_path: Path) -> None:
    port = emulator.origin.rpartition(":")[2]
    command = [sys.executable, "-m", "mock_athena", "serve", "--port", port, "--patients", "0"]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=tmp_path, env=clean_environment(tmp_path), timeout=30
    )
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert port in line
    assert "--port" in line
