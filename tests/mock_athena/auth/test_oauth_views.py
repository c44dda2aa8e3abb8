"""OAuth over HTTP: who is handed to the pages, and the token endpoint."""

import pytest
from flask.testing import FlaskClient

from mock_athena.auth.form import FORM
from tests.mock_athena.auth.conftest import MOCK_CLIENT, asked

AUTHORIZE, TOKEN = "/oauth2/v1/authorize", "/oauth2/v1/token"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_request_whose_sender_is_known_comes_before_a_person(browser: FlaskClient, method: str) -> None:
    sent = {"query_string": asked()} if method == "GET" else {"data": asked()}
    response = browser.open(AUTHORIZE, method=method, **sent)  # type: ignore[arg-type]
    assert (response.status_code, response.headers["Cache-Control"]) == (200, "no-store")
    assert response.text == "asks for mock-public: patient/*.read launch/patient offline_access"


def test_a_request_whose_sender_is_not_known_is_refused_in_front_of_the_person(browser: FlaskClient) -> None:
    response = browser.get(AUTHORIZE, query_string=asked(redirect_uri="https://evil.example/"))
    assert response.status_code == 400
    assert "Location" not in response.headers
    assert "is not registered for mock-public" in response.text


@pytest.mark.requirement("HDR-013", "SMA-047")
def test_the_token_response_is_not_stored(browser: FlaskClient) -> None:
    response = browser.post(TOKEN, data={"grant_type": "client_credentials"}, headers={"Authorization": MOCK_CLIENT})
    assert (response.status_code, response.content_type) == (200, "application/json")
    assert (response.headers["Cache-Control"], response.headers["Pragma"]) == ("no-store", "no-cache")


@pytest.mark.requirement("ERR-017", "ERR-019", "BKS-030")
@pytest.mark.parametrize(
    ("body", "content_type", "status", "error"),
    [
        ("{}", "application/json", 400, "invalid_request"),
        ("grant_type=x", FORM, 400, "unsupported_grant_type"),
        ("grant_type=client_credentials&client_id=a&client_secret=b", FORM, 401, "invalid_client"),
    ],
)
def test_the_token_endpoint_refuses(
    browser: FlaskClient, body: str, content_type: str, status: int, error: str
) -> None:
    response = browser.post(TOKEN, data=body, content_type=content_type)
    assert (response.status_code, response.get_json()["error"]) == (status, error)
    assert response.headers["Cache-Control"] == "no-store"


def test_tokens_are_posted_for_and_forms_are_small(browser: FlaskClient) -> None:
    assert browser.get(TOKEN).status_code == 405
    assert browser.post(TOKEN, data=b"a=" + b"x" * 70_000, content_type=FORM).status_code == 413


def test_the_public_key_is_served(browser: FlaskClient) -> None:
    response = browser.get("/oauth2/v1/keys")
    assert response.get_json()["keys"][0]["kty"] == "RSA"
    assert "Cache-Control" not in response.headers
