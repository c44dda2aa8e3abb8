"""Several worker processes are one emulator: whoever of them is asked, the answer is the same."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from mock_athena.ratelimit import policy_named
from mock_athena.ratelimit.history import report
from tests.conftest import StartEmulator
from tests.emulator import CALLBACK, PATIENT, Emulator, RegisteredClient

READ = f"/fhir/r4/Patient/{PATIENT}"


@pytest.fixture(scope="module")
def two(emulators: Any) -> Emulator:
    """Two workers on a clock that stands; every test begins with a reset."""
    started: Emulator = emulators.start("--workers", "2", "--clock", "manual", "--start", "2026-01-01")
    return started


@pytest.fixture
def workers(two: Emulator) -> Iterator[list[requests.Session]]:
    """A connection to each."""
    two.control("POST", "reset")
    with ExitStack() as opened:
        yield connections(two, 2, opened)


def connections(emulator: Emulator, number: int, opened: ExitStack) -> list[requests.Session]:
    """Connections that end at different workers, each of which has its own beginning of request ids."""
    found: dict[str, requests.Session] = {}
    for _ in range(500):
        session = opened.enter_context(requests.Session())
        answer = session.get(f"{emulator.base}/metadata", timeout=20)
        found.setdefault(answer.headers["X-Request-Id"][:8], session)
        if len(found) == number:
            return list(found.values())
    raise AssertionError(f"only {len(found)} of {number} workers ever answered")


def get(session: requests.Session, emulator: Emulator, path: str, bearer: str = "") -> requests.Response:
    return session.get(emulator.origin + path, headers={"Authorization": bearer} if bearer else {}, timeout=20)


def control(session: requests.Session, emulator: Emulator, path: str, body: Any = None) -> Any:
    method = "GET" if body is None else "POST"
    answer = session.request(method, f"{emulator.origin}/_mock/{path}", json=body, timeout=20)
    assert answer.ok, answer.text
    return answer.json()


def pids(emulator: Emulator) -> list[int]:
    found = Path(f"/proc/{emulator.process.pid}/task/{emulator.process.pid}/children").read_text().split()
    return [int(pid) for pid in found]


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_client_that_one_registered_and_its_quota_are_known_to_all(
    two: Emulator, workers: list[requests.Session]
) -> None:
    bearer = two.register().bearer()
    answers = [get(workers[n % 2], two, READ, bearer) for n in range(20)]
    assert [answer.status_code for answer in answers] == [200] * 16 + [429] * 4
    decided = [int(answer.headers["X-Mock-Decided-At"].rpartition("seq=")[2]) for answer in answers]
    assert decided == sorted(decided)
    remaining = [answer.headers["X-RateLimit-Remaining"] for answer in answers[:16]]
    assert remaining == [str(left) for left in range(15, -1, -1)]


def test_a_token_that_was_revoked_at_one_is_refused_by_all(two: Emulator, workers: list[requests.Session]) -> None:
    client = two.register()
    bearer, kept = client.bearer(), client.bearer()
    assert {get(worker, two, READ, bearer).status_code for worker in workers} == {200}
    form = {"token": bearer.removeprefix("Bearer ")}
    revoked = workers[0].post(f"{two.origin}/oauth2/v1/revoke", form, auth=(client.id, client.secret), timeout=20)
    assert revoked.status_code == 200, revoked.text
    assert [get(workers[n % 2], two, READ, bearer).status_code for n in range(4)] == [401] * 4
    assert {get(worker, two, READ, kept).status_code for worker in workers} == {200}


def test_a_sign_in_goes_from_worker_to_worker_and_its_code_is_good_once(
    two: Emulator, workers: list[requests.Session]
) -> None:
    client = two.register(auto_approve=True)
    asked = {
        "response_type": "code",
        "client_id": client.id,
        "redirect_uri": CALLBACK,
        "scope": "launch/patient patient/*.read offline_access",
        "state": "a-state-that-nobody-guesses",
        "aud": two.base,
    }
    sent = workers[0].get(f"{two.origin}/oauth2/v1/authorize", params=asked, allow_redirects=False, timeout=20)
    (code,) = parse_qs(urlsplit(sent.headers["Location"]).query)["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    auth = (client.id, client.secret)
    told = workers[1].post(two.token_url, form, auth=auth, timeout=20).json()
    read = f"/fhir/r4/Patient/{told['patient']}"
    assert {get(worker, two, read, f"Bearer {told['access_token']}").status_code for worker in workers} == {200}
    refresh = {"grant_type": "refresh_token", "refresh_token": told["refresh_token"]}
    assert workers[0].post(two.token_url, refresh, auth=auth, timeout=20).status_code == 200
    # A code that comes twice was stolen: what it gave is revoked, wherever it was given.
    assert workers[0].post(two.token_url, form, auth=auth, timeout=20).json()["error"] == "invalid_grant"
    assert {get(worker, two, read, f"Bearer {told['access_token']}").status_code for worker in workers} == {401}


def test_a_jump_at_one_finds_what_another_issued(two: Emulator, workers: list[requests.Session]) -> None:
    client = two.register()
    form = {"grant_type": "client_credentials", "scope": "system/*.read"}
    for n, worker in enumerate(workers):
        told = worker.post(two.token_url, form, auth=(client.id, client.secret), timeout=20).json()
        control(workers[1 - n], two, "clock", {"jump": "token-expiry", "client": client.id})
        assert get(worker, two, READ, f"Bearer {told['access_token']}").status_code == 401


def test_a_clock_moved_once_has_moved_for_all(two: Emulator, workers: list[requests.Session]) -> None:
    bearer = two.register().bearer()
    control(workers[0], two, "clock", {"advance": 3600})
    assert {control(worker, two, "clock")["instant"] for worker in workers} == {"2026-01-01T01:00:00.000Z"}
    assert {get(worker, two, READ, bearer).status_code for worker in workers} == {401}


def test_a_wait_at_one_ends_when_another_moves_the_clock(two: Emulator, workers: list[requests.Session]) -> None:
    with ThreadPoolExecutor(1) as crew:
        polled = crew.submit(control, workers[0], two, "clock/wait", {"for": 60})
        while not control(workers[1], two, "clock")["waiting"]:
            assert not polled.done()
        control(workers[1], two, "clock", {"advance": 60})
        assert polled.result(20)["reached"]


def test_what_one_was_told_to_break_breaks_at_all_and_is_counted_once(
    two: Emulator, workers: list[requests.Session]
) -> None:
    bearer = two.register().bearer()
    every_third = {"kind": "status", "with": {"status": 503}, "match": {"route": "fhir"}, "every": 3}
    control(workers[0], two, "faults", every_third)
    struck = [get(workers[n % 2], two, READ, bearer).status_code for n in range(9)]
    assert struck == [200, 200, 503] * 3
    for worker in workers:
        (armed,) = control(worker, two, "faults")["armed"]
        assert (armed["matched"], armed["struck"]) == (9, 3)


def test_a_connection_breaks_as_it_does_with_one_worker(two: Emulator, workers: list[requests.Session]) -> None:
    bearer = two.register().bearer()
    control(workers[0], two, "faults", {"kind": "connection-reset", "match": {"route": "fhir"}})
    with pytest.raises(requests.ConnectionError):
        get(workers[1], two, READ, bearer)


def test_a_snapshot_of_one_is_restored_for_all(two: Emulator, workers: list[requests.Session]) -> None:
    one, other = workers
    registered = two.register()
    control(
        one,
        two,
        "faults",
        {"kind": "status", "with": {"status": 503}, "match": {"path": "/fhir/r4/Patient*"}, "times": 2},
    )
    assert get(one, two, READ, registered.bearer()).status_code == 503
    control(one, two, "snapshots", {"name": "one"})
    control(one, two, "reset", {})
    assert control(other, two, "snapshots/one/restore", {})["status"] == "restored"
    for worker, status in ((one, 503), (other, 200), (one, 200)):
        assert get(worker, two, READ, registered.bearer()).status_code == status


def test_what_one_wrote_all_read_find_and_change(two: Emulator, workers: list[requests.Session]) -> None:
    bearer = two.register(scope="system/*.*").bearer("system/*.*")
    url = f"{two.base}/Patient/mine"
    headers = {"Authorization": bearer, "Content-Type": "application/fhir+json"}
    body = {"resourceType": "Patient", "id": "mine", "name": [{"family": "One"}]}
    for n in range(4):
        body["name"] = [{"family": f"Name{n}"}]
        stored = workers[n % 2].put(url, json=body, headers=headers, timeout=20)
        assert stored.headers["ETag"] == f'W/"{n + 1}"', stored.text
        read = get(workers[(n + 1) % 2], two, "/fhir/r4/Patient/mine", bearer).json()
        assert read["name"] == [{"family": f"Name{n}"}]
    found = get(workers[0], two, "/fhir/r4/Patient?family=Name3", bearer).json()
    assert [entry["resource"]["id"] for entry in found["entry"]] == ["mine"]
    control(workers[0], two, "reset", {})
    assert {get(worker, two, "/fhir/r4/Patient/mine", bearer).status_code for worker in workers} == {404}


def test_an_export_that_one_began_is_polled_and_fetched_at_all(two: Emulator, workers: list[requests.Session]) -> None:
    bearer = two.register().bearer()
    headers = {"Authorization": bearer, "Prefer": "respond-async", "Accept": "application/fhir+json"}
    begun = workers[0].get(f"{two.base}/Patient/$export?_type=Patient", headers=headers, timeout=20)
    status = begun.headers["Content-Location"].removeprefix(two.origin)
    assert {get(worker, two, status, bearer).status_code for worker in workers} == {202}
    control(workers[1], two, "clock", {"jump": "export-ready"})
    manifests = [get(worker, two, status, bearer).json() for worker in workers]
    assert manifests[0] == manifests[1]
    (file,) = manifests[0]["output"]
    fetched = {get(worker, two, file["url"].removeprefix(two.origin), bearer).content for worker in workers}
    assert len(fetched.pop().splitlines()) == file["count"] == 25
    assert not fetched


def test_the_journal_of_any_has_the_exchanges_of_all(two: Emulator, workers: list[requests.Session]) -> None:
    client = two.register()
    bearer = client.bearer()
    with requests.get(f"{two.origin}/_mock/journal/stream", stream=True, timeout=20) as stream:
        lines = stream.iter_lines(chunk_size=1)
        assert next(lines) == b": following"
        for n in range(6):
            get(workers[n % 2], two, READ, bearer)
        told = list(islice((json.loads(line[6:]) for line in lines if line.startswith(b"data: ")), 6))
    assert [entry["path"] for entry in told] == [READ] * 6
    for worker in workers:
        kept = control(worker, two, f"journal?client={client.id}&route=fhir")
        assert [entry["seq"] for entry in kept["entries"]] == sorted(entry["seq"] for entry in told)
        assert kept["counters"] == control(workers[0], two, "journal")["counters"]


@pytest.mark.parametrize("number", [pytest.param(2, marks=pytest.mark.long), 4])
def test_workers_admit_together_exactly_what_the_policy_says(start_emulator: StartEmulator, number: int) -> None:
    # Four times as fast as real time, so that windows pass.
    emulator = start_emulator("--workers", str(number), "--clock", "x4", "--patients", "2")
    client = emulator.register()
    bearer, ends = client.bearer(), threading.Event()

    def hammer(worker: requests.Session) -> None:
        while not ends.is_set():
            get(worker, emulator, "/fhir/r4/Patient/a-500001.E-1", bearer)

    with ExitStack() as opened, ThreadPoolExecutor(number) as crew:
        workers = connections(emulator, number, opened)
        hammering = [crew.submit(hammer, worker) for worker in workers]
        while emulator.control("GET", "journal")["counters"].get("verdict.admitted", 0) < 60:
            assert not any(each.done() for each in hammering)
        ends.set()
    whole = requests.get(f"{emulator.origin}/_mock/journal", timeout=20).text
    told, right = report(whole, "journal", policy_named("mission"))
    assert right, told
    entries = json.loads(whole)["entries"]
    assert len({entry["seq"] for entry in entries}) == len(entries)
    assert len({entry["request_id"][:8] for entry in entries}) == number
    assert sum(entry["verdict"] == "refused" for entry in entries) > 10
    os.killpg(emulator.process.pid, signal.SIGINT)  # what Ctrl-C does
    assert emulator.process.wait(20) in (0, 130)
    assert emulator.errors.read_text().strip() == ""


def test_another_takes_the_place_of_a_worker_that_was_killed_and_nothing_is_lost(
    start_emulator: StartEmulator, tmp_path: Path
) -> None:
    options = ("--workers", "2", "--clock", "manual", "--patients", "2", "--state-dir", str(tmp_path / "state"))
    emulator = start_emulator(*options)
    client: RegisteredClient = emulator.register(scope="system/*.*")
    bearer = client.bearer("system/*.*")
    session = requests.Session()
    stored = session.put(
        f"{emulator.base}/Patient/mine",
        json={"resourceType": "Patient", "id": "mine"},
        headers={"Authorization": bearer, "Content-Type": "application/fhir+json"},
        timeout=20,
    )
    assert stored.status_code == 201, stored.text
    emulator.advance(100)
    emulator.control("POST", "faults", {"kind": "status", "with": {"status": 503}, "match": {"route": "bulk"}})
    before, entries = emulator.control("GET", "clock")["unix"], emulator.control("GET", "journal")
    for _ in range(2):  # both of the first
        first = pids(emulator)
        os.kill(first[0], signal.SIGKILL)
        while not (new := set(pids(emulator)) - set(first)):
            pass
        os.kill(new.pop(), signal.SIGKILL)  # before it is ready
        while first[0] in (now := pids(emulator)) or len(now) < 2:
            assert emulator.control("GET", "health")["status"] == "ok"
    with ExitStack() as opened:
        workers = connections(emulator, 2, opened)
        for worker in workers:
            assert control(worker, emulator, "clock")["unix"] == before
            assert control(worker, emulator, "journal")["entries"][: len(entries["entries"])] == entries["entries"]
            assert len(control(worker, emulator, "faults")["armed"]) == 1
            assert get(worker, emulator, "/fhir/r4/Patient/mine", bearer).status_code == 200
            assert get(worker, emulator, "/_mock/limits").json()["callers"]
    assert emulator.errors.read_text().count("was ended by signal 9; another takes its place") == 4
    assert "in use by another emulator" in refusal("--state-dir", str(tmp_path / "state"))
    children = pids(emulator)
    assert emulator.stop() == 0
    assert not any(map(lives, children))
    # A restart keeps who is known, and nothing else.
    again = start_emulator(*options)
    assert RegisteredClient(again, client.id, client.secret).bearer()
    assert (again.control("GET", "faults")["armed"], len(again.control("GET", "journal")["entries"])) == ([], 1)
    # Nobody stays behind when the supervisor itself is killed.
    children = pids(again)
    again.process.kill()
    again.process.wait()
    while any(map(lives, children)):
        pass


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--limits", "banana"), "unknown rate limit policy 'banana'"),
        (("--host", "192.0.2.1"), "cannot listen on 192.0.2.1"),
    ],
)
def test_what_cannot_be_is_said_on_one_line(options: tuple[str, ...], told: str) -> None:
    assert told in refusal(*options)


def refusal(*options: str) -> str:
    """What an emulator says that does not start."""
    command = [sys.executable, "-m", "mock_athena", "serve", "--workers", "2", "--port", "0", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    return line
