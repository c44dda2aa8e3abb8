"""Locust against a real emulator, as users run it: a process of its own, which is what its patched sockets need."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.conftest import StartEmulator
from tests.emulator import Emulator

LOCUSTFILE = Path(__file__).parents[2] / "loadtests" / "locustfile.py"

_PATIENCE = 90  # seconds


def locust(*arguments: str, environment: dict[str, str] | None = None) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "--loglevel", "WARNING", *arguments]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ | (environment or {})
    )


def load(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "athena_fhir_load.load", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=False)


def report(folder: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return told


def ended(processes: Sequence["subprocess.Popen[str]"]) -> list[tuple[int, str]]:
    """Exit codes and output of all, which are killed if they do not end."""
    with ExitStack() as stack:
        for process in processes:
            stack.callback(lambda process=process: process.kill())  # type: ignore[misc]
        told = [process.communicate(timeout=_PATIENCE)[0] for process in processes]
    return [(process.returncode, text) for process, text in zip(processes, told, strict=True)]


def test_a_short_load_holds_the_limit_and_says_so(emulator: Emulator, tmp_path: Path) -> None:
    """What CI runs: polite, greedy, a herd, many callers for seconds; with thresholds."""
    done = load("--short", "--target", emulator.origin, "--out", str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Yes: of" in done.stdout
    assert (tmp_path / "index.html").exists()
    figures = report(tmp_path / "short")
    limiter = figures["limiter"]
    assert limiter["over_admission"] == limiter["under_admission"] == figures["retry_after"]["early"] == 0
    assert limiter["refused"] > 10
    groups = {caller["group"]: caller for caller in figures["callers"]}
    assert set(groups) == {"Polite", "Greedy", "Herd", "Many"}
    assert groups["Polite"]["refused"] == 0
    assert groups["Greedy"]["came_too_early"] > 10
    assert groups["Herd"]["users"] == 4
    generator = figures["generator"]
    assert generator["offered"] > 50
    assert generator["failures"] == {}
    # On a machine that is very busy some answers come after the end.
    assert 0 < generator["latency_ms"]["answered"]["n"] <= limiter["admitted"]


def test_what_cannot_be_loaded_explains_itself(tmp_path: Path) -> None:
    done = load("--target", "http://127.0.0.1:1", "--out", str(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert "is the emulator running? mock-athena serve starts one" in done.stderr


@pytest.mark.long
def test_one_master_and_two_workers_make_one_report(emulator: Emulator, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    common = ("--headless", "--host", emulator.origin, "--run-time", "5s", "--users", "6", "--spawn-rate", "20")
    master = locust("--master", "--master-bind-port", port, "--expect-workers", "2", *common,
                    "--report", str(tmp_path), "--budget", "100", "Polite", "Greedy")  # fmt: skip
    workers = [locust("--worker", "--master-port", port, "Polite", "Greedy") for _ in range(2)]
    codes = ended([master, *workers])
    assert [code for code, _ in codes] == [0, 0, 0], codes
    figures = report(tmp_path)
    assert figures["generator"]["processes"] == 2
    assert figures["generator"]["users"] == {"Greedy": 3, "Polite": 3}
    assert figures["limiter"]["over_admission"] == figures["limiter"]["under_admission"] == 0
    assert figures["journal"]["exchanges"] == 100  # tokens included: each worker makes its half of the budget
    came = sum(kind["n"] for kind in figures["generator"]["latency_ms"].values())
    assert 0 < came <= sum(caller["sent"] for caller in figures["callers"])


@pytest.mark.long
def test_a_sandbox_is_asked_for_its_budget_and_no_faster_than_the_guide_allows(
    start_emulator: StartEmulator, tmp_path: Path
) -> None:
    """An emulator whose control API is closed is like a sandbox: somebody's server, and a client that one has."""
    sandbox = start_emulator("--control-token", "a-token-of-nobody")
    options = ("--client-id", "mock-client", "--client-secret", "mock-secret", "--budget", "20")
    done = load("--target", sandbox.sandbox, "--out", str(tmp_path), *options)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "has no journal" in done.stdout
    told = requests.get(
        f"{sandbox.origin}/_mock/journal", headers={"Authorization": "Bearer a-token-of-nobody"}, timeout=10
    )
    entries = told.json()["entries"]
    assert len(entries) == 20
    assert {entry["status"] for entry in entries} == {200}
    assert {entry["environment"] for entry in entries if entry["route"] == "fhir"} == {"sandbox"}
    instants = sorted(float(entry["instant"]) for entry in entries)
    assert instants[-1] - instants[0] > 19 / 8 - 0.3
    wrong = load(
        "--target", sandbox.sandbox, "--out", str(tmp_path), "--client-id", "mock-client", "--client-secret", "no"
    )
    assert wrong.returncode == 2
    assert "invalid_client" in wrong.stderr


