"""A server that answers whatever it likes: a call ends with its result or with one error of the tree, and soon."""

import contextlib
import gzip
import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import requests

from athena_fhir_client import AthenaClient
from athena_fhir_client.auth.grants import ClientCredentials
from athena_fhir_client.bulk.asked import ExportRequest
from athena_fhir_client.bulk.download import Download
from athena_fhir_client.bulk.errors import BadManifest
from athena_fhir_client.bulk.export import Silent
from athena_fhir_client.bulk.http import Exchange
from athena_fhir_client.bulk.manifest import parse_manifest
from athena_fhir_client.bulk.report import Report
from athena_fhir_client.bulk.state import FileState
from athena_fhir_client.bulk.waiting import Polling, wait_for_manifest
from athena_fhir_client.errors import AthenaError, AuthError, ProtocolError
from athena_fhir_client.fhir.bundles import Entry
from athena_fhir_client.mirror import Mirror, MirrorError
from athena_fhir_client.mirror.apply import apply_export
from athena_fhir_client.pace.pacer import Pacer
from athena_fhir_client.redaction import safe_url
from athena_fhir_client.texts import json_text
from athena_fhir_client.transport import Transport
from tests.client.answering import BASE, Answer, Answers, Standing, client_for, client_of

DEEP = b"[" * 100_000 + b"]" * 100_000
MANY_DIGITS = "9" * 5000
MANIFEST = '{"transactionTime": "2024-01-01T00:00:00Z", "output": []%s}'


@pytest.mark.parametrize("packed", [False, True])
def test_a_body_that_is_too_large_is_read_no_further(packed: bool) -> None:
    body = b'{"resourceType": "Bundle", "x": "' + b" " * 1_000_000 + b'"}'
    headers = {"Content-Encoding": "gzip"} if packed else {}
    clock, adapter = Standing(), Answers(lambda _: (200, headers, gzip.compress(body) if packed else body))
    client = AthenaClient(BASE, clock=clock, pacer=Pacer(clock), transport=Transport(adapter=adapter, largest=100_000))
    with pytest.raises(ProtocolError, match=r"GET .*/Patient/\S+ is larger than 100,000 bytes"):
        client.read("Patient", "1")
    assert len(adapter.sent) == 1


def searchset(**more: Any) -> bytes:
    return json.dumps({"resourceType": "Bundle", "type": "searchset", **more}).encode()


@pytest.mark.parametrize("place", ["http://127.0.0.1:99999/x", "http://[::1", "http://127.0.0.1:x/", "//[", "\x00://"])
def test_a_redirect_to_what_is_no_url(place: str) -> None:
    with pytest.raises(AthenaError):
        client_of(302, {"Location": place}).read("Patient", "1")


@pytest.mark.parametrize("place", ["http://127.0.0.1:99999/x", "http://[::1", "//[", "not a url"])
def test_a_next_link_that_is_no_url(place: str) -> None:
    with pytest.raises(AthenaError):
        list(client_of(body=searchset(link=[{"relation": "next", "url": place}])).search("Patient"))


@pytest.mark.parametrize("place", ["http://127.0.0.1:99999/x", "http://[::1", "//["])
def test_a_job_at_what_is_no_url(place: str) -> None:
    with pytest.raises(AthenaError):
        Exchange(client_of(202, {"Content-Location": place})).kick_off(ExportRequest())


@pytest.mark.parametrize("place", ["http://127.0.0.1:99999/x", "http://[::1", "//["])
def test_a_token_endpoint_that_is_no_url(place: str) -> None:
    client = client_of(body=f'{{"token_endpoint": "{place}"}}')
    with pytest.raises(AthenaError):
        client.endpoints  # noqa: B018


