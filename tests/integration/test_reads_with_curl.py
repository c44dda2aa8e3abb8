"""Reads with nothing but curl: what the server in front of the application adds and takes away."""

import json
import re
import subprocess
from email.utils import parsedate_to_datetime

import pytest

from tests.emulator import PATIENT, RegisteredClient
from tests.tools import tool

Answer = tuple[int, dict[str, str], bytes]


def curl(*arguments: str) -> Answer:
    """Status, header fields with names in lower case, body."""
    shown = () if "--head" in arguments else ("--dump-header", "-")
    command = [tool("curl"), "--silent", "--show-error", "--max-time", "20", *shown, *arguments]
    head, _, body = subprocess.run(command, check=True, capture_output=True).stdout.partition(b"\r\n\r\n")
    status, *fields = head.decode("latin-1").split("\r\n")
    split = (field.partition(":") for field in fields)
    return int(status.split()[1]), {name.lower(): value.strip() for name, _, value in split}, body


@pytest.fixture
def bearer(client: RegisteredClient) -> tuple[str, str]:
    return "--header", f"Authorization: {client.bearer()}"


@pytest.fixture
def url(client: RegisteredClient) -> str:
    return f"{client.emulator.base}/Patient/{PATIENT}"


@pytest.mark.requirement("RED-011", "HDR-010")
def test_a_304_ends_at_its_head(bearer: tuple[str, str], url: str) -> None:
    status, told, body = curl(*bearer, url)
    assert (status, json.loads(body)["id"]) == (200, PATIENT)
    assert parsedate_to_datetime(told["date"])
    # The second on the same connection shows that nothing was left on it by the first.
    twice = curl(*bearer, "--header", f"If-None-Match: {told['etag']}", url, url)
    assert twice[0] == 304
    assert (twice[1]["etag"], twice[1]["last-modified"]) == (told["etag"], told["last-modified"])
    assert not {"content-type", "content-length", "transfer-encoding"} & twice[1].keys()
    assert twice[2].startswith(b"HTTP/1.1 304")


@pytest.mark.requirement("RED-017")
def test_head_tells_the_length_and_sends_nothing(bearer: tuple[str, str], url: str) -> None:
    body = curl(*bearer, url)[2]
    status, told, nothing = curl(*bearer, "--head", url)
    assert (status, int(told["content-length"]), nothing) == (200, len(body), b"")


@pytest.mark.requirement("HDR-009")
def test_what_curl_unpacks_is_what_it_gets_plain(bearer: tuple[str, str], url: str) -> None:
    for address in (url, f"{url}/_history", url.replace(f"/{PATIENT}", "?_count=5&_sort=_id")):
        plain, packed = (json.loads(curl(*bearer, *more, address)[2]) for more in ((), ("--compressed",)))
        plain.pop("timestamp", None), packed.pop("timestamp", None)
        assert plain == packed
    assert curl(*bearer, "--header", "Accept-Encoding: gzip", url)[1]["content-encoding"] == "gzip"


@pytest.mark.requirement("ERR-023")
def test_two_authorizations_are_refused(bearer: tuple[str, str], url: str) -> None:
    status, told, _ = curl(*bearer, *bearer, url)
    assert (status, "invalid_request" in told["www-authenticate"]) == (400, True)


@pytest.mark.requirement("HDR-016")
def test_a_preflight_is_answered_without_a_token(url: str) -> None:
    asked = ("--header", "Origin: http://localhost:3000", "--header", "Access-Control-Request-Method: GET")
    status, told, body = curl("--request", "OPTIONS", *asked, url)
    assert (status, told["access-control-allow-origin"], body) == (204, "*", b"")
    assert re.search(r"\bAuthorization\b", told["access-control-allow-headers"])
    assert "content-length" not in told
