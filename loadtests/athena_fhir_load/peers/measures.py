"""What is measured of each: requests, exactness over HTTP, an export, a generator, a client's pace."""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from athena_fhir_load.hammer import hammered
from athena_fhir_load.peers.servers import BIN, FOLDER, HERE, Peer, cpu_of, get
from athena_fhir_load.records import revision_of

IDEAL = 64  # what 16 in any 2 seconds admit in 6.6 seconds
_HAMMER = 6.6


def token_of(port: int) -> str:
    """A token of the emulator."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    form = "grant_type=client_credentials&scope=system/*.read"
    fields = {
        "Authorization": "Basic bW9jay1jbGllbnQ6bW9jay1zZWNyZXQ=",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    connection.request("POST", "/oauth2/v1/token", form, fields)
    return str(json.load(connection.getresponse())["access_token"])


def requests_of(peer: Peer, path: str, token: str, seconds: float) -> dict[str, Any]:
    """Answers a second on 16 connections; where one takes longer than this lasts, of that one."""
    began = time.perf_counter()
    status, body, _ = get(peer.port, path, token)
    once = time.perf_counter() - began
    if status != 200:
        return {"failed": f"answered {status}"}
    if once > seconds:
        return {"perSecond": 1 / once, "bytes": len(body), "statuses": {"200": 1}}
    return {**hammered("127.0.0.1", peer.port, path, 16, seconds, token), "bytes": len(body)}


def exactness(peer: Peer, path: str, token: str = "") -> dict[str, Any]:
    """How many requests of one caller are admitted in 6.6 seconds of four busy connections."""
    found = hammered("127.0.0.1", peer.port, path, 4, _HAMMER, token)
    return {"statuses": found["statuses"], "ideal": IDEAL}


def export(peer: Peer, process: "subprocess.Popen[bytes]", base: str, token: str = "") -> dict[str, Any]:
    """``Patient/$export`` of everything: until complete, and until all files are here."""
    cpu, began = cpu_of(process), time.perf_counter()
    status, body, told = get(peer.port, f"{base}/Patient/$export", token, Prefer="respond-async")
    if status != 202:
        return {"failed": f"kick-off answered {status}: {body[:120]!r}"}
    job = urlsplit(told["content-location"]).path
    while (answer := get(peer.port, job, token))[0] == 202:
        time.sleep(0.02)  # noqa: TID251 - polls another process
    complete = time.perf_counter() - began
    files = [urlsplit(file["url"]) for file in json.loads(answer[1])["output"]]
    bodies = [get(peer.port, f"{each.path}{'?' + each.query if each.query else ''}", token)[1] for each in files]
    took = time.perf_counter() - began
    lines = sum(body.count(b"\n") + (not body.endswith(b"\n")) for body in bodies if body)
    spent = max(cpu_of(process) - cpu, 0.01)
    return {"resources": lines, "bytes": sum(map(len, bodies)), "complete": complete, "seconds": took, "cpu": spent}


def load(peer: Peer, population: Path) -> float:
    """Put the population into a server by batches of 200 PUTs; resources a second."""
    lines = [json.loads(line) for path in sorted(population.glob("*.ndjson")) for line in path.open("rb")]
    began = time.perf_counter()
    connection = HTTPConnection("127.0.0.1", peer.port, timeout=120)
    for at in range(0, len(lines), 200):
        entries = [
            {"resource": each, "request": {"method": "PUT", "url": f"{each['resourceType']}/{each['id']}"}}
            for each in lines[at : at + 200]
        ]
        bundle = json.dumps({"resourceType": "Bundle", "type": "batch", "entry": entries})
        connection.request("POST", "/fhir", bundle, {"Content-Type": "application/fhir+json"})
        connection.getresponse().read()
    return len(lines) / (time.perf_counter() - began)


def generate(command: Sequence[str]) -> dict[str, float]:
    """Seconds and CPU seconds of a generator's command."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": time.perf_counter() - began, "cpu": cpu}


def limiters() -> dict[str, Any]:
    """See ``loadtests/peers/limiters.py``."""
    path = os.pathsep.join((str(Path.cwd()), str(HERE)))
    ran = subprocess.check_output(
        [str(BIN / "python"), str(HERE / "limiters.py")], env={**os.environ, "PYTHONPATH": path}
    )
    found: dict[str, Any] = json.loads(ran)
    return found


def pacing(peer: Peer, threads: int, requests: int = 100) -> dict[str, Any]:
    """Ours and requests-ratelimiter: the same reads, one after the other run, on a quota of their own each."""
    origin = f"http://127.0.0.1:{peer.port}"
    ran = subprocess.check_output(
        [
            *(str(BIN / "python"), str(HERE / "pacing.py")),
            *(f"{origin}/fhir/r4/Patient/a-500001.E-1", _new_client(peer)[1], str(requests), str(threads)),
        ]
    )
    from athena_fhir_client.client import AthenaClient
    from athena_fhir_load.paced_clients import Server, configured, seconds_for

    server = Server(origin)
    client, secret = server.client_id()
    with AthenaClient.from_configuration(
        configured(server, (client, secret)), folder=FOLDER / f"pace-{client}"
    ) as ours:
        took = seconds_for(ours, requests, threads)
    mine = {"seconds": took, "refused": server.refused(client), "version": revision_of(Path.cwd())}
    return {"ours": mine, "requests-ratelimiter": json.loads(ran), "least": 2.0 * ((requests - 1) // 16)}


def _new_client(peer: Peer) -> tuple[str, str]:
    from athena_fhir_load.paced_clients import Server

    client, secret = Server(f"http://127.0.0.1:{peer.port}").client_id()
    connection = HTTPConnection("127.0.0.1", peer.port, timeout=30)
    form = f"grant_type=client_credentials&scope=system/*.read&client_id={client}&client_secret={secret}"
    connection.request("POST", "/oauth2/v1/token", form, {"Content-Type": "application/x-www-form-urlencoded"})
    return client, str(json.load(connection.getresponse())["access_token"])


GENERATE = (sys.executable, "-m", "mock_athena", "generate", "--no-database", "--out")
