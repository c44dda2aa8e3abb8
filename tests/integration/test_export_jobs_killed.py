"""Whoever is killed loses no export job: what was accepted is there, and finishes at the instant that was said."""

import json
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests

from mock_athena.auth.caller import Caller
from mock_athena.auth.scopes import parse_scopes
from mock_athena.clock import ManualClock
from mock_athena.export import ExportService, JobState
from mock_athena.export.files import Bases
from mock_athena.store import ResourceStore
from tests.conftest import StartEmulator

OWNER = Caller("client", parse_scopes("system/*.read"), None, "token", 2**62)

# Writes patients, starts, ends and plans jobs as fast as it can, and tells each time that one was done.
BUSY = """
import json, sys
from itertools import count
from pathlib import Path
from random import Random
from mock_athena.auth.caller import Caller
from mock_athena.auth.scopes import parse_scopes
from mock_athena.clock import ManualClock
from mock_athena.export import ExportService, KickOff
from mock_athena.store import ResourceStore

path, begun, seed, patients = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
drawn, clock, store = Random(seed), ManualClock(begun), ResourceStore.open(path)
service = ExportService(store, clock, 600, file_resources=3)
owner = Caller("client", parse_scopes("system/*.read"), None, "token", 2**62)
jobs = []

def tell(*said):
    print(json.dumps(said), flush=True)

for number in count(patients):
    clock.advance(10**9)
    store.put({"resourceType": "Patient", "id": f"p{number}"}, clock.now())
    tell("patient", number)
    job = service.kick_off(KickOff("system", types=("Patient",)), owner, "http://test/$export")
    jobs.append(job)
    tell("job", job.id, job.ready_at, number + 1)
    if drawn.random() < 0.3:
        ended = jobs.pop(drawn.randrange(len(jobs)))
        tell("ending", ended.id)
        service.delete(ended.id, owner)
        tell("ended", ended.id)
    elif drawn.random() < 0.5:
        service.plan(service.advance(drawn.choice(jobs[-1:]).id))
        tell("advanced", job.id)
"""


class Witness:
    """What was told before each kill, and whether it still holds."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._jobs: dict[str, tuple[int, int]] = {}
        self._advanced: set[str] = set()
        self._ended: set[str] = set()
        self._doubtful: set[str] = set()
        self._last: set[str] = set()
        self._patients = 0
        self._now = 1_767_225_600 * 10**9

    def kill_one(self, drawn: random.Random) -> None:
        """Let a process work, and kill it in the middle of it."""
        arguments = [str(self._path), str(self._now), str(drawn.randrange(10**9)), str(self._patients)]
        process = subprocess.Popen(
            [sys.executable, "-c", BUSY, *arguments], stdout=subprocess.PIPE, text=True, process_group=0
        )
        assert process.stdout is not None
        for _ in range(drawn.randrange(1, 40)):
            self._note(*json.loads(process.stdout.readline()))
        process.send_signal(signal.SIGKILL)
        for line in process.communicate()[0].splitlines():  # it was told before the kill came
            if line.endswith("]"):
                self._note(*json.loads(line))
        self._last.add(list(self._jobs)[-1])  # it may have been advanced, and the word of it not have come
        self._now += 600 * 10**9  # in all less than the day after which what ended is forgotten

    def _note(self, what: str, *said: Any) -> None:
        match what:
            case "patient":
                self._patients = said[0] + 1
            case "job":
                self._jobs[said[0]] = (said[1], said[2])
            case "ending":
                self._doubtful.add(said[0])
            case "ended":
                self._ended.add(said[0])
            case _:
                self._advanced.add(said[0])

    def check(self, since: int = 0) -> int:
        """Every job after the first ``since`` is as it was told; answers how many there are."""
        store = ResourceStore.open(self._path)
        for id, (ready_at, patients) in list(self._jobs.items())[since:]:
            if id in self._doubtful:
                states = [job.state for job in ExportService(store, ManualClock(ready_at), 600).jobs() if job.id == id]
                assert id not in self._ended or states[0] in (JobState.CANCELLED, JobState.DELETED)
                continue
            clock = ManualClock(ready_at - 1)
            service = ExportService(store, clock, 600, file_resources=3)
            if id not in self._advanced | self._last:
                found = service.find(id, OWNER)
                assert (found.ready_at, found.state) == (ready_at, JobState.IN_PROGRESS)
            clock.advance(1)
            job = service.find(id, OWNER)
            assert job.state is JobState.COMPLETE
            plan = service.plan(job)
            assert sum(file.count for file in plan) == patients
            lines = [
                json.loads(line)["id"]
                for planned in plan
                for line in b"".join(
                    service.contents.text(service.file(id, planned.name, OWNER), Bases("", "")).chunks()
                ).splitlines()
            ]
            assert lines == [f"p{number}" for number in range(patients)]
        store.close()
        return len(self._jobs)


def killed(path: Path, times: int) -> None:
    ResourceStore.create(path).close()
    drawn, witness = random.Random(times), Witness(path)  # noqa: S311 - no secret
    seen = 0
    for _ in range(times):
        witness.kill_one(drawn)
        seen = witness.check(seen)
    assert witness.check() == seen >= times


def test_three_kills_lose_nothing(tmp_path: Path) -> None:
    killed(tmp_path / "kept.sqlite", 3)


@pytest.mark.long
def test_fifty_kills_lose_nothing(tmp_path: Path) -> None:
    killed(tmp_path / "kept.sqlite", 50)


def test_a_killed_server_goes_on_where_it_was(start_emulator: StartEmulator, tmp_path: Path) -> None:
    options: tuple[str, ...] = ("--db", str(tmp_path / "kept.sqlite"), "--patients", "1", "--clock", "manual")
    options += ("--start", "2026-01-01T00:00:00Z", "--export-duration", "600")
    first = start_emulator(*options)
    session = first.register().session()
    kicked = session.get(f"{first.base}/Patient/$export?_type=Patient", headers={"Prefer": "respond-async"})
    id = kicked.headers["Content-Location"].rpartition("/")[2]
    (before,) = first.control("GET", "jobs")["jobs"]
    first.process.send_signal(signal.SIGKILL)
    first.process.wait()
    second = start_emulator(*options)
    (after,) = second.control("GET", "jobs")["jobs"]
    assert after == before
    second.advance(599)
    assert second.control("GET", "jobs")["jobs"][0]["state"] == "in-progress"
    second.advance(1)
    assert second.control("GET", "jobs")["jobs"][0]["state"] == "complete"
    stranger = requests.get(f"{second.base}/bulkstatus/{id}", headers={"Authorization": second.register().bearer()})
    assert stranger.status_code == 404  # it is still its owner's alone
