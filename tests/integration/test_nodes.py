"""Two nodes as two processes that share a real PostgreSQL and a real Valkey: whichever is asked, it is one emulator."""

import json
import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from mock_athena.ratelimit import policy_named
from mock_athena.ratelimit.history import report
from tests.emulator import PATIENT, Emulator, Emulators, RegisteredClient
from tests.half_read import begun

READ = f"/fhir/r4/Patient/{PATIENT}"
# Under which a balancer hands on to both: they tell the same URLs.
NAME = "ehr.test"

Nodes = tuple[Emulator, Emulator]


@pytest.fixture(scope="module")
def nodes(emulators: Emulators, node_options: list[str]) -> Nodes:
    return emulators.start(*node_options), emulators.start(*node_options)


@pytest.fixture
def client(nodes: Nodes) -> RegisteredClient:
    return nodes[0].register()


def at(node: Emulator, url: str, bearer: str, method: str = "GET", **headers: str) -> requests.Response:
    """A request that the balancer hands to this node."""
    sent = {"Host": NAME, "Authorization": bearer, **headers}
    return requests.request(method, node.origin + url.removeprefix(f"http://{NAME}"), headers=sent, timeout=30)


def test_a_quota_is_counted_exactly_over_both(nodes: Nodes, client: RegisteredClient) -> None:
    bearer = client.bearer()
    with ThreadPoolExecutor(8) as crew:
        answers = list(crew.map(lambda n: at(nodes[n % 2], READ, bearer), range(120)))
    assert {answer.status_code for answer in answers} == {200, 429}
    entries = [entry for node in nodes for entry in node.journal(client)]
    told, right = report(json.dumps({"entries": entries}), "both journals", policy_named("mission"))
    assert right, told
    assert {len(node.journal(client)) > 40 for node in nodes} == {True}
    numbers = [entry["seq"] for entry in entries]
    assert len(set(numbers)) == len(numbers)


def test_a_token_that_was_revoked_at_one_is_refused_by_the_other(nodes: Nodes, client: RegisteredClient) -> None:
    bearer = client.bearer()
    assert [at(node, READ, bearer).status_code for node in nodes] == [200, 200]
    form = {"token": bearer.removeprefix("Bearer ")}
    told = requests.post(f"{nodes[1].origin}/oauth2/v1/revoke", form, auth=(client.id, client.secret), timeout=30)
    assert told.status_code == 200, told.text
    assert [at(node, READ, bearer).status_code for node in nodes] == [401, 401]


def exported(node: Emulator, other: Emulator, bearer: str) -> dict[str, list[str]]:
    """An export that is kicked off at one node and polled at the other: URLs of its files by type."""
    asked = at(node, "/fhir/r4/$export", bearer, Prefer="respond-async", Accept="application/fhir+json")
    assert asked.status_code == 202, asked.text
    status = at(other, asked.headers["Content-Location"], bearer)
    assert status.status_code == 200, status.text
    files: dict[str, list[str]] = {}
    for output in status.json()["output"]:
        files.setdefault(output["type"], []).append(output["url"])
    return files


def test_an_export_is_started_at_one_polled_at_the_other_and_both_have_every_file(
    nodes: Nodes, client: RegisteredClient
) -> None:
    bearer = client.bearer()
    files = exported(nodes[0], nodes[1], bearer)
    for type in ("Patient", "Goal", "Immunization"):
        first, second = (at(node, files[type][0], bearer) for node in nodes)
        assert (first.status_code, first.content) == (200, second.content)
        assert first.headers["ETag"] == second.headers["ETag"]


def test_a_node_is_killed_in_the_middle_of_a_file_and_the_other_goes_on_where_it_was(
    nodes: Nodes, client: RegisteredClient, emulators: Emulators, node_options: list[str]
) -> None:
    doomed = emulators.start(*node_options)
    bearer = client.bearer()
    (url,) = exported(doomed, nodes[1], bearer)["Observation"]
    length, tag, received = begun(doomed.origin, NAME, url, bearer)
    os.kill(doomed.process.pid, signal.SIGKILL)
    doomed.process.wait()
    rest = at(nodes[1], url, bearer, Range=f"bytes={len(received)}-", **{"If-Range": tag})
    assert (rest.status_code, len(received) < length) == (206, True)
    assert received + rest.content == at(nodes[0], url, bearer).content
