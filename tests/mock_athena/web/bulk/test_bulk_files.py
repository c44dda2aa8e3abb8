"""Downloading the files over HTTP."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from mock_athena.errors import Unavailable
from mock_athena.export import StreamSlots

Send = Callable[..., TestResponse]


def url_of(manifest: dict[str, Any], type: str) -> str:
    return str(next(item["url"] for item in manifest["output"] if item["type"] == type))


@pytest.mark.requirement("BFI-001", "BFI-002")
@pytest.mark.requirement("BKO-016")
def test_a_file_is_ndjson_of_its_type(send: Send, completed: dict[str, Any]) -> None:
    for item in completed["output"]:
        answer = send("GET", item["url"])
        assert (answer.status_code, answer.content_type) == (200, "application/fhir+ndjson")
        lines = answer.data.split(b"\n")
        assert lines.pop() == b""
        assert [json.loads(line)["resourceType"] for line in lines] == [item["type"]] * item["count"]


def test_urls_in_it_are_those_of_the_environment(send: Send, completed: dict[str, Any]) -> None:
    url = url_of(completed, "DiagnosticReport")
    for environment, base in (("production", "/documents"), ("sandbox", "/documents/sandbox")):
        report = json.loads(send("GET", url, environment=environment).data)
        assert report["presentedForm"][0]["url"] == f"http://ehr.test{base}/r1.pdf"


@pytest.mark.requirement("BFI-007")
def test_gzip_is_the_same_file(send: Send, completed: dict[str, Any]) -> None:
    url = url_of(completed, "Condition")
    plain, packed = send("GET", url), send("GET", url, headers={"Accept-Encoding": "br, gzip;q=0.8"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.data) == plain.data
    assert "☂" in plain.text


@pytest.mark.parametrize("accepted", ["", "identity", "gzip;q=0", "br"])
def test_without_gzip_it_is_sent_plain(send: Send, completed: dict[str, Any], accepted: str) -> None:
    answer = send("GET", url_of(completed, "Condition"), headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in answer.headers
    assert json.loads(answer.data)["id"] == "c1"


def test_head_sends_the_headers_and_takes_no_slot(send: Send, completed: dict[str, Any], slots: StreamSlots) -> None:
    slots.take()
    answer = send("HEAD", url_of(completed, "Condition"))
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.content_type == "application/fhir+ndjson"
    assert int(answer.headers["Content-Length"]) > 100


def test_beyond_the_cap_a_download_is_told_to_come_back(
    send: Send, completed: dict[str, Any], slots: StreamSlots
) -> None:
    give_back = slots.take()
    answer = send("GET", url_of(completed, "Condition"))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    give_back()
    assert send("GET", url_of(completed, "Condition")).status_code == 200


def test_a_reader_that_goes_away_frees_its_slot(send: Send, completed: dict[str, Any], slots: StreamSlots) -> None:
    answer = send("GET", url_of(completed, "Condition"), buffered=False)
    with pytest.raises(Unavailable):
        slots.take()
    answer.close()
    slots.take()


@pytest.mark.requirement("BFI-009")
@pytest.mark.parametrize("name", ["Immunization.ndjson", "errors.ndjson", "Binary.ndjson", "nope.ndjson"])
def test_a_file_that_the_manifest_does_not_list_is_not_found(
    send: Send, status_url: str, completed: dict[str, Any], name: str
) -> None:
    answer = send("GET", f"{status_url.replace('bulkstatus', 'bulkdata')}/{name}")
    assert answer.status_code == 404
    assert answer.json["resourceType"] == "OperationOutcome"  # type: ignore[index]


@pytest.mark.requirement("BFI-005")
def test_a_file_needs_a_token_for_its_type(send: Send, completed: dict[str, Any]) -> None:
    assert send("GET", url_of(completed, "Condition"), scope="system/Patient.rs").status_code == 403
    assert send("GET", url_of(completed, "Patient"), scope="system/Patient.rs").status_code == 200