@pytest.mark.parametrize(
    "more",
    [
        {"link": ["next"]},
        {"link": {"relation": "next"}},
        {"link": 5},
        {"entry": 5},
        {"entry": [{"resource": 5}]},
        {"entry": [{"search": "match", "resource": {"resourceType": "Patient"}}]},
        {"entry": [{"search": {"mode": "outcome"}, "resource": {"resourceType": "OperationOutcome", "issue": 5}}]},
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_a_bundle_of_wrong_types(more: dict[str, Any]) -> None:
    with contextlib.suppress(AthenaError):
        list(client_of(body=searchset(**more)).search("Patient"))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("body", [DEEP, b"<html>", b"\xff\xfe", b"", b"null", b"5", b'"x"'])
@pytest.mark.parametrize("status", [200, 400, 401, 404, 500])
def test_a_body_that_is_no_json_object(status: int, body: bytes) -> None:
    client = client_of(status, body=body)
    calls: list[Callable[[], object]] = [
        lambda: client.read("Patient", "1"),
        lambda: list(client.search("Patient")),
        lambda: client.batch([Entry("GET", "Patient/1")]),
        lambda: client.endpoints,
        lambda: wait_for_manifest(Exchange(client), f"{BASE}/job", Polling(), lambda *_: None, lambda: None),
    ]
    for call in calls:
        with pytest.raises(AthenaError):
            call()
    with contextlib.suppress(AthenaError):
        client.create({"resourceType": "Patient"})


@pytest.mark.parametrize("response", ["x", 5, {"status": "abc"}, {"status": None}, {"status": "200", "outcome": 5}])
def test_a_batch_answered_with_wrong_types(response: Any) -> None:
    body = searchset(entry=[{"response": response}]).replace(b"searchset", b"batch-response")
    with contextlib.suppress(AthenaError):
        client_of(body=body).batch([Entry("GET", "Patient/1")])


@pytest.mark.parametrize(
    "headers",
    [
        {"RateLimit-Policy": f'"x";q={MANY_DIGITS};w=2'},
        {"RateLimit-Policy": f'"x";q=16;w={MANY_DIGITS}'},
        {"X-RateLimit-Limit": MANY_DIGITS, "X-RateLimit-Remaining": MANY_DIGITS},
        {"RateLimit": f'"x";r={MANY_DIGITS};t={MANY_DIGITS}'},
        {"X-RateLimit-Reset": MANY_DIGITS},
        {"Retry-After": MANY_DIGITS},
        {"Retry-After": "Fri, 31 Dec 9999 23:59:59 +9999"},
        {"Server-Timing": f"total;dur={MANY_DIGITS}"},
        {"X-Mock-Decided-At": MANY_DIGITS},
        {"Content-Type": "x" * 50_000},
        {"RateLimit-Policy": "," * 50_000},
        {"RateLimit-Policy": '"' + "\\" * 50_000},
    ],
)
@pytest.mark.parametrize("status", [200, 429, 503])
def test_header_fields_out_of_all_measure(status: int, headers: Mapping[str, str]) -> None:
    client = client_of(status, headers, b'{"resourceType": "Patient", "id": "1"}')
    for _ in range(3):
        with contextlib.suppress(AthenaError):
            client.read("Patient", "1")


def test_who_is_told_to_wait_for_ever_is_told_so_and_does() -> None:
    client = client_of(429, {"Retry-After": "9" * 400})
    for _ in range(2):
        with pytest.raises(AthenaError):
            client.read("Patient", "1")


def test_pages_that_are_empty_and_never_end() -> None:
    count = iter(range(10_000))

    def answer(_: requests.PreparedRequest) -> Answer:
        return 200, {}, searchset(link=[{"relation": "next", "url": f"{BASE}/Patient?page={next(count)}"}])

    with pytest.raises(AthenaError, match="never to end"):
        list(client_for(answer).search("Patient"))


def test_manifests_that_never_end() -> None:
    link = f', "link": [{{"relation": "next", "url": "{BASE}/job"}}]'
    client = client_of(body=MANIFEST % link)
    with pytest.raises(AthenaError, match="never to end"):
        wait_for_manifest(Exchange(client), f"{BASE}/job", Polling(), lambda *_: None, lambda: None)


def test_a_token_that_no_header_can_carry() -> None:
    def answer(request: requests.PreparedRequest) -> Answer:
        if "token" in str(request.url):
            return 200, {}, b'{"access_token": "a\\nb\\u20ac", "token_type": "Bearer"}'
        return 200, {}, b'{"token_endpoint": "%s/token"}' % BASE.encode()

    client = client_for(answer)
    client.authenticate(client.secret("me", "secret"), ClientCredentials())
    with pytest.raises(AuthError, match="no header field can carry"):
        client.read("Patient", "1")


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_token_endpoint_that_is_down_refuses_nobody(status: int) -> None:
    def answer(request: requests.PreparedRequest) -> Answer:
        if "token" in str(request.url):
            return status, {}, b"<html>"
        return 200, {}, b'{"token_endpoint": "%s/token"}' % BASE.encode()

    client = client_for(answer)
    client.authenticate(client.secret("me", "secret"), ClientCredentials())
    with pytest.raises(AthenaError) as caught:
        client.read("Patient", "1")
    assert not isinstance(caught.value, AuthError), caught.value


@pytest.mark.parametrize("time", ["../../elsewhere", "2024-01-01T00:00:00Z/../..", "yesterday", "2024-01-01", 5, None])
def test_a_manifest_whose_time_is_no_instant_names_no_folder(time: Any) -> None:
    with pytest.raises(BadManifest, match="expected an instant"):
        parse_manifest({"transactionTime": time, "output": []})


@pytest.mark.parametrize(
    "line", ['{"resourceType":"Patient","id":"1","meta":null}', '{"resourceType":"Patient","id":5}', "{", "[]"]
)
def test_a_line_that_a_copy_cannot_take(line: str, tmp_path: Path) -> None:
    (tmp_path / "Patient.ndjson").write_text(line)
    report = Report(tmp_path, "t", (FileState("Patient.ndjson", "output", "Patient", ""),), (), 0, 0)
    mirror = Mirror(tmp_path / "mirror.sqlite")
    with pytest.raises(MirrorError, match="nothing was changed"):
        apply_export(mirror, report, whole=True, now=1)
    assert (mirror.last, mirror.counts) == (None, {})


@pytest.mark.parametrize("headers", [{"Content-Length": MANY_DIGITS}, {"Content-Range": f"bytes 0-1/{MANY_DIGITS}"}])
@pytest.mark.parametrize("status", [200, 206])
def test_a_file_of_a_size_out_of_all_measure(status: int, headers: Mapping[str, str], tmp_path: Path) -> None:
    client = client_of(status, headers, b'{"resourceType": "Patient"}\n')
    file = FileState("Patient.ndjson", "output", "Patient", f"{BASE}/file", sha256="0" * 64)
    with pytest.raises(AthenaError):
        Download(Exchange(client), tmp_path, file, True, lambda: None, threading.Event(), Silent()).run()
    assert not (tmp_path / "Patient.ndjson").exists()


HALF = '{"resourceType": "%s", "id": "1", "issue": [{"severity": "error", "diagnostics": "\\ud800 \\u001b[31mred"}]}'


def test_half_a_character_and_a_terminals_commands_are_only_text() -> None:
    with pytest.raises(AthenaError) as caught:
        client_of(400, body=HALF % "OperationOutcome").read("Patient", "1")
    assert str(caught.value).encode().endswith("\ufffd \ufffd[31mred".encode())
    resource = client_of(body=HALF % "Patient").read("Patient", "1")
    assert json.loads(json_text(resource).encode()) == resource
    assert "é" in json_text({"text": "é"})
    assert safe_url("http://x/Patient/\ud800").startswith("http://x/Patient/~")
