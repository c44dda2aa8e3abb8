"""A Binary is sent as what it contains, whatever its resource looks like."""

import json
from typing import Any

import pytest
from flask import Response

from mock_athena.web.binary import raw_binary


def sent(**resource: Any) -> Response:
    return raw_binary(json.dumps({"resourceType": "Binary", "id": "b", **resource}).encode(), {"ETag": 'W/"1"'})


@pytest.mark.parametrize("type", ["text/plain", "text/html; charset=utf-8", 'a/b;c="d e"', "application/fhir+json"])
def test_a_media_type_is_its_content_type(type: str) -> None:
    answer = sent(contentType=type, data="aGVsbG8=")
    assert (answer.content_type, answer.data, answer.headers["ETag"]) == (type, b"hello", 'W/"1"')


@pytest.mark.parametrize(
    "type", [None, 5, [], "", "text", "text/", "text/plain\r\nX-Bad: 1", "té/xt", "a/b; c", "a/b\n", "\ud800/x"]
)
def test_what_is_no_media_type_is_never_a_header(type: Any) -> None:
    answer = sent(contentType=type, data="aGVsbG8=")
    assert (answer.content_type, answer.data) == ("application/octet-stream", b"hello")


def test_without_a_content_type_it_is_a_stream_of_octets() -> None:
    assert sent(data="aGVsbG8=").content_type == "application/octet-stream"


@pytest.mark.parametrize("data", [None, 5, [], {}, "", "a", "aGVsbG8", "h€llo", "not base64!", "\ud800"])
def test_data_that_are_no_base64_are_an_empty_body(data: Any) -> None:
    answer = sent(contentType="text/plain", data=data)
    assert (answer.status_code, answer.data) == (200, b"")


def test_base64_may_be_broken_into_lines() -> None:
    assert sent(contentType="text/plain", data="aGVs\r\n bG8=\n").data == b"hello"


def test_without_data_it_is_empty() -> None:
    assert sent(contentType="text/plain").data == b""
