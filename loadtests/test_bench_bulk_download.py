"""How fast the client downloads and checks one file, in proportion to curl, which writes it to the same disk unchecked.

Both in turns against one emulator. The ratio of the best rounds says what the client can do; that of the medians,
what was left of it on this machine, where the server, the client and whatever else runs share the cores.
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from threading import Event

import pytest

from athena_fhir_client import AthenaClient
from athena_fhir_client.bulk.download import Download
from athena_fhir_client.bulk.export import Silent
from athena_fhir_client.bulk.http import Exchange
from athena_fhir_client.bulk.state import FileState
from athena_fhir_load.downloads import CURL, Downloads, File
from athena_fhir_load.measure import Figures
from athena_fhir_load.running import Running, running

PATIENTS = "600"
ROUNDS = 9

pytestmark = pytest.mark.skipif(CURL is None, reason="curl is not installed")


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("bulk")
    command = [sys.executable, "-m", "mock_athena", "generate", "--patients", PATIENTS, "--out", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    options = ["--db", str(folder / "population.sqlite"), "--limits", "off", "--export-duration", "0"]
    with running(options, folder) as emulator:
        yield emulator
    shutil.rmtree(folder)


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_one_file(figures: Figures, emulator: Running, packed: bool, tmp_path: Path) -> None:
    curl = Downloads(emulator.origin)
    largest = max(curl.exported()[0], key=lambda file: file.count)
    base = f"{emulator.origin}/fhir/r4"
    theirs, ours, cpu = [], [], []
    with AthenaClient.from_client_credentials(base, "mock-client", "mock-secret") as client:
        for _ in range(ROUNDS):
            theirs.append(_by_curl(curl, largest, tmp_path, packed))
            began = time.process_time()
            ours.append(_by_client(client, largest, tmp_path, packed))
            cpu.append(time.process_time() - began)
    size = (tmp_path / "client.ndjson").stat().st_size
    assert (tmp_path / "client.ndjson").read_bytes() == (tmp_path / "curl.ndjson").read_bytes()
    name = "gzip" if packed else "plain"
    figures.add(f"client: a {name} file, best, in proportion to curl's", min(theirs) / min(ours), "", "goal: 0.9")
    ratios = [one / other for one, other in zip(theirs, ours, strict=True)]
    figures.add(f"client: a {name} file, median of the rounds' ratios", median(ratios), "")
    figures.add(
        f"client: a {name} file, by CPU second of the client", size / min(cpu) / 1e6, "MB", f"of {size / 1e6:.0f}"
    )


def _by_curl(curl: Downloads, file: File, folder: Path, packed: bool) -> float:
    target = folder / "curl.ndjson"
    target.unlink(missing_ok=True)
    command = [str(CURL), "-sS", "-f", "-o", str(target), "-H", f"Authorization: Bearer {curl.token}", file.url]
    began = time.perf_counter()
    subprocess.run([*command, "--compressed"] if packed else command, check=True)
    return time.perf_counter() - began


def _by_client(client: AthenaClient, file: File, folder: Path, packed: bool) -> float:
    (folder / "client.ndjson").unlink(missing_ok=True)
    state = FileState("client.ndjson", "output", file.type, file.url, file.count)
    began = time.perf_counter()
    Download(
        Exchange(client), folder, state, True, lambda: None, Event(), Silent(), compressed=packed
    ).run()  # fmt: skip
    return time.perf_counter() - began
