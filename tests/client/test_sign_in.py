"""A person signs in: PKCE, the state that has to come back, and a browser that comes to this machine."""

import threading
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit
from urllib.request import urlopen

import pytest
import requests

from athena_fhir_client import AthenaClient
from athena_fhir_client.auth.cache import MemoryCache
from athena_fhir_client.auth.loopback import wait_for_callback
from athena_fhir_client.auth.sign_in import SCOPE, begin, finish
from athena_fhir_client.discovery import Endpoints, discover
from athena_fhir_client.errors import AthenaError, AuthError, ConfigurationError
from athena_fhir_client.providers import ATHENAHEALTH
from tests.client.in_process import BASE, Known

CALLBACK = "http://127.0.0.1:8765/callback"


@pytest.fixture
def client(known: Known) -> AthenaClient:
    return AthenaClient.from_sign_in(BASE, "mock-public", cache=MemoryCache(), **known.options())


@pytest.mark.requirement("SMA-098", "SMA-099")
def test_what_the_browser_is_sent_off_with(client: AthenaClient) -> None:
    begun, other = (begin(client.endpoints, "mock-public", CALLBACK, BASE) for _ in range(2))
    sent = parse_qs(urlsplit(begun.url).query)
    assert sent["code_challenge_method"] == ["S256"]
    assert (sent["aud"], sent["response_type"], sent["scope"]) == ([BASE], ["code"], [SCOPE])
    assert begun.verifier not in begun.url
    assert begun.state != other.state
    assert len(begun.state) >= 40  # 256 bits
    assert begun.state not in repr(begun)
    assert begun.verifier not in repr(begun)


@pytest.mark.requirement("SMA-098")
def test_another_sign_ins_state_ends_it(client: AthenaClient) -> None:
    begun = begin(client.endpoints, "mock-public", CALLBACK, BASE)
    with pytest.raises(AuthError, match="another sign-in"):
        finish(begun, {"code": "abc", "state": "tampered"}, client.token_auth.endpoint)
    with pytest.raises(AuthError, match="access_denied"):
        finish(begun, {"error": "access_denied", "state": begun.state}, client.token_auth.endpoint)


def test_consent_brings_a_token_that_is_refreshed(client: AthenaClient, known: Known) -> None:
    begun = begin(client.endpoints, "mock-public", CALLBACK, BASE)
    token = finish(begun, _consented(known, begun.url), client.token_auth.endpoint)
    client.token_auth.keep(token)
    assert token.patient
    assert client.read("Patient", token.patient)["id"] == token.patient
    known.clock.sleep(3590)
    renewed = client.token_auth.token()
    assert renewed.access_token != token.access_token
    assert renewed.patient == token.patient


def _consented(known: Known, url: str) -> dict[str, str]:
    """What the browser brings back, of an emulator that consents by itself."""
    session = requests.Session()
    session.mount("http://", known.adapter)
    answer = session.get(url, allow_redirects=False, timeout=5)
    assert answer.status_code == 302, answer.text
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


def test_the_browser_is_waited_for_on_this_machine() -> None:
    def come(query: str) -> None:
        threading.Thread(target=lambda: urlopen(f"http://127.0.0.1:18765/callback?{query}", timeout=5).read()).start()

    brought = wait_for_callback("http://127.0.0.1:18765/callback", lambda: come("code=abc&state=xyz"))
    assert brought == {"code": "abc", "state": "xyz"}
    with pytest.raises(AuthError, match="nobody came back"):
        wait_for_callback("http://127.0.0.1:18765/callback", lambda: None, seconds=0.01)
    with pytest.raises(ConfigurationError, match="expected one on this machine"):
        wait_for_callback("https://your-app.com/api/ehr/callback", lambda: None)


def test_endpoints_are_looked_for_in_two_places_and_then_known_beforehand() -> None:
    extension = {
        "url": "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris",
        "extension": [{"url": "token", "valueUri": "https://a.example/token"}],
    }
    told = {".well-known/smart-configuration": {}, "metadata": {"rest": [{"security": {"extension": [extension]}}]}}
    assert discover(told.__getitem__, "https://a.example").token == "https://a.example/token"
    nothing: dict[str, dict[str, Any]] = {".well-known/smart-configuration": {}, "metadata": {}}
    assert discover(nothing.__getitem__, "x", ATHENAHEALTH).token == ATHENAHEALTH.oauth.token_endpoint
    with pytest.raises(AthenaError, match="names no token endpoint"):
        discover(nothing.__getitem__, "x")


def test_a_secret_is_not_sent_in_the_clear_to_another_machine() -> None:
    with pytest.raises(ConfigurationError, match="expected https"):
        Endpoints("http://ehr.example/token", source="x")
