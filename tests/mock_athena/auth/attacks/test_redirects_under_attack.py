"""Attacks on the way back: a code goes to a registered address, character for character, or nowhere."""

from urllib.parse import parse_qs, quote, urlsplit

import pytest
from flask.testing import FlaskClient

from mock_athena.auth.form import parameters
from mock_athena.auth.server import AuthorizationServer
from mock_athena.errors import ControlError
from tests.mock_athena.auth.conftest import CALLBACK, ORIGIN, TOKEN_URL, asked, code_for, redemption, refused

AUTHORIZE = "/oauth2/v1/authorize"
REGISTERED = "https://app.example/Callback"

VARIANTS = [
    "https://app.example/callback",
    "HTTPS://app.example/Callback",
    "https://APP.example/Callback",
    "http://app.example/Callback",
    "https://app.example:443/Callback",
    "https://app.example:8443/Callback",
    "https://app.example./Callback",
    "https://app.example/Callback/",
    "https://app.example//Callback",
    "https://app.example/./Callback",
    "https://app.example/x/../Callback",
    "https://app.example/Callback?code=1",
    "https://app.example/Callback#",
    "https://app.example/Callback#@evil.example",
    "https://app.example/%43allback",
    "https://app.example%2FCallback",
    "https://app.example@evil.example/Callback",
    "https://user:pass@app.example/Callback",
    "https://app.example.evil.example/Callback",
    "https://evil.example/https://app.example/Callback",
    "https://evil.example\\@app.example/Callback",
    "https://app.example/Callback\r\nX: 1",
    "https://app.example/Callback\x00",
    " https://app.example/Callback",
    "https://app.example/Callback ",
    "//app.example/Callback",
    "/Callback",
    "javascript:alert(1)//https://app.example/Callback",
    "data:text/html,https://app.example/Callback",
]


@pytest.fixture
def registered(server: AuthorizationServer) -> AuthorizationServer:
    server.clients.register(
        {"client_id": "web", "redirect_uris": [REGISTERED, "http://127.0.0.1/cb", "http://127.0.0.1:9000/cb"],
         "scope": "patient/*.rs", "token_endpoint_auth_method": "none"}
    )  # fmt: skip
    return server


@pytest.mark.requirement("SMA-022", "SMA-023")
@pytest.mark.parametrize("uri", VARIANTS)
def test_nobody_is_sent_to_what_only_looks_registered(
    registered: AuthorizationServer, browser: FlaskClient, uri: str
) -> None:
    answer = browser.get(AUTHORIZE, query_string=asked(client_id="web", redirect_uri=uri))
    assert answer.status_code == 400
    assert "Location" not in answer.headers
    if uri.strip() == uri:
        assert REGISTERED in answer.text  # which one is registered is told


@pytest.mark.parametrize("uri", ["http://127.0.0.1:8123/cb", "http://localhost:9000/cb", "http://[::1]:9000/cb"])
def test_no_port_and_no_name_of_loopback_stands_for_another(registered: AuthorizationServer, uri: str) -> None:
    sent = parameters(asked(client_id="web", redirect_uri=uri).items())
    refused(lambda: registered.return_address(sent, ORIGIN), "invalid_request")


@pytest.fixture
def native(server: AuthorizationServer) -> AuthorizationServer:
    server.clients.register(
        {"client_id": "app", "application_type": "native", "token_endpoint_auth_method": "none",
         "redirect_uris": ["http://127.0.0.1/cb", "http://[::1]/cb", "http://localhost/cb", "https://app.example/cb"]}
    )  # fmt: skip
    return server


@pytest.mark.parametrize("uri", ["http://127.0.0.1:51004/cb", "http://[::1]:51004/cb", "http://127.0.0.1/cb"])
def test_a_native_application_may_have_any_port_on_loopback(native: AuthorizationServer, uri: str) -> None:
    sent = parameters(asked(client_id="app", redirect_uri=uri).items())
    assert native.return_address(sent, ORIGIN).redirect_uri == uri


