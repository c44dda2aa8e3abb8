"""Only athenahealth's hosts are led elsewhere, and none of them is reached for real by mistake."""

import asyncio
import os
import socket

import httpx
import pytest
import requests

from mock_athena.testing import Athena, RealHostRefused
from tests.mock_athena.testing.conftest import Intercept
from tests.mock_athena.testing.ways import BROKEN, Ask

UNKNOWN = "https://mdp.athenahealth.com/fhir/r4/Patient"


def test_another_host_of_athenahealth_is_refused_with_the_way_out(athena: Athena, ask: Ask) -> None:
    with pytest.raises(RealHostRefused, match=r"mdp\.athenahealth\.com.*allow=\['mdp\.athenahealth\.com'\]"):
        ask("GET", UNKNOWN, {}, None, 5.0)


def test_a_host_that_was_allowed_is_connected_to(intercept: Intercept, monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(host: str, *_: object, **__: object) -> None:
        raise OSError(f"asked the system for {host}")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    with (
        intercept(allow=["mdp.athenahealth.com"]),
        pytest.raises(requests.ConnectionError, match=r"asked the system for mdp\.athenahealth\.com"),
    ):
        requests.get(UNKNOWN, timeout=5)


def test_other_hosts_are_none_of_our_business(athena: Athena, ask: Ask) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        bound.listen()
        with pytest.raises((*BROKEN, TimeoutError)) as caught:
            ask("GET", f"http://127.0.0.1:{bound.getsockname()[1]}/", {}, None, 0.2)
        assert not isinstance(caught.value, RealHostRefused)
        bound.settimeout(5)
        bound.accept()[0].close()


@pytest.mark.parametrize("host", ["mdp.athenahealth.com", b"api.platform.athenahealth.com"])
def test_whoever_opens_sockets_himself_does_not_reach_athenahealth(athena: Athena, host: str | bytes) -> None:
    async def connected() -> None:
        await asyncio.get_running_loop().getaddrinfo(host, 443)

    way_out = "serve_athena" if isinstance(host, bytes) else "allow"
    with pytest.raises(RealHostRefused, match=f"Nothing was sent.*{way_out}"):
        asyncio.run(connected())


def test_nothing_is_asked_of_the_system(intercept: Intercept, monkeypatch: pytest.MonkeyPatch) -> None:
    """As under ``pytest --disable-socket``, and on a machine without a name service."""

    def forbidden(*_: object, **__: object) -> None:
        raise RuntimeError("a test tried to use a socket")

    with intercept() as athena:
        monkeypatch.setattr(socket, "socket", forbidden)
        monkeypatch.setattr(socket, "getaddrinfo", forbidden)
        assert requests.get(f"{athena.base_url}/metadata", timeout=20).status_code == 200
        assert httpx.get(f"{athena.base_url}/metadata", timeout=20).status_code == 200


def test_other_hosts_can_be_answered_for(intercept: Intercept) -> None:
    with intercept(hosts=["fhir.example.org"]) as athena:
        assert athena.base_url == "https://fhir.example.org/fhir/r4"
        assert requests.get(f"{athena.base_url}/metadata", timeout=20).status_code == 200


def test_no_proxy_is_asked(intercept: Intercept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "example.org")
    with intercept() as athena:
        assert requests.get(f"{athena.base_url}/metadata", timeout=20).status_code == 200
        assert os.environ["NO_PROXY"].startswith("example.org,")
    assert os.environ["NO_PROXY"] == "example.org"
    assert "no_proxy" not in os.environ


def test_no_proxy_that_a_client_names_is_asked(athena: Athena) -> None:
    async def asked(url: str) -> int:
        async with httpx.AsyncClient(proxy="http://127.0.0.1:1") as client:
            return (await client.get(url)).status_code

    url = f"{athena.base_url}/metadata"
    with httpx.Client(proxy="http://127.0.0.1:1") as client:
        assert client.get(url).status_code == 200
        with pytest.raises(RealHostRefused):
            client.get(UNKNOWN)
        with pytest.raises(httpx.ConnectError):  # somebody else's, by the proxy
            client.get("https://fhir.example.org")
        assert client.get(url).status_code == 200
    assert asyncio.run(asked(url)) == 200
    with pytest.raises(RealHostRefused):
        asyncio.run(asked(UNKNOWN))
    proxied = requests.get(url, proxies={"https": "http://127.0.0.1:1"}, timeout=20)
    assert proxied.status_code == 200
