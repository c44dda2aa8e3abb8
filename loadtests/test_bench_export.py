"""A bulk export over HTTP: how much the server computes for it, how fast a file is, and what others notice of it.

The population is made first: ``BENCH_EXPORT_PATIENTS=4200`` makes a million resources and takes minutes.
"""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median

import pytest

from athena_fhir_load.downloads import CURL, Downloads, File
from athena_fhir_load.measure import Figures
from athena_fhir_load.running import Running, running
from mock_athena.store import ResourceStore
from mock_athena.store.criteria import Selection

PATIENTS = os.environ.get("BENCH_EXPORT_PATIENTS", "400")
SLOW = 10

pytestmark = [
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="CPU time of a process is read from /proc"),
    pytest.mark.skipif(CURL is None, reason="curl is not installed"),
]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("export")
    command = [sys.executable, "-m", "mock_athena", "generate", "--patients", PATIENTS, "--out", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    yield folder / "population.sqlite"
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def emulator(database: Path) -> Iterator[Running]:
    with running(["--db", str(database), "--limits", "off", "--export-duration", "0"], database.parent) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def client(emulator: Running) -> Downloads:
    client = Downloads(emulator.origin)
    client.get("/fhir/r4/Patient?_count=1")
    return client


@pytest.fixture(scope="module")
def largest(client: Downloads) -> File:
    files, _ = client.exported()
    return max(files, key=lambda file: file.count)


def test_all_from_kick_off_to_the_last_byte(figures: Figures, emulator: Running, client: Downloads) -> None:
    runs = [_run(emulator, client) for _ in range(3)]
    took, count, size, wall, _ = runs[-1]
    figures.add("export: resources", count, "", f"{size / 1e6:,.0f} MB, {size / count:,.0f} B each")
    rate = max(count / cpu for _, count, _, _, cpu in runs)
    figures.add("export: resources by CPU second of the server", rate, "/s", "goal: 300,000")
    figures.add("export: kick-off to last byte, on the wall", wall, "s")
    for what, goal in (("kick-off", 5), ("first status", 300), ("status", 5)):
        figures.add(f"export: {what}", took[what] * 1000, "ms", f"goal: {goal}")


def _run(emulator: Running, client: Downloads) -> tuple[dict[str, float], int, int, float, float]:
    """Times of the requests, resources, bytes, seconds and CPU seconds of one export."""
    began, cpu = time.perf_counter(), emulator.cpu_seconds()
    files, took = client.exported()
    size, _ = client.curl([file.url for file in files])
    wall, cpu = time.perf_counter() - began, emulator.cpu_seconds() - cpu
    return took, sum(file.count for file in files), size, wall, cpu


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_one_file(
    figures: Figures, emulator: Running, client: Downloads, largest: File, database: Path, packed: bool
) -> None:
    options = ["-H", "Accept-Encoding: gzip"] if packed else []
    walls, cpus = [], []
    plain, _ = client.curl([largest.url])
    for _ in range(5):
        cpu = emulator.cpu_seconds()
        _, wall = client.curl([largest.url], *options)
        walls.append(plain / wall / 1e6)
        cpus.append(emulator.cpu_seconds() - cpu)
    name = "gzip" if packed else "plain"
    note = f"{max(walls):,.0f} at best; of the plain file" if packed else f"{max(walls):,.0f} at best; goal: 400"
    figures.add(f"export: one {name} file with curl, median", median(walls), "MB/s", note)
    ratio = _scan_seconds(database, largest) / min(cpus)
    figures.add(f"export: a bare scan's CPU in proportion to a {name} file's", ratio, "")


def test_memory_with_slow_readers(figures: Figures, emulator: Running, client: Downloads) -> None:
    before, written = emulator.private_bytes(), emulator.written_bytes()
    files, _ = client.exported()
    client.curl([file.url for file in files])
    big = max(files, key=lambda file: file.count)
    with client.slow(big.url, 4):
        client.curl([big.url])
        grown = (emulator.private_bytes() - before) / 1e6
    spilled = (emulator.written_bytes() - written) / 1e6
    figures.add("export: private memory grew, with 4 slow readers", grown, "MB", f"goal: 64; {spilled:.1f} MB written")


def test_others_meanwhile(figures: Figures, client: Downloads, largest: File) -> None:
    path = "/Patient/a-500001.E-1"
    alone = client.latencies(path, 3)
    with client.slow(largest.url, SLOW):
        slow = client.latencies(path, 3)
    over = threading.Event()
    thread = threading.Thread(target=_download_until, args=(client, largest, over))
    thread.start()
    busy = client.latencies(path, 3)
    over.set()
    thread.join()
    figures.add("export: p99 of a read, nothing else", _p99(alone), "ms")
    figures.add(f"export: p99 of a read, {SLOW} slow downloads, by alone", _p99(slow) / _p99(alone), "")
    figures.add("export: p99 of a read, one fast download, by alone", _p99(busy) / _p99(alone), "", "goal: 3")


def _download_until(client: Downloads, file: File, over: threading.Event) -> None:
    while not over.is_set():
        client.curl([file.url])


def _p99(sorted_: list[float]) -> float:
    return sorted_[int(len(sorted_) * 0.99)]


def _scan_seconds(database: Path, file: File) -> float:
    """CPU seconds in which this process fetches as many bodies as a file has, row by row."""
    with closing(ResourceStore.open(database)) as store:
        bodies = store.snapshot().bodies(Selection(file.type))
        began = time.process_time()
        for _ in zip(range(file.count), bodies, strict=False):
            pass
        return time.process_time() - began
