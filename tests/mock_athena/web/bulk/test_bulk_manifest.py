"""The manifest: what it must tell, and that it stays the same."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from mock_athena.clock import NANOSECONDS, ManualClock
from mock_athena.store import ResourceStore
from tests.mock_athena.web.bulk.manifest_schema import valid

Send = Callable[..., TestResponse]
ASYNC = {"Prefer": "respond-async"}
LENIENT = {"Prefer": "respond-async, handling=lenient"}


@pytest.fixture
def manifest_of(send: Send, clock: ManualClock) -> Callable[..., dict[str, Any]]:
    """``manifest_of(path)`` kicks off, waits and answers the manifest."""

    def finished(path: str, **more: Any) -> dict[str, Any]:
        url = send("GET", path, headers=more.pop("headers", ASYNC), **more).headers["Content-Location"]
        clock.advance(600 * NANOSECONDS)
        answer = send("GET", url)
        assert (answer.status_code, answer.content_type) == (200, "application/json")
        return valid(answer.json)

    return finished


@pytest.mark.requirement("BMF-001", "BMF-003", "BMF-004", "BMF-005", "BMF-006", "BMF-007", "BMF-008", "BMF-010")
@pytest.mark.requirement("BMF-012", "BMF-021", "BMF-022", "BMF-023", "BST-004")
def test_a_manifest_is_valid_and_about_the_request(manifest_of: Callable[..., dict[str, Any]], send: Send) -> None:
    path = "/fhir/r4/$export?_type=Patient,Condition&foo=1"
    manifest = manifest_of(path, headers=LENIENT)
    assert manifest["request"] == f"http://ehr.test{path}"
    assert manifest["transactionTime"] == "2024-01-15T10:00:00.000Z"
    assert manifest["requiresAccessToken"] is True
    assert [item["type"] for item in manifest["error"]] == ["OperationOutcome"]
    for item in manifest["output"] + manifest["error"]:
        lines = send("GET", item["url"]).data.splitlines()
        assert len(lines) == item["count"]
        assert all(f'"resourceType":"{item["type"]}"'.encode() in line.replace(b" ", b"") for line in lines)


@pytest.mark.requirement("BMF-009")
def test_nothing_found_is_an_empty_list(manifest_of: Callable[..., dict[str, Any]]) -> None:
    assert manifest_of("/fhir/r4/$export?_since=2030-01-01T00:00:00Z")["output"] == []


@pytest.mark.requirement("BST-017")
def test_the_same_request_of_the_same_data_is_the_same_bytes(
    send: Send, status_url: str, completed: dict[str, Any], store: ResourceStore, clock: ManualClock
) -> None:
    again = send("GET", "/fhir/r4/Patient/$export", headers=ASYNC).headers["Content-Location"]
    first, before = send("GET", status_url).data, [send("GET", item["url"]).data for item in completed["output"]]
    store.put({"resourceType": "Patient", "id": "p1", "active": True}, clock.now())
    clock.advance(600 * NANOSECONDS)
    assert send("GET", status_url).data == first
    other = valid(send("GET", again).json)
    assert [send("GET", item["url"]).data for item in other["output"]] == before


def test_deletions_are_listed_as_bundles(
    manifest_of: Callable[..., dict[str, Any]], send: Send, store: ResourceStore, clock: ManualClock
) -> None:
    since = manifest_of("/fhir/r4/$export")["transactionTime"]
    store.delete("Condition", "c1", clock.now())
    manifest = manifest_of(f"/fhir/r4/$export?_since={since}")
    assert manifest["output"] == []
    (item,) = manifest["deleted"]
    assert json.loads(send("GET", item["url"]).data) == {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [{"request": {"method": "DELETE", "url": "Condition/c1"}}],
    }


@pytest.mark.requirement("BMF-019", "BMF-020", "BST-021")
def test_who_allows_it_gets_the_first_files_before_the_last_are_ready(send: Send, clock: ManualClock) -> None:
    kicked = send("GET", "/fhir/r4/$export?allowPartialManifests=true", headers=ASYNC)
    url = kicked.headers["Content-Location"]
    seen: list[TestResponse] = []
    for _ in range(5):
        seen.append(send("GET", url))
        clock.advance(150 * NANOSECONDS)
    assert [answer.status_code for answer in seen] == [202, 202, 202, 202, 200]
    assert seen[0].data == b""
    manifests = [valid(answer.json) for answer in seen[1:]]
    assert "link" not in manifests[0]
    assert manifests[1]["link"] == [{"relation": "next", "url": f"{url}/2"}]
    assert send("GET", manifests[0]["output"][0]["url"]).status_code == 200
    for manifest in manifests:
        manifest.pop("link", None)
    assert all(manifest == manifests[0] for manifest in manifests)
    told, following = [], f"{url}"
    while following:
        part = valid(send("GET", following).json)
        told += [item["type"] for item in part.pop("output")]
        following = part.pop("link", [{"url": ""}])[0]["url"]
        assert part == {name: value for name, value in manifests[0].items() if name != "output"}
    assert told == ["Patient", "Condition", "DiagnosticReport", "Group"]
    assert send("GET", f"{url}/9").status_code == send("GET", f"{url}/0").status_code == 404


def test_a_part_that_is_not_ready_has_no_files_yet(send: Send, clock: ManualClock) -> None:
    kicked = send("GET", "/fhir/r4/$export?allowPartialManifests=true", headers=ASYNC)
    url = kicked.headers["Content-Location"]
    clock.advance(150 * NANOSECONDS)
    assert send("GET", f"{url}/2").status_code == 404
    last = url.replace("bulkstatus", "bulkdata") + "/Group.ndjson"
    assert send("GET", last).status_code == 404
    clock.advance(450 * NANOSECONDS)
    assert send("GET", last).status_code == 200