@pytest.mark.parametrize(
    "uri",
    [
        "http://localhost:51004/cb", "https://127.0.0.1:51004/cb", "http://127.0.0.1:51004/cb/", "http://127.0.0.2:1/cb",
        "https://app.example:51004/cb", "http://127.0.0.1:51004@evil.example/cb", "http://127.0.0.1:/cb",
        "http://127.0.0.1:51004/cb?x", "http://127.0.0.1.evil.example/cb",
    ],
)  # fmt: skip
def test_and_nothing_else(native: AuthorizationServer, uri: str) -> None:
    sent = parameters(asked(client_id="app", redirect_uri=uri).items())
    refused(lambda: native.return_address(sent, ORIGIN), "invalid_request")


@pytest.mark.parametrize(
    "uri", ["javascript:alert(1)", "data:text/html,x", "https://app.example/cb#x", "/cb", "vbscript:x", "about:blank"]
)
def test_what_a_browser_would_run_cannot_be_registered(server: AuthorizationServer, uri: str) -> None:
    with pytest.raises(ControlError, match="redirect_uris"):
        server.clients.register({"redirect_uris": [uri]})


@pytest.mark.parametrize("name", ["redirect_uri", "client_id"])
def test_a_second_address_beside_the_first(browser: FlaskClient, name: str) -> None:
    query = "&".join(f"{key}={quote(value)}" for key, value in asked().items())
    answer = browser.get(f"{AUTHORIZE}?{query}&{name}=https://evil.example/")
    assert (answer.status_code, "Location" in answer.headers) == (400, False)


@pytest.mark.requirement("SMA-026")
@pytest.mark.parametrize("sent", ["x\r\nSet-Cookie: a=b", "x\nLocation: //evil.example", "x&code=stolen", "é/+ %"])
def test_a_state_comes_back_and_adds_nothing(browser: FlaskClient, sent: str) -> None:
    answer = browser.get(AUTHORIZE, query_string=asked(state=sent, response_type="token"))
    location = answer.headers["Location"]
    assert "\r" not in location
    assert "\n" not in location
    assert "Set-Cookie" not in answer.headers
    told = parse_qs(urlsplit(location).query)
    assert (told["state"], told["error"]) == ([sent], ["unsupported_response_type"])
    assert "code" not in told


def test_a_message_about_what_was_sent_cannot_break_the_header(browser: FlaskClient) -> None:
    answer = browser.get(AUTHORIZE, query_string=asked(response_type='x"\r\nX-Evil: 1\\'))
    assert "X-Evil" not in answer.headers
    (told,) = parse_qs(urlsplit(answer.headers["Location"]).query)["error_description"]
    assert told.isprintable()
    assert not set(told) & set('"\\')


def test_without_state_there_is_no_code(browser: FlaskClient) -> None:
    answer = browser.get(AUTHORIZE, query_string=asked(state=None))
    told = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert told["error"] == ["invalid_request"]
    assert "state is missing" in told["error_description"][0]


def test_whoever_answers_says_so_against_mix_ups(server: AuthorizationServer, browser: FlaskClient) -> None:
    issuer = server.smart_configuration(ORIGIN)["issuer"]
    sent = parameters(asked().items())
    address = server.return_address(sent, ORIGIN)
    answer = browser.get(AUTHORIZE, query_string=asked(scope="nonsense"))
    for location in (address.with_code("c"), answer.headers["Location"]):
        assert parse_qs(urlsplit(location).query)["iss"] == [issuer]
    assert server.smart_configuration(ORIGIN)["authorization_response_iss_parameter_supported"] is True


@pytest.mark.parametrize("uri", [CALLBACK + "/", CALLBACK.upper(), "http://localhost:8765/callback", CALLBACK + "#"])
def test_a_code_is_redeemed_with_the_address_it_was_sent_to(server: AuthorizationServer, uri: str) -> None:
    message = refused(
        lambda: server.token(redemption(code_for(server), redirect_uri=uri), None, TOKEN_URL), "invalid_grant"
    ).message
    assert CALLBACK in message
