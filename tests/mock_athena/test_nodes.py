"""Two nodes in one process: what one writes the other sees, and what nodes cannot share is refused."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from mock_athena import Settings, create_app
from mock_athena.app import MockAthena
from mock_athena.errors import ConfigurationError
from tests.emulator import PATIENT
from tests.postgres_server import PostgresServer

READ = f"/fhir/r4/Patient/{PATIENT}"
GOAL = {"resourceType": "Goal", "lifecycleStatus": "active", "subject": {"reference": f"Patient/{PATIENT}"}}


class Node:
    """A node, and how it is asked."""

    def __init__(self, url: str, cache: Path, **options: Any) -> None:
        options = {"counters": "memory", "limits": "off", "patients": 1, **options}
        self.app: MockAthena = create_app(Settings(db=url, cache_dir=str(cache), **options))
        self._client = Client(self.app)
        form = {"grant_type": "client_credentials", "client_id": "mock-client", "client_secret": "mock-secret"}
        told = self._client.post("/oauth2/v1/token", data={**form, "scope": "system/*.*"}).get_json()
        self.bearer = f"Bearer {told['access_token']}"

    def ask(self, method: str, path: str, body: Any = None) -> TestResponse:
        headers = {"Authorization": self.bearer, "Content-Type": "application/fhir+json"}
        return self._client.open(path, method=method, json=body, headers=headers)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.getbasetemp().parent / "populations"


@pytest.fixture(scope="module")
def url(postgres: PostgresServer) -> str:
    return postgres.database()


@pytest.fixture(scope="module")
def nodes(url: str, cache: Path) -> Iterator[tuple[Node, Node]]:
    both = Node(url, cache), Node(url, cache)
    yield both
    for node in both:
        node.app.close()


def test_what_one_writes_the_other_reads_at_once(nodes: tuple[Node, Node]) -> None:
    for n in range(10):
        writes, reads = nodes[n % 2], nodes[1 - n % 2]
        patient = reads.ask("GET", READ).get_json()
        assert writes.ask("PUT", READ, patient | {"birthDate": f"1980-01-{n + 1:02}"}).status_code == 200
        read = reads.ask("GET", READ)
        assert read.get_json()["birthDate"] == f"1980-01-{n + 1:02}"
        assert reads.ask("GET", f"/fhir/r4/Patient?birthdate=1980-01-{n + 1:02}").get_json()["total"] == 1
        version = int(read.get_json()["meta"]["versionId"])
        assert reads.ask("GET", f"{READ}/_history/{version - 1}").get_json()["birthDate"] == patient["birthDate"]


def test_commits_of_both_come_one_after_another(nodes: tuple[Node, Node]) -> None:
    def create(n: int) -> tuple[str, str]:
        body = {**GOAL, "description": {"text": f"goal {n}"}}
        answer = nodes[n % 2].ask("POST", "/fhir/r4/Goal", body)
        assert answer.status_code == 201, answer.text
        return answer.get_json()["id"], answer.get_json()["meta"]["lastUpdated"]

    with ThreadPoolExecutor(6) as crew:
        written = list(crew.map(create, range(30)))
    assert len({id for id, _ in written}) == len({updated for _, updated in written}) == 30


def test_an_error_in_the_middle_leaves_nothing_written(nodes: tuple[Node, Node]) -> None:
    entries = [
        {"request": {"method": "POST", "url": "Goal"}, "resource": {**GOAL, "description": {"text": "kept?"}}},
        {"request": {"method": "PUT", "url": "Goal/x"}, "resource": {"resourceType": "Goal", "id": "x"}},
    ]
    before = nodes[0].ask("GET", "/fhir/r4/Goal?_summary=count").get_json()["total"]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    assert nodes[0].ask("POST", "/fhir/r4/", bundle).status_code in (400, 422)
    assert nodes[1].ask("GET", "/fhir/r4/Goal?_summary=count").get_json()["total"] == before


def test_a_reset_at_one_is_one_of_the_data_of_all(nodes: tuple[Node, Node]) -> None:
    first, second = nodes
    written = first.ask("POST", "/fhir/r4/Goal", GOAL | {"description": {"text": "gone"}}).get_json()
    assert second.ask("GET", f"/fhir/r4/Goal/{written['id']}").status_code == 200
    assert second.ask("POST", "/_mock/reset").status_code == 200
    assert first.ask("GET", f"/fhir/r4/Goal/{written['id']}").status_code == 404


def test_what_stops_or_disturbs_one_node_alone_is_refused(nodes: tuple[Node, Node]) -> None:
    frozen = nodes[0].ask("POST", "/_mock/clock", {"freeze": True})
    armed = nodes[0].ask("POST", "/_mock/faults", {"scenario": "flaky"})
    assert (frozen.status_code, armed.status_code) == (409, 409), armed.text
    assert "several nodes" in frozen.text
    assert "several nodes" in armed.text


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"patients": 2}, "was filled with population 1-500001-1"),
        ({"seed": 9}, "asked for population 9-500001-1"),
        ({"counters": ""}, "say who counts"),
        ({"clock": "manual"}, "leave out --clock"),
        ({"start": "2026-01-01"}, "leave out --clock"),
        ({"state_dir": "state"}, "leave out --state-dir"),
        ({"retry_after": "fair"}, "leave it out"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_a_node_that_does_not_fit_is_refused(
    nodes: tuple[Node, Node], url: str, cache: Path, options: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        Node(url, cache, **options)


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("postgresql://nobody:secret@127.0.0.1:9/none", "cannot be used: .*refused"),
        ("postgresql://127.0.0.1:9/none?bogus=1", "is no address"),
    ],
)
def test_a_database_that_is_not_there_is_said_without_its_password(cache: Path, url: str, complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint) as told:
        Node(url, cache)
    assert "secret" not in str(told.value)


def test_while_the_database_is_lost_each_is_told_in_its_own_language_and_then_all_goes_on(
    nodes: tuple[Node, Node], postgres: PostgresServer
) -> None:
    first, second = nodes
    before = first.ask("GET", READ).get_json()
    postgres.kill()
    try:
        read, written = first.ask("GET", READ), second.ask("PUT", READ, before | {"birthDate": "1901-01-01"})
        form = {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"}
        token = Client(first.app).post("/oauth2/v1/token", data=form)
        health = first.ask("GET", "/_mock/health")
    finally:
        postgres.start()
    assert [answer.status_code for answer in (read, written, token, health)] == [503] * 4
    assert read.get_json()["issue"][0]["code"] == "transient"
    assert read.headers["Retry-After"] == "1"
    assert token.get_json()["error"] == "temporarily_unavailable"
    assert health.get_json()["unreachable"] == ["the data"]
    assert first.ask("GET", READ).get_json() == before
    assert second.ask("PUT", READ, before | {"birthDate": "1902-02-02"}).status_code == 200
    assert first.ask("GET", READ).get_json()["birthDate"] == "1902-02-02"
    assert first.ask("GET", "/_mock/health").status_code == 200


def test_what_one_restores_the_other_sees_at_once(nodes: tuple[Node, Node]) -> None:
    one, other = nodes
    known = one.ask("GET", READ).get_json()
    assert one.ask("PUT", READ, known | {"birthDate": "1991-01-01"}).status_code == 200
    assert one.ask("POST", "/_mock/clients", {"client_id": "late", "client_secret": "s" * 20}).status_code == 201
    assert one.ask("POST", "/_mock/snapshots", {"name": "one"}).status_code == 201
    before = other.ask("GET", f"{READ}/_history").get_json()["entry"]
    assert other.ask("PUT", READ, known | {"birthDate": "1992-02-02"}).status_code == 200
    assert other.ask("DELETE", "/_mock/clients/late").status_code == 200
    answer = one.ask("POST", "/_mock/snapshots/one/restore")
    assert answer.status_code == 200, answer.text
    assert other.ask("GET", f"{READ}/_history").get_json()["entry"] == before
    assert [other.ask("GET", f"/fhir/r4/Patient?birthdate=199{n}").get_json()["total"] for n in (1, 2)] == [1, 0]
    listed = other.ask("GET", "/_mock/clients").get_json()["clients"]
    assert "late" in [each["client_id"] for each in listed]


def test_a_snapshot_with_faults_is_refused_and_nothing_happens(nodes: tuple[Node, Node]) -> None:
    one, _ = nodes
    known = one.ask("GET", READ).data
    assert one.ask("POST", "/_mock/snapshots", {"name": "calm"}).status_code == 201
    fault = {"rule": {"kind": "status", "with": {"status": 503}}, "seed": 1, "number": 1, "armed_at": 0}
    fault |= {"matched": 0, "struck": 0, "first_struck": 0}
    document = one.ask("GET", "/_mock/snapshots/calm").get_json() | {"faults": [fault]}
    for environment in document["environments"].values():
        environment["changes"] = []
    assert one.ask("PUT", "/_mock/snapshots/faulty", document).status_code == 201
    refused = one.ask("POST", "/_mock/snapshots/faulty/restore")
    assert (refused.status_code, "several nodes" in refused.text) == (409, True)
    assert one.ask("GET", READ).data == known
