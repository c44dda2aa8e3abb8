"""``Prefer: separate-export-status``: https://hl7.org/fhir/uv/bulkdata/STU3/export.html#headers."""

from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from mock_athena.clock import NANOSECONDS, ManualClock
from mock_athena.web.world import World

Send = Callable[..., TestResponse]
SEPARATE = {"Prefer": "respond-async,separate-export-status"}


@pytest.mark.requirement("BKO-051", "BST-015")
def test_the_status_of_the_job_travels_apart(send: Send, clock: ManualClock) -> None:
    kicked = send("GET", "/fhir/r4/$export", headers=SEPARATE)
    assert kicked.status_code == 202
    assert kicked.headers["Preference-Applied"] == "respond-async, separate-export-status"
    running = send("GET", kicked.headers["Content-Location"])
    assert (running.status_code, running.headers["X-Export-Status"]) == (200, "202 Accepted")
    assert running.headers["Retry-After"] == "120"
    clock.advance(600 * NANOSECONDS)
    complete = send("GET", kicked.headers["Content-Location"])
    assert (complete.status_code, complete.headers["X-Export-Status"]) == (200, "200 OK")
    assert complete.json["output"]  # type: ignore[index]


def test_a_failure_is_the_jobs_and_an_unknown_job_is_the_requests(send: Send, world: World) -> None:
    kicked = send("GET", "/fhir/r4/$export", headers=SEPARATE)
    url = kicked.headers["Content-Location"]
    world.environments["production"].exports.fail(url.rpartition("/")[2], "the disk is full")
    failed = send("GET", url)
    assert (failed.status_code, failed.headers["X-Export-Status"]) == (200, "500 Internal Server Error")
    assert failed.content_type.startswith("application/fhir+json")
    assert "the disk is full" in failed.json["issue"][0]["diagnostics"]  # type: ignore[index]
    send("DELETE", url)
    assert send("GET", url).status_code == 404


@pytest.mark.requirement("BST-016")
def test_without_it_there_is_no_such_header(send: Send, status_url: str) -> None:
    assert "X-Export-Status" not in send("GET", status_url).headers


@pytest.mark.requirement("BST-009")
def test_a_failed_job_is_an_error_with_an_outcome(send: Send, status_url: str, world: World) -> None:
    world.environments["production"].exports.fail(status_url.rpartition("/")[2], "the disk is full")
    answer = send("GET", status_url)
    assert answer.status_code == 500
    assert answer.content_type.startswith("application/fhir+json")
    assert "the disk is full" in answer.json["issue"][0]["diagnostics"]  # type: ignore[index]