@pytest.mark.long
def test_all_scenarios_and_the_page_in_locusts_ui(start_emulator: StartEmulator, tmp_path: Path) -> None:
    emulator = start_emulator("--export-duration", "instant", "--journal-size", "100000")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    chosen = (
        "BulkPipeline",
        "Bursty",
        "Crawler",
        "FaultStorm",
        "Guide",
        "Many",
        "MixedDay",
        "Obedient",
        "PortalSignIns",
    )
    running = locust(
        "--host",
        emulator.origin,
        "--users",
        "9",
        "--spawn-rate",
        "20",
        "--run-time",
        "8s",
        "--autostart",
        "--autoquit",
        "0",
        "--web-host",
        "127.0.0.1",
        "--web-port",
        port,
        "--report",
        str(tmp_path),
        "--most-failures",
        "1000",
        *chosen,
    )  # fmt: skip - the storm strikes all
    page = _page(f"http://127.0.0.1:{port}/rate-limits", running)
    assert re.search(r"requests due<td[^>]*>\d", page)
    (tab,) = requests.get(f"http://127.0.0.1:{port}/stats/requests", timeout=5).json()["extended_stats"]
    assert (tab["key"], tab["data"][0]["what"]) == ("rate-limits", "requests due")
    ((code, output),) = ended([running])
    assert code == 0, output
    figures = report(tmp_path)
    assert set(figures["generator"]["users"]) == set(chosen)
    assert figures["limiter"]["over_admission"] == figures["limiter"]["under_admission"] == 0
    assert emulator.control("GET", "faults") == {"armed": []}  # the storm is over


@pytest.mark.long
def test_a_host_that_is_none_ends_one_run_of_the_ui_and_not_the_next(emulator: Emulator, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    running = locust("--web-host", "127.0.0.1", "--web-port", port, "--report", str(tmp_path), "Polite")
    ui = f"http://127.0.0.1:{port}"
    try:
        assert "not begun yet" in _page(f"{ui}/rate-limits", running, "not begun yet")
        for host, seen in (("http://127.0.0.1:1", "is the emulator running"), (emulator.origin, "answered, since")):
            requests.post(f"{ui}/swarm", {"user_count": 1, "spawn_rate": 1, "host": host}, timeout=30)
            assert seen in _page(f"{ui}/rate-limits", running, seen)
            requests.post(f"{ui}/stop", timeout=30)
            _page(f"{ui}/stats/requests", running, '"state": "stopped"')
    finally:
        running.terminate()
        ended([running])


def _page(address: str, process: "subprocess.Popen[str]", seen: str = "answered, since it was due") -> str:
    """The page, as soon as it says this."""
    until = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < until:
        try:
            text = requests.get(address, timeout=5).text
        except requests.ConnectionError:
            continue
        if seen in text:
            return text
    process.kill()
    raise AssertionError(f"locust did not say {seen!r}: {process.communicate()[0]}")


@pytest.mark.long
def test_what_nothing_limits_has_a_report_without_a_verdict(emulator: Emulator, tmp_path: Path) -> None:
    asked = ("--host", emulator.origin, "--headless", "--users", "1", "--run-time", "3s", "--report", str(tmp_path))
    ((code, said),) = ended([locust(*asked, "PortalSignIns")])
    assert code == 0, said
    assert "not judged" in said
    assert report(tmp_path)["generator"]["latency_ms"]["answered"]["n"] > 3
