"""Keys at a jwks_uri: fetched when needed, kept as long as they may be, and nothing worse than a refusal otherwise."""

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from joserfc.jwk import ECKey

from mock_athena.auth import fetching
from mock_athena.auth.assertions import JWT_BEARER
from mock_athena.auth.fetching import LARGEST, Fetched, fetched
from mock_athena.auth.key_sets import KeySets, lifetime_s
from mock_athena.auth.registration import ClientRegistration, parse_registration
from mock_athena.auth.server import AuthorizationServer
from mock_athena.clock import NANOSECONDS
from tests.mock_athena.auth.conftest import TOKEN_URL, Sign, form, refused

URL = "https://app.example/jwks.json"
CLIENT = parse_registration({"client_id": "mine", "jwks_uri": URL})


def public(kid: str) -> dict[str, Any]:
    return {**ECKey.generate_key("P-384").as_dict(private=False), "kid": kid}


A, B = public("a"), public("b")


class Wall:
    """A clock of the machine that a test moves."""

    def __init__(self) -> None:
        self.seconds = 1_000_000.0

    def wall(self) -> int:
        return int(self.seconds * NANOSECONDS)


class Site:
    """The other side: what it answers, and how often it was asked."""

    def __init__(self) -> None:
        self.keys: list[Any] = [A]
        self.cache_control: str | None = "max-age=300"
        self.asked = 0

    def __call__(self, url: str) -> Fetched:
        assert url == URL
        self.asked += 1
        return Fetched(json.dumps({"keys": self.keys}).encode(), self.cache_control)


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def key_sets(wall: Wall, site: Site) -> KeySets:
    return KeySets(wall, site)  # type: ignore[arg-type]


def kids(key_sets: KeySets, wanted: str, client: ClientRegistration = CLIENT) -> list[str]:
    return [key["kid"] for key in key_sets.keys(client, wanted)]


def test_a_site_that_fails_is_left_alone_for_a_moment(key_sets: KeySets, site: Site, wall: Wall) -> None:
    site.keys = []
    told = {refused(lambda: kids(key_sets, "a"), "invalid_client", 401).message for _ in range(5)}
    assert (site.asked, len(told)) == (1, 1)
    site.keys = [A]
    wall.seconds += 2
    assert kids(key_sets, "a") == ["a"]
    assert site.asked == 2


@pytest.mark.requirement("BKS-025", "BKS-026")
def test_keys_are_kept_as_long_as_they_may_be(key_sets: KeySets, site: Site, wall: Wall) -> None:
    assert kids(key_sets, "a") == kids(key_sets, "a") == ["a"]
    wall.seconds += 299.9
    kids(key_sets, "a")
    assert site.asked == 1
    wall.seconds += 0.1
    kids(key_sets, "a")
    assert site.asked == 2


@pytest.mark.parametrize("said", ["no-store", "no-cache, max-age=60", "max-age=0", "private,  MAX-AGE=0"])
def test_what_may_not_be_kept_is_not(key_sets: KeySets, site: Site, said: str) -> None:
    site.cache_control = said
    kids(key_sets, "a")
    kids(key_sets, "a")
    assert site.asked == 2


@pytest.mark.parametrize(
    ("said", "seconds"), [(None, 60), ("public", 60), ("max-age=99999999", 86_400), ("max-age=5, max-age=7", 5)]
)
def test_how_long_is_told(said: str | None, seconds: int) -> None:
    assert lifetime_s(said) == seconds


@pytest.mark.requirement("BKS-028")
def test_a_new_key_is_looked_for_but_not_as_often_as_somebody_asks(key_sets: KeySets, site: Site, wall: Wall) -> None:
    kids(key_sets, "a")
    site.keys = [A, B]
    assert kids(key_sets, "b") == ["a"]  # a moment later: not yet asked again
    wall.seconds += 10
    assert kids(key_sets, "b") == ["a", "b"]
    for _ in range(5):
        kids(key_sets, "guess")
    assert site.asked == 2


def test_keys_for_other_purposes_are_passed_over(key_sets: KeySets, site: Site) -> None:
    site.keys = [{"kty": "OKP", "kid": "x", "crv": "Ed25519", "x": "AA"}, {"kty": "EC"}, 5, B]
    assert kids(key_sets, "b") == ["b"]


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b'{"keys": 5}', b'{"keys": []}', b'{"keys": [{"kty": "oct", "k": "AA"}]}', b"[" * 10**5],
)  # fmt: skip
def test_what_is_no_key_set_is_a_refusal_that_names_the_address(wall: Wall, body: bytes) -> None:
    key_sets = KeySets(wall, lambda _: Fetched(body, None))  # type: ignore[arg-type]
    error = refused(lambda: key_sets.keys(CLIENT, "a"), "invalid_client", 401)
    assert URL in error.message
    assert "register the keys themselves" in error.message


