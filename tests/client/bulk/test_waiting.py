"""The job is polled as the server asks, and a hiccup is told from a failure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any

import pytest
import requests

from athena_fhir_client.bulk.errors import ExportFailed, ExportStuck, JobGone
from athena_fhir_client.bulk.http import StatusAnswer
from athena_fhir_client.bulk.waiting import Polling, wait_for_manifest
from athena_fhir_client.errors import TransportError, status_error
from athena_fhir_client.pace.told import told_by
from tests.client.bulk.scripted import Hurried

Answer = tuple[int, dict[str, str], bytes]

MANIFEST = b'{"transactionTime": "2024-01-15T10:00:00Z", "requiresAccessToken": true, "output": [], "error": []}'
FAILED = (
    b'{"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception", "diagnostics": "no"}]}'
)
HICCUP = FAILED.replace(b"exception", b"transient")
DONE: Answer = (200, {}, MANIFEST)


@dataclass
class Answers:
    """A server whose status URL answers one after the other."""

    answers: Iterator[Answer | Exception]
    clock: Hurried = field(default_factory=Hurried)

    def status(self, url: str) -> StatusAnswer:
        answer = next(self.answers)
        if isinstance(answer, Exception):
            raise answer
        status, headers, body = answer
        response = requests.Response()
        response.status_code, response._content = status, body
        response.headers.update(headers)
        response.request = requests.Request("GET", url).prepare()
        if status not in (200, 202):
            raise status_error(response)
        return StatusAnswer(status, headers, told_by(response.headers, self.clock.now()).retry_after, response)

    def pause(self, seconds: float) -> None:
        self.clock.sleep(seconds)

    def retry_after(self, error: Exception) -> float:
        return float("later" in str(error))


def waits(*answers: Answer | Exception) -> list[float]:
    server = Answers(iter(answers))
    http: Any = server
    wait_for_manifest(http, "http://h/status", Polling(), lambda *_: None, lambda: None)
    return server.clock.waited


@pytest.mark.requirement("BST-019")
def test_retry_after_is_obeyed_in_both_forms_and_is_30_seconds_otherwise() -> None:
    date = formatdate(1_700_000_000 + 7 + 30 + 12, usegmt=True)
    seconds: Answer = (202, {"Retry-After": "7"}, b"")
    assert waits(seconds, (202, {}, b""), (202, {"Retry-After": date}, b""), DONE) == [7, 30, 12]


def test_nobody_waits_for_days() -> None:
    assert waits((202, {"Retry-After": "90000"}, b""), DONE) == [600]


@pytest.mark.requirement("BST-020")
def test_a_hiccup_is_polled_over() -> None:
    gateway: Answer = (502, {}, b"<html>bad gateway</html>")
    found = waits((500, {}, HICCUP), gateway, TransportError("gone"), (404, {}, b"no such API"), DONE)
    assert len(found) == 4
    assert found == sorted(found)


def test_a_failure_is_none() -> None:
    with pytest.raises(ExportFailed, match="the server says that the export failed: exception: no"):
        waits((202, {}, b""), (500, {}, FAILED))


def test_a_job_that_is_not_there_any_more_is_gone() -> None:
    with pytest.raises(JobGone, match="run the same again for a new one"):
        waits((404, {}, FAILED))


def test_patience_has_an_end() -> None:
    with pytest.raises(ExportStuck, match="more than 60 minutes; the last it said was '3% of it'"):
        waits(*[(202, {"X-Progress": "3% of it"}, b"")] * 200)


def test_so_have_hiccups() -> None:
    with pytest.raises(ExportStuck, match="9 answers in a row"):
        waits(*[TransportError("gone")] * 200)
