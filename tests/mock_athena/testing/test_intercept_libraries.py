"""Every library reaches the emulator at athenahealth's own address, and sees what a server would have sent."""

import http.client
import socket
from contextlib import closing
from urllib.parse import urlencode

import pytest

from mock_athena.testing import Athena
from tests.mock_athena.testing.ways import BROKEN, Ask

BASE = "https://api.platform.athenahealth.com/fhir/r4"
ADA = f"{BASE}/Patient/a-500001.E-1"
PATIENCE = 20.0


def bearer(athena: Athena) -> dict[str, str]:
    return {"Authorization": f"Bearer {athena.token()}"}


def test_it_reads(athena: Athena, ask: Ask) -> None:
    answer = ask("GET", ADA, bearer(athena), None, PATIENCE)
    assert answer.status == 200
    assert answer.json()["id"] == "a-500001.E-1"
    assert answer.headers["x-ratelimit-remaining"] == "15"
    athena.assert_called("GET", "/fhir/r4/Patient/*", times=1)


def test_it_gets_a_token_with_a_form(athena: Athena, ask: Ask) -> None:
    client_id, client_secret = athena.client_credentials("system/Patient.read")
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
    sent = {"Content-Type": "application/x-www-form-urlencoded"}
    token_url = "https://api.platform.athenahealth.com/oauth2/v1/token"
    answer = ask("POST", token_url, sent, urlencode(form).encode(), PATIENCE)
    assert answer.status == 200
    assert answer.json()["scope"] == "system/Patient.read"
    answer = ask("GET", ADA, {"Authorization": f"Bearer {answer.json()['access_token']}"}, None, PATIENCE)
    assert answer.status == 200


def test_links_lead_on_at_the_address_that_was_asked(athena: Athena, ask: Ask) -> None:
    answer = ask("GET", f"{BASE}/Patient?_count=2", bearer(athena), None, PATIENCE)
    (following,) = (link["url"] for link in answer.json()["link"] if link["relation"] == "next")
    assert following.startswith(f"{BASE}/Patient?")
    assert ask("GET", following, bearer(athena), None, PATIENCE).json()["entry"]


def test_a_refusal_arrives_with_its_advice(athena: Athena, ask: Ask) -> None:
    headers = bearer(athena)
    for _ in range(16):
        assert ask("GET", ADA, headers, None, PATIENCE).status == 200
    refused = ask("GET", ADA, headers, None, PATIENCE)
    assert (refused.status, refused.headers["retry-after"]) == (429, "2")
    with pytest.raises(AssertionError, match=r"expected no call \*, found 1"):
        athena.assert_no_429()


def test_an_answer_in_chunks_arrives_whole(athena: Athena, ask: Ask) -> None:
    headers = bearer(athena) | {"Prefer": "respond-async", "Accept": "application/fhir+json"}
    job = ask("GET", f"{BASE}/Patient/$export?_type=Observation", headers, None, PATIENCE)
    assert job.status == 202
    athena.advance(3600)
    manifest = ask("GET", job.headers["content-location"], bearer(athena), None, PATIENCE).json()
    (file,) = manifest["output"]
    lines = ask("GET", file["url"], bearer(athena), None, PATIENCE).body.splitlines()
    assert len(lines) == file["count"] > 1000


@pytest.mark.parametrize("fault", ["connection-reset", "drop", "half-close"])
def test_a_broken_connection_breaks(athena: Athena, ask: Ask, fault: str) -> None:
    athena.fault(fault)
    with pytest.raises(BROKEN):
        ask("GET", ADA, bearer(athena), None, PATIENCE)


def test_a_stalled_answer_times_out(athena: Athena, ask: Ask) -> None:
    athena.fault("stall")
    with pytest.raises((*BROKEN, TimeoutError)):
        ask("GET", ADA, bearer(athena), None, 0.2)


def test_a_connection_has_the_options_of_a_socket(athena: Athena) -> None:
    """As urllib3-future asks, which niquests puts in the place of urllib3, for requests too."""
    with closing(http.client.HTTPSConnection("api.platform.athenahealth.com")) as connection:
        connection.connect()
        assert connection.sock.type == socket.SOCK_STREAM
        assert connection.sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
