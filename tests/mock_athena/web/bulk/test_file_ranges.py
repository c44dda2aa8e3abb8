"""Parts of files, and what a file says of itself: https://www.rfc-editor.org/rfc/rfc9110."""

import gzip
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from mock_athena.clock import NANOSECONDS, ManualClock
from mock_athena.store import ResourceStore

Send = Callable[..., TestResponse]


@pytest.fixture
def url(completed: dict[str, Any]) -> str:
    return str(next(item["url"] for item in completed["output"] if item["type"] == "DiagnosticReport"))


@pytest.fixture
def whole(send: Send, url: str) -> bytes:
    return bytes(send("GET", url).data)


@pytest.mark.requirement("BFI-023")
def test_head_says_what_get_does(send: Send, url: str, whole: bytes) -> None:
    for headers in ({}, {"Accept-Encoding": "gzip"}, {"Range": "bytes=99999-"}):
        got = send("GET", url, headers=headers if "Range" not in headers else {})
        told = send("HEAD", url, headers=headers)
        assert (told.status_code, told.data) == (200, b"")
        assert dict(told.headers) == dict(got.headers)
    assert int(send("HEAD", url).headers["Content-Length"]) == len(whole)
    assert "Content-Length" not in send("GET", url, headers={"Accept-Encoding": "gzip"}).headers


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [("bytes=0-", 0, None), ("bytes=7-", 7, None), ("bytes=3-5", 3, 6), ("bytes=5-999999", 5, None),
     ("bytes=-9", -9, None), ("bytes=-999999", 0, None), ("BYTES=0-0", 0, 1)],
)  # fmt: skip
def test_a_range_is_that_part(send: Send, url: str, whole: bytes, asked: str, start: int, stop: int | None) -> None:
    answer = send("GET", url, headers={"Range": asked, "Accept-Encoding": "gzip"})
    part = whole[start:stop]
    first = whole.index(part) if start < 0 else start
    assert (answer.status_code, answer.data) == (206, part)
    assert answer.headers["Content-Range"] == f"bytes {first}-{first + len(part) - 1}/{len(whole)}"
    assert int(answer.headers["Content-Length"]) == len(part)
    assert "Content-Encoding" not in answer.headers  # a part of a packed file would be of no use


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "bytes=5-3", "bytes=x-", "lines=0-3", "bytes=-", ""])
def test_what_is_no_single_range_of_bytes_gets_the_whole(send: Send, url: str, whole: bytes, asked: str) -> None:
    answer = send("GET", url, headers={"Range": asked})
    assert (answer.status_code, answer.data) == (200, whole)


@pytest.mark.parametrize("asked", ["bytes=999999-", "bytes=-0"])
def test_a_range_behind_the_end_is_416(send: Send, url: str, whole: bytes, asked: str) -> None:
    answer = send("GET", url, headers={"Range": asked})
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{len(whole)}"
    assert answer.json["resourceType"] == "OperationOutcome"  # type: ignore[index]


def test_a_download_is_taken_up_only_if_it_is_still_the_same_file(send: Send, url: str, whole: bytes) -> None:
    told = send("HEAD", url).headers
    packed = send("HEAD", url, headers={"Accept-Encoding": "gzip"}).headers
    assert packed["ETag"] != told["ETag"]
    assert packed["Accept-Ranges"] == "none"
    for same in (told["ETag"], told["Last-Modified"]):
        assert send("GET", url, headers={"Range": "bytes=9-", "If-Range": same}).status_code == 206
    for other in (packed["ETag"], f"W/{told['ETag']}", '"x"', "Sun, 14 Jan 2024 10:00:00 GMT", "x"):
        answer = send("GET", url, headers={"Range": "bytes=9-", "If-Range": other})
        assert (answer.status_code, answer.data) == (200, whole)


def test_the_tag_is_strong_and_of_this_file_under_this_name(send: Send, url: str, store: ResourceStore) -> None:
    tag = send("GET", url).headers["ETag"]
    assert tag.startswith('"')
    store.put({"resourceType": "DiagnosticReport", "id": "r1"}, 0)
    assert send("GET", url).headers["ETag"] == tag
    assert send("GET", url, environment="sandbox").headers["ETag"] != tag  # other URLs are in it
    assert send("GET", url.replace("DiagnosticReport", "Patient")).headers["ETag"] != tag
    assert send("GET", url, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.requirement("BFI-008")
@pytest.mark.parametrize(
    ("accepted", "packed"),
    [("gzip", True), ("gzip;q=0.5", True), ("*", True), ("gzip;q=0.5, identity", False), ("gzip, *;q=0", True),
     ("gzip;q=0, *", False), ("identity", False), ("br", False), ("", False)],
)  # fmt: skip
def test_it_is_packed_for_those_who_like_that_best(
    send: Send, url: str, whole: bytes, accepted: str, packed: bool
) -> None:
    answer = send("GET", url, headers={"Accept-Encoding": accepted})
    assert (answer.headers.get("Content-Encoding") == "gzip") is packed
    assert (gzip.decompress(answer.data) if packed else answer.data) == whole


def test_it_has_the_name_that_a_browser_saves_it_under(send: Send, url: str) -> None:
    assert send("GET", url).headers["Content-Disposition"] == 'attachment; filename="DiagnosticReport.ndjson"'


@pytest.mark.requirement("BFI-020")
def test_it_is_there_until_it_expires_and_then_gone(send: Send, url: str, whole: bytes, clock: ManualClock) -> None:
    clock.advance(24 * 3600 * NANOSECONDS - 1)
    assert send("GET", url).data == whole
    running = send("GET", url, buffered=False)
    clock.advance(1)
    answer = send("GET", url)
    assert answer.status_code == 410
    assert "expired" in answer.text
    assert answer.json["resourceType"] == "OperationOutcome"  # type: ignore[index]
    assert running.data == whole  # whoever began before is not cut off
    running.close()
    assert send("GET", url, client_id="other").status_code == 404


def test_a_file_of_parts_of_resources_has_no_length_and_no_ranges(send: Send, clock: ManualClock) -> None:
    asked = "/fhir/r4/Patient/$export?_type=Patient&_elements=id"
    status = send("GET", asked, headers={"Prefer": "respond-async"}).headers["Content-Location"]
    clock.advance(600 * NANOSECONDS)
    url = send("GET", status).json["output"][0]["url"]  # type: ignore[index]
    answer = send("GET", url, headers={"Range": "bytes=5-"})
    assert answer.status_code == 200
    assert answer.data.count(b"\n") == 2
    assert b"SUBSETTED" in answer.data
    assert not {"Content-Length", "Accept-Ranges"} & set(answer.headers.keys())
