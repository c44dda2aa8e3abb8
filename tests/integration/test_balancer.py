"""Two nodes behind the balancer of ``deploy/haproxy.cfg``, one of which is killed: nobody who asks it notices."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest
import requests

from mock_athena.ratelimit import policy_named
from mock_athena.ratelimit.history import report
from tests.emulator import PATIENT, Emulator, Emulators
from tests.half_read import begun
from tests.tools import tool

pytestmark = pytest.mark.long

CONFIGURATION = Path(__file__).parents[2] / "deploy" / "haproxy.cfg"
READ = f"/fhir/r4/Patient/{PATIENT}"
PATIENCE = 30  # seconds until both nodes must be seen


class Balanced(NamedTuple):
    """What callers see: one emulator; ``nodes`` are behind it."""

    front: Emulator
    nodes: tuple[Emulator, Emulator]


@pytest.fixture
def balanced(emulators: Emulators, node_options: list[str], tmp_path: Path) -> Iterator[Balanced]:
    haproxy = tool("haproxy")
    nodes = emulators.start(*node_options), emulators.start(*node_options)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / "haproxy.cfg").write_text(configured(port, nodes))
    environment = {**os.environ, "CONTROL_TOKEN": "nobody-asks-for-it"}
    with (tmp_path / "log").open("w") as log:
        command = [haproxy, "-db", "-f", str(tmp_path / "haproxy.cfg")]
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, text=True)
    try:
        front = Emulator(process, tmp_path / "log", f"http://127.0.0.1:{port}")
        until = time.monotonic() + PATIENCE
        while not_ready(front):
            assert process.poll() is None, (tmp_path / "log").read_text()
            assert time.monotonic() < until, (tmp_path / "log").read_text()
        yield Balanced(front, nodes)
    finally:
        process.kill()
        process.wait()


def configured(port: int, nodes: tuple[Emulator, Emulator]) -> str:
    """The file as it is, but for where it listens and where the nodes are: there is no Docker to ask."""
    text, _, template = CONFIGURATION.read_text().partition("    server-template ")
    assert template.count("\n") == 1
    text = text.replace("bind :8080", f"bind 127.0.0.1:{port}")
    return text + "".join(f"    server node{n} {node.origin[7:]}\n" for n, node in enumerate(nodes))


def not_ready(front: Emulator) -> bool:
    try:
        return requests.get(f"{front.base}/metadata", timeout=5).status_code != 200
    except requests.ConnectionError:
        return True


def test_one_quota_is_counted_over_both(balanced: Balanced) -> None:
    front, nodes = balanced
    client = front.register()
    headers = {"Authorization": client.bearer()}
    with ThreadPoolExecutor(8) as crew:
        answers = list(crew.map(lambda _: requests.get(front.origin + READ, headers=headers, timeout=30), range(120)))
    assert {answer.status_code for answer in answers} == {200, 429}
    journals = [node.journal(client) for node in nodes]
    assert all(journals), "the balancer asked one alone"
    entries = [entry for journal in journals for entry in journal]
    told, right = report(json.dumps({"entries": entries}), "both journals", policy_named("mission"))
    assert right, told


def test_a_node_is_killed_and_nobody_behind_the_balancer_is_left_without_an_answer(balanced: Balanced) -> None:
    front, nodes = balanced
    client = front.register()
    bearer = client.bearer()
    session = requests.Session()
    session.headers["Authorization"] = bearer
    asked = session.get(f"{front.base}/$export", headers={"Prefer": "respond-async"}, timeout=30)
    assert asked.status_code == 202, asked.text
    outputs = session.get(asked.headers["Content-Location"], timeout=30).json()["output"]
    url = next(output["url"] for output in outputs if output["type"] == "Observation")
    assert url.startswith(front.origin)

    length, tag, received = begun(front.origin, front.origin.removeprefix("http://"), url, bearer)
    path = url.removeprefix(front.origin)
    (doomed,) = [node for node in nodes if path in {entry["path"] for entry in node.journal(client)}]
    os.kill(doomed.process.pid, signal.SIGKILL)
    doomed.process.wait()

    statuses = [session.get(front.origin + READ, timeout=30).status_code for _ in range(8)]
    assert statuses == [200] * 8
    resumed = {"Range": f"bytes={len(received)}-", "If-Range": tag}
    rest = session.get(url, headers=resumed, timeout=30)
    assert (rest.status_code, len(received) < length) == (206, True)
    assert received + rest.content == session.get(url, timeout=30).content
