"""Attacks on the pages: forged forms, frames, redirects to strangers, injected headers, leaked secrets."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest

from mock_athena.clock import ManualClock
from mock_athena.state.memory import MemoryState
from mock_athena.web.doors import PAGES
from mock_athena.web.portal.visits import Visits
from tests.mock_athena.web.in_process import LOOPBACK, Athena
from tests.mock_athena.web.portal.visitor import ANNETTE, AUTHORIZE, CALLBACK, PROVIDER, Visitor, asked

EVIL = "https://evil.example"
SHOWN = ("/portal", "/portal/sign-in", "/portal/launch", "/portal/developer", "/portal/developer/new", "/portal/x")
POSTED = [path for path, methods, _ in PAGES if "POST" in methods and "<" not in path]


def signed_in(clinic: Athena, username: str) -> Visitor:
    visitor = Visitor(clinic)
    visitor.sign_in(username)
    return visitor


@pytest.mark.parametrize("path", SHOWN)
@pytest.mark.parametrize("username", [ANNETTE, PROVIDER])
def test_no_page_can_be_framed_or_kept_or_load_from_elsewhere(clinic: Athena, path: str, username: str) -> None:
    page = signed_in(clinic, username).open(path)
    policy = dict(part.split(" ", 1) for part in page.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert "unsafe" not in str(policy)
    assert page.headers["X-Frame-Options"] == "DENY"
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.content_type == "text/html; charset=utf-8"
    for text in ("<script", " style=", " onclick=", "javascript:"):
        assert text not in page.text


def test_the_pages_of_the_authorization_endpoint_cannot_be_framed(visitor: Visitor) -> None:
    for page in (visitor.authorize(), visitor.sign_in(ANNETTE), visitor.authorize(redirect_uri=EVIL)):
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
        assert page.headers["X-Frame-Options"] == "DENY"
        assert page.headers["Cache-Control"] == "no-store"


def test_a_consent_without_the_token_of_the_visit_is_refused(clinic: Athena) -> None:
    victim = signed_in(clinic, ANNETTE)
    forged = asked() | {"decision": "allow", "allow patient/*.rs": "yes"}
    for token in (None, "", "0" * 64, "é"):
        page = victim.open(AUTHORIZE, "POST", data=forged | ({"form_token": token} if token is not None else {}))
        assert page.status_code == 403
        assert "Location" not in page.headers
        assert "Nothing was done" in page.text


def test_a_token_of_another_visit_is_refused(clinic: Athena) -> None:
    victim, attacker = signed_in(clinic, ANNETTE), signed_in(clinic, "a-500001.E-2")
    stolen = next(form.fields["form_token"] for form in attacker.forms() if "decision" in dict(form.buttons))
    victim.press("decision", "allow", form_token=stolen)
    assert victim.page.status_code == 403


@pytest.mark.parametrize(
    "headers", [{"Origin": EVIL}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}]
)
def test_a_consent_from_another_site_is_refused_even_with_the_token(clinic: Athena, headers: dict[str, str]) -> None:
    victim = signed_in(clinic, ANNETTE)
    form = next(form for form in victim.forms() if ("decision", "allow") in form.buttons)
    page = victim.send(form, {**form.fields, "decision": "allow"}, headers=headers)
    assert page.status_code == 403
    assert "another site" in page.text


@pytest.mark.parametrize("headers", [{"Origin": EVIL}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_page_elsewhere_cannot_sign_anybody_in(clinic: Athena, headers: dict[str, str]) -> None:
    visitor = Visitor(clinic)
    sent = {"username": ANNETTE, "password": "test-E-1"}
    for more in ({}, {"decision": "allow", "allow patient/*.rs": "yes"}):
        page = visitor.open(AUTHORIZE, "POST", data=asked() | sent | more, headers=headers)
        assert page.status_code == 403
    page = visitor.open("/portal/sign-in", "POST", data=sent, headers=headers)
    assert page.status_code == 403
    assert visitor.open("/portal").request.path == "/portal/sign-in"


def test_the_button_of_the_list_is_no_password(clinic: Athena) -> None:
    sent = {"as": ANNETTE, "username": ANNETTE, "decision": "allow", "allow patient/*.rs": "yes"}
    page = Visitor(clinic).open(AUTHORIZE, "POST", data=asked() | sent)
    assert page.status_code == 403
    assert "Location" not in page.headers


@pytest.mark.parametrize("path", POSTED)
def test_no_form_works_without_the_token_of_the_visit(clinic: Athena, path: str) -> None:
    visitor = signed_in(clinic, PROVIDER)
    before = clinic.world.authorization.clients.all()
    sent = {"id": "mock-client", "do": "delete", "app": "mock-client", "client_name": "Forged", "as": ANNETTE}
    page = visitor.client.post(path, data=sent, environ_base=LOOPBACK)
    assert page.status_code == 403, page.text
    assert clinic.world.authorization.clients.all() == before
    assert "Hello, Carolyn Hale" in visitor.open("/portal").text


@pytest.mark.requirement("SMA-022", "SMA-023")
@pytest.mark.parametrize(
    "uri",
    [
        EVIL,
        CALLBACK + "/",
        CALLBACK + "?x=1",
        CALLBACK + "#x",
        CALLBACK.upper(),
        CALLBACK.replace("8765", "8766"),
        CALLBACK.replace("127.0.0.1", "127.0.0.1@evil.example"),
        CALLBACK.replace("callback", "%63allback"),
        CALLBACK + "\r\nX-Injected: 1",
        "javascript:alert(1)",
        "//evil.example/callback",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_address_that_is_not_registered_is_shown_and_never_followed(clinic: Athena, method: str, uri: str) -> None:
    visitor = signed_in(clinic, ANNETTE)
    sent = asked(redirect_uri=uri) | {"decision": "deny"}
    page = visitor.open(AUTHORIZE, method, **{"query_string" if method == "GET" else "data": sent})
    assert page.status_code == 400
    assert "Location" not in page.headers
    assert "X-Injected" not in page.headers
    assert "is not registered for mock-public" in page.text
    assert f'href="{uri}' not in page.text
    assert "Why you were not sent back" in page.text


@pytest.mark.parametrize("state", ["a\r\nX-Injected: 1", "a\nSet-Cookie: x=y", "\u2028", "é"])
def test_no_header_can_be_injected_through_what_comes_back(clinic: Athena, state: str) -> None:
    visitor = signed_in(clinic, ANNETTE)
    visitor.authorize(state=state)
    response = visitor.press("decision", "deny")
    assert response.status_code == 302
    assert "X-Injected" not in response.headers
    assert urlsplit(response.location).netloc == "127.0.0.1:8765"
    assert response.location.isascii()
    assert "\n" not in response.location


INJECTED = '"><img src=x onerror=alert(1)>{{ 7331*7 }}'


@pytest.mark.parametrize("name", ["search", "after", "who", "patient", "encounter", "login_hint", "state", "nonce"])
def test_what_stands_in_the_address_is_escaped(visitor: Visitor, name: str) -> None:
    for page in (visitor.authorize(**{name: INJECTED}), visitor.sign_in(PROVIDER, **{name: INJECTED})):
        assert "<img" not in page.text
        assert "51317" not in page.text


def test_what_a_record_says_is_escaped(alone: Visitor) -> None:
    athena = alone.athena
    new = {"resourceType": "Patient", "name": [{"family": INJECTED}], "gender": "other", "birthDate": "2000-01-01"}
    made = athena.send("POST", "/fhir/r4/Patient", athena.token("system/*.cruds"), json=new).get_json()
    for page in (alone.authorize(login_hint=made["id"]), alone.press("as", made["id"])):
        assert "onerror" in page.text
        assert "<img" not in page.text


def test_what_an_application_says_of_itself_is_escaped(alone: Visitor) -> None:
    metadata: dict[str, Any] = {
        "client_id": "sly",
        "client_name": INJECTED,
        "redirect_uris": ["com.sly:/back"],
        "scope": "patient/*.rs",
        "policy_uri": "javascript://sly.example/%0aalert(1)",
        "token_endpoint_auth_method": "none",
    }
    assert alone.athena.control("POST", "clients", metadata).status_code == 201
    sent = {"client_id": "sly", "redirect_uri": "com.sly:/back", "scope": "patient/*.rs"}
    pages = [alone.sign_in(ANNETTE, **sent), alone.open("/portal/developer")]
    pages.append(alone.open("/portal/developer/app", query_string={"id": "sly"}))
    for page in pages:
        assert page.status_code == 200
        assert "<img" not in page.text
        assert "javascript:" not in page.text


def test_passwords_and_tokens_are_in_no_journal(clinic: Athena) -> None:
    visitor = signed_in(clinic, ANNETTE)
    token = next(form.fields["form_token"] for form in visitor.forms() if "form_token" in form.fields)
    cookie = visitor.client.get_cookie("mock_athena_80")
    assert cookie is not None
    visitor.open("/portal", query_string={"form_token": token, "password": "test-E-1", "control_token": token})
    kept = repr(clinic.journal())
    for secret in (token, cookie.value, "test-E-1"):
        assert secret not in kept


def test_no_page_shows_a_secret_of_a_client(clinic: Athena) -> None:
    visitor = signed_in(clinic, PROVIDER)
    for path in ("/portal/developer", "/portal/developer/app?id=mock-client", "/portal/launch"):
        assert "mock-secret" not in visitor.open(path).text


def test_scripts_of_other_sites_may_not_read_the_portal(clinic: Athena) -> None:
    page = Visitor(clinic).open("/portal/sign-in", headers={"Origin": EVIL})
    assert "Access-Control-Allow-Origin" not in page.headers


def test_the_style_sheet_may_be_kept_and_its_address_changes_with_it(visitor: Visitor) -> None:
    href = visitor.open("/").text.partition('<link rel="stylesheet" href="')[2].partition('"')[0]
    sheet = visitor.open(href)
    assert sheet.content_type == "text/css; charset=utf-8"
    assert "immutable" in sheet.headers["Cache-Control"]
    assert "Set-Cookie" not in sheet.headers
    assert "url(" not in sheet.text
    assert "@import" not in sheet.text


class _ResetAtOnce(MemoryState):
    """Somebody resets the emulator as soon as the first value is kept."""

    done = False

    def add(self, kind: str, id: str, value: Any, expires: int | None = None) -> bool:
        added = super().add(kind, id, value, expires)
        if not self.done:
            self.clear()
        self.done = True
        return added


def test_a_reset_while_a_page_is_made_leaves_it_whole() -> None:
    visits = Visits(ManualClock(0), _ResetAtOnce())
    visit = visits.of(None)
    assert visits.holds(replace(visit, fresh=False), visits.form_token(visit))
