"""Polling, the manifest, and deletion over HTTP."""

from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from werkzeug.test import TestResponse

from mock_athena.clock import NANOSECONDS, ManualClock

Send = Callable[..., TestResponse]
ASYNC = {"Prefer": "respond-async"}


def test_progress_is_shown_until_the_manifest_is(send: Send, status_url: str, clock: ManualClock) -> None:
    seen = []
    for step in (0, 300, 299, 1):
        clock.advance(step * NANOSECONDS)
        answer = send("GET", status_url)
        seen.append((answer.status_code, answer.headers.get("X-Progress", "")[:3], answer.headers.get("Retry-After")))
    assert seen == [(202, "0% ", "120"), (202, "50%", "120"), (202, "99%", "1"), (200, "", None)]


def test_while_it_runs_there_is_no_body(send: Send, status_url: str) -> None:
    answer = send("GET", status_url)
    assert answer.data == b""
    assert "Content-Type" not in answer.headers
    assert len(answer.headers["X-Progress"]) < 100


def test_the_manifest_lists_files_with_exact_counts(send: Send, status_url: str, completed: dict[str, Any]) -> None:
    files = status_url.replace("bulkstatus", "bulkdata")
    assert completed == {
        "transactionTime": "2024-01-15T10:00:00.000Z",
        "request": "http://ehr.test/fhir/r4/Patient/$export",
        "requiresAccessToken": True,
        "output": [
            {"type": type, "url": f"{files}/{type}.ndjson", "count": count}
            for type, count in (("Patient", 2), ("Condition", 1), ("DiagnosticReport", 1))
        ],
        "deleted": [],
        "error": [],
    }
    assert send("GET", status_url).content_type == "application/json"


@pytest.mark.requirement("BST-013", "BST-014")
def test_expires_is_when_the_job_is_gone(
    send: Send, status_url: str, completed: dict[str, Any], clock: ManualClock
) -> None:
    expires = parsedate_to_datetime(send("GET", status_url).headers["Expires"])
    clock.advance_to(int(expires.timestamp()) * NANOSECONDS)
    answer = send("GET", status_url)
    assert answer.status_code == 404
    assert "expired" in answer.json["issue"][0]["diagnostics"]  # type: ignore[index]
    assert send("GET", completed["output"][0]["url"]).status_code == 410


def test_nothing_found_is_an_empty_output(send: Send, clock: ManualClock) -> None:
    url = send("GET", "/fhir/r4/$export?_since=2030-01-01T00:00:00Z", headers=ASYNC).headers["Content-Location"]
    clock.advance(600 * NANOSECONDS)
    assert send("GET", url).json["output"] == []  # type: ignore[index]


@pytest.mark.requirement("BST-011", "BMF-011")
def test_what_was_leniently_ignored_is_in_an_error_file(send: Send, clock: ManualClock) -> None:
    lenient = {"Prefer": "respond-async, handling=lenient"}
    kicked = send("GET", "/fhir/r4/$export?organizeOutputBy=Patient&_elements=id&_typeFilter=x", headers=lenient)
    clock.advance(600 * NANOSECONDS)
    manifest: Any = send("GET", kicked.headers["Content-Location"]).json
    assert [(item["type"], item["count"]) for item in manifest["error"]] == [("OperationOutcome", 2)]
    lines = send("GET", manifest["error"][0]["url"]).text.splitlines()
    assert [name in line for name, line in zip(("organizeOutputBy", "_typeFilter"), lines, strict=True)] == [True, True]


@pytest.mark.requirement("BDE-002", "BDE-003", "BDE-004", "BDE-005", "BDE-008", "BDE-010")
def test_a_deleted_job_is_not_found(send: Send, status_url: str, completed: dict[str, Any]) -> None:
    deleted = send("DELETE", status_url)
    assert (deleted.status_code, deleted.headers.get("Retry-After")) == (202, None)
    for method, url in (("GET", status_url), ("DELETE", status_url), ("GET", completed["output"][0]["url"])):
        answer = send(method, url)
        assert answer.status_code == 404
        assert answer.json["resourceType"] == "OperationOutcome"  # type: ignore[index]


@pytest.mark.requirement("BKO-056", "BST-006", "BST-012", "BDE-007")
def test_another_client_can_neither_poll_nor_delete(send: Send, status_url: str) -> None:
    unknown = send("GET", "/fhir/r4/bulkstatus/nope").text
    for method in ("GET", "DELETE"):
        answer = send(method, status_url, client_id="other")
        assert answer.status_code == 404
        assert answer.text == unknown.replace("nope", status_url.rpartition("/")[2])
    assert send("GET", status_url).status_code == 202
