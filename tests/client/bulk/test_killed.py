"""``kill -9`` at any point, and run again: the export goes on, and the bytes are equal."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import StartEmulator
from tests.emulator import Emulator, RegisteredClient, clean_environment

# Forks a child for each run, which kills itself at its n-th step: what is written, synced, renamed, received.
SCRIPT = """
import json, os, random, signal, sys
from pathlib import Path
from athena_fhir_client import AthenaClient
from athena_fhir_client.bulk import BulkExport, ExportRequest, Options
from athena_fhir_client.bulk.download import Effort
from athena_fhir_client.bulk.export import Silent

base, id, secret, folder, seed, kills = sys.argv[1:]
steps_left = 0

def step(*args):
    global steps_left
    steps_left -= 1
    if steps_left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

def stepping(function):
    def wrapped(*args, **named):
        step()
        result = function(*args, **named)
        step()
        return result
    return wrapped

class Watch(Silent):
    phase = waiting = listed = received = whole = step

def export():
    os.fsync, Path.replace = stepping(os.fsync), stepping(Path.replace)
    client = AthenaClient.from_client_credentials(base, id, secret)
    options = Options(workers=2, effort=Effort(chunk=5_000))
    report = BulkExport(client, ExportRequest(types=("Patient", "Observation")), Path(folder), options, Watch()).run()
    print(json.dumps({"total": report.total, "transactionTime": report.transaction_time}))

draw = random.Random(int(seed))
killed = 0
while True:
    steps_left = draw.randint(1, 30) if killed < int(kills) else -1
    child = os.fork()
    if child == 0:
        try:
            export()
            sys.stdout.flush()
        except BaseException:
            import traceback
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        killed += 1
        continue
    print(json.dumps({"killed": killed, "exit": os.WEXITSTATUS(status)}))
    break
"""


@pytest.fixture
def unlimited(start_emulator: StartEmulator) -> Emulator:
    """A killed process cannot tell the next one what of the quota it spent."""
    return start_emulator("--limits", "off", "--export-duration", "0", "--patients", "3")


def killed_and_done(client: RegisteredClient, folder: Path, seed: int, kills: int) -> tuple[int, int]:
    """Exit code of the last run, and how many were killed before."""
    arguments = [client.emulator.base, client.id, client.secret, str(folder), str(seed), str(kills)]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        env=clean_environment(folder.parent),
        check=True,
    )
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["exit"] == 0, done.stderr
    return told["exit"], told["killed"]


def proved(emulator: Emulator, folder: Path, seed: int, kills: int) -> int:
    client = emulator.register()
    _, killed = killed_and_done(client, folder, seed, kills)
    session = client.session()
    asked = {"_type": "Patient,Observation"}
    answer = session.get(f"{emulator.base}/Patient/$export", params=asked, headers={"Prefer": "respond-async"})
    for file in session.get(answer.headers["Content-Location"]).json()["output"]:
        assert (folder / f"{file['type']}.ndjson").read_bytes() == session.get(file["url"]).content
    assert {path.name for path in folder.iterdir() if not path.name.startswith(".")} == {
        "Patient.ndjson",
        "Observation.ndjson",
        "export.json",
    }
    return killed


def test_killed_a_few_times(unlimited: Emulator, tmp_path: Path) -> None:
    assert proved(unlimited, tmp_path / "out", seed=4, kills=5) == 5


@pytest.mark.long
def test_killed_at_a_hundred_points(unlimited: Emulator, tmp_path: Path) -> None:
    assert sum(proved(unlimited, tmp_path / str(seed), seed, kills=8) for seed in range(20)) > 100
