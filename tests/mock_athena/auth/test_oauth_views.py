"""OAuth over HTTP: the consent page and its answers, error page and error redirect, the token endpoint."""

import html
import re

import pytest
from flask.testing import FlaskClient

from mock_athena.auth.form import FORM
from tests.mock_athena.auth.conftest import CALLBACK, MOCK_CLIENT, VERIFIER, answer, asked

AUTHORIZE, TOKEN = "/oauth2/v1/authorize", "/oauth2/v1/token"


def fields(page: str) -> dict[str, str]:
    """What a browser would send of the consent page, all boxes ticked, before a button is pressed."""
    inputs = re.findall(r'<input [^>]*name="([^"]*)" value="([^"]*)"', page)
    return {html.unescape(name): html.unescape(value) for name, value in inputs}


def redeem(browser: FlaskClient, code: str) -> dict[str, str]:
    sent = {"grant_type": "authorization_code", "client_id": "mock-public", "code": code, "redirect_uri": CALLBACK}
    response = browser.post(TOKEN, data=sent | {"code_verifier": VERIFIER})
    assert response.status_code == 200, response.text
    body: dict[str, str] = response.get_json()
    return body


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_page_asks_for_consent(browser: FlaskClient, method: str) -> None:
    sent = {"query_string": asked()} if method == "GET" else {"data": asked()}
    response = browser.open(AUTHORIZE, method=method, **sent)  # type: ignore[arg-type]
    assert response.status_code == 200
    assert response.content_type == "text/html; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    for text in ("athenaPatient", "Mock public client", "See all your health records", "Ada One", "Bo Two", CALLBACK):
        assert text in response.text
    assert "Cy Nine" not in response.text


def test_allowing_brings_a_code_for_the_chosen_patient(browser: FlaskClient) -> None:
    page = fields(browser.get(AUTHORIZE, query_string=asked()).text)
    told = answer(browser.post(AUTHORIZE, data=page | {"patient": "a-1.E-2", "decision": "allow"}))
    assert told["state"] == "opaque state/1"
    body = redeem(browser, told["code"])
    assert (body["patient"], body["scope"]) == ("a-1.E-2", "patient/*.read launch/patient offline_access")


def test_a_scope_that_the_patient_unticks_is_not_granted(browser: FlaskClient) -> None:
    page = fields(browser.get(AUTHORIZE, query_string=asked()).text)
    del page["allow offline_access"]
    told = answer(browser.post(AUTHORIZE, data=page | {"patient": "a-1.E-1", "decision": "allow"}))
    body = redeem(browser, told["code"])
    assert body["scope"] == "patient/*.read launch/patient"
    assert "refresh_token" not in body


@pytest.mark.requirement("ERR-018")
@pytest.mark.parametrize(
    "decided",
    [
        {"decision": "deny", "patient": "a-1.E-1", "allow patient/*.read": "yes"},
        {"decision": "allow", "patient": "a-1.E-1"},
        {"decision": "allow", "patient": "a-2.E-9", "allow patient/*.read": "yes"},
        {"decision": "allow", "allow patient/*.read": "yes"},
    ],
)
def test_without_consent_there_is_no_code(browser: FlaskClient, decided: dict[str, str]) -> None:
    told = answer(browser.post(AUTHORIZE, data=asked() | decided))
    assert (told["error"], told["state"]) == ("access_denied", "opaque state/1")
    assert "code" not in told


def test_the_answer_of_the_page_is_checked_again(browser: FlaskClient) -> None:
    page = fields(browser.get(AUTHORIZE, query_string=asked()).text)
    forged = page | {"scope": "system/*.rs", "allow system/*.rs": "yes", "decision": "allow", "patient": "a-1.E-1"}
    assert answer(browser.post(AUTHORIZE, data=forged))["error"] == "invalid_scope"


def test_what_the_request_says_is_escaped_and_kept(browser: FlaskClient) -> None:
    state = '"><script>alert(1)</script>'
    page = browser.get(AUTHORIZE, query_string=asked(state=state)).text
    assert "<script" not in page
    assert fields(page)["state"] == state


def test_the_hinted_patient_is_preselected(browser: FlaskClient) -> None:
    page = browser.get(AUTHORIZE, query_string=asked(login_hint="a-1.E-2")).text
    assert '<option value="a-1.E-2" selected>' in page


def test_a_bad_redirect_uri_is_a_page_and_no_redirect(browser: FlaskClient) -> None:
    response = browser.get(AUTHORIZE, query_string=asked(redirect_uri="https://evil.example/<b>"))
    assert response.status_code == 400
    assert "Location" not in response.headers
    assert "POST /_mock/clients" in response.text
    assert "<b>" not in response.text


@pytest.mark.requirement("ERR-018")
def test_other_errors_go_back_with_the_state(browser: FlaskClient) -> None:
    told = answer(browser.get(AUTHORIZE, query_string=asked(response_type="token")))
    assert (told["error"], told["state"]) == ("unsupported_response_type", "opaque state/1")
    assert told["error_description"].isascii()


def test_auto_approve_signs_in_the_first_or_the_hinted_patient(hasty_browser: FlaskClient) -> None:
    for hint, patient in ((None, "a-1.E-1"), ("a-1.E-2", "a-1.E-2")):
        told = answer(hasty_browser.get(AUTHORIZE, query_string=asked(login_hint=hint)))
        assert redeem(hasty_browser, told["code"])["patient"] == patient


def test_auto_approve_refuses_a_patient_who_is_not_there(hasty_browser: FlaskClient) -> None:
    sandbox = asked(aud="http://127.0.0.1:8080/fhir/r4/sandbox", login_hint="a-1.E-1")
    assert answer(hasty_browser.get(AUTHORIZE, query_string=sandbox))["error"] == "access_denied"


@pytest.mark.requirement("HDR-013")
def test_the_token_response_is_not_stored(browser: FlaskClient) -> None:
    response = browser.post(TOKEN, data={"grant_type": "client_credentials"}, headers={"Authorization": MOCK_CLIENT})
    assert (response.status_code, response.content_type) == (200, "application/json")
    assert (response.headers["Cache-Control"], response.headers["Pragma"]) == ("no-store", "no-cache")


@pytest.mark.requirement("ERR-017", "ERR-019")
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