def test_an_outage_is_not_bridged_with_keys_that_may_not_be_kept(key_sets: KeySets, site: Site, wall: Wall) -> None:
    kids(key_sets, "a")
    site.keys = []
    wall.seconds += 301
    refused(lambda: key_sets.keys(CLIENT, "a"), "invalid_client", 401)


@contextmanager
def answering(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[str]:
    """A site on a port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as site:
        thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{site.server_address[1]}/jwks.json"
        finally:
            site.shutdown()
            thread.join()


def sends(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, **fields: str) -> None:
    handler.send_response(status)
    for name, value in fields.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


@pytest.mark.requirement("BKS-023")
def test_a_client_is_known_by_the_keys_at_its_address(
    server: AuthorizationServer, sign: Sign, backend_keys: Mapping[str, Any]
) -> None:
    seen = []
    keys = [{**key.as_dict(private=False), "kid": key.kid} for key in backend_keys.values()]

    def answer(handler: BaseHTTPRequestHandler) -> None:
        seen.append((handler.path, handler.headers["Accept"]))
        sends(handler, json.dumps({"keys": keys}).encode(), Cache_Control="max-age=60")

    with answering(answer) as url:
        server.clients.register({"client_id": "far", "jwks_uri": url, "scope": "system/*.rs"})
        for alg, header in (("RS384", {}), ("ES384", {"jku": url})):
            assertion = sign(alg, header, iss="far", sub="far")
            sent = form(grant_type="client_credentials", client_assertion_type=JWT_BEARER, client_assertion=assertion)
            assert server.token(sent, None, TOKEN_URL)["scope"] == "system/*.rs"
    assert seen == [("/jwks.json", "application/json")]


@pytest.mark.requirement("BKS-022")
def test_another_key_set_than_the_registered_one_is_not_asked(server: AuthorizationServer, sign: Sign) -> None:
    server.clients.register({"client_id": "far", "jwks_uri": "http://127.0.0.1:9/jwks", "scope": "system/*.rs"})
    assertion = sign("RS384", {"jku": "http://127.0.0.1:9/other"}, iss="far", sub="far")
    sent = form(grant_type="client_credentials", client_assertion_type=JWT_BEARER, client_assertion=assertion)
    assert "jku" in refused(lambda: server.token(sent, None, TOKEN_URL), "invalid_client", 401).message


@pytest.mark.parametrize(
    "answer",
    [
        lambda handler: sends(handler, b"{}", 302, Location="http://127.0.0.1:9/elsewhere"),
        lambda handler: sends(handler, b"{}", 404),
        lambda handler: sends(handler, b"{}", 500),
        lambda handler: sends(handler, b" " * (LARGEST + 1)),
        lambda handler: handler.wfile.write(b"no HTTP at all\r\n\r\n"),
    ],
)
def test_the_other_side_cannot_lead_us_anywhere(answer: Callable[[BaseHTTPRequestHandler], None]) -> None:
    with answering(answer) as url, pytest.raises((OSError, HTTPException, ValueError)):
        fetched(url)


@pytest.mark.parametrize("url", ["file:///etc/hostname", "ftp://127.0.0.1/x", "data:application/json,{}"])
def test_only_the_web_is_asked(url: str) -> None:
    with pytest.raises(ValueError, match="neither http nor https"):
        fetched(url)


@pytest.mark.parametrize("begun", [b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\n\r\n", b"HTT"])
def test_who_sends_a_byte_at_a_time_keeps_us_no_longer_than_that(monkeypatch: pytest.MonkeyPatch, begun: bytes) -> None:
    monkeypatch.setattr(fetching, "PATIENCE_S", 0.2)
    gone = threading.Event()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(begun)
        with suppress(OSError):
            while not gone.wait(0.02):
                handler.wfile.write(b" ")

    with answering(answer) as url:
        try:
            with pytest.raises(TimeoutError, match=r"longer than 0\.2 s"):
                fetched(url)
        finally:
            gone.set()


def test_a_handshake_has_no_more_time_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "PATIENCE_S", 0.2)
    gone = threading.Event()

    def shake() -> None:
        peer, _ = listening.accept()
        with peer, suppress(OSError):
            peer.sendall(b"\x16\x03\x03\x40\x00")  # the head of a long TLS record
            while not gone.wait(0.02):
                peer.sendall(b"\x02")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=shake)
        thread.start()
        try:
            with pytest.raises(TimeoutError, match=r"longer than 0\.2 s"):
                fetched(f"https://127.0.0.1:{listening.getsockname()[1]}/jwks.json")
        finally:
            gone.set()
            thread.join()
