"""Somebody in front of a browser without scripts: opens pages, fills in forms, presses buttons. In this process."""

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlsplit

from werkzeug.test import Client, TestResponse

from tests.forms import Form, form_with, forms_of
from tests.mock_athena.web.in_process import LOOPBACK, Athena

ORIGIN = "http://localhost"
CALLBACK = "http://127.0.0.1:8765/callback"
AUTHORIZE = "/oauth2/v1/authorize"
VERIFIER = "a-verifier-of-forty-three-characters-or-more"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode()[:43]
ANNETTE = "a-500001.E-1"
PROVIDER = "a-500001.Provider-1"
MOTHER, CHILD = "a-500001.relatedperson-300001", "a-500001.E-3"


def asked(**changes: str | None) -> dict[str, str]:
    """The parameters of a good authorization request of mock-public, changed; None leaves one out."""
    good = {
        "response_type": "code",
        "client_id": "mock-public",
        "redirect_uri": CALLBACK,
        "scope": "launch/patient patient/*.rs offline_access",
        "state": "opaque state/1",
        "aud": f"{ORIGIN}/fhir/r4",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


def answer(response: TestResponse) -> dict[str, str]:
    """The parameters that a redirect brings back to the application."""
    assert response.status_code in (302, 303), response.text
    assert response.location.startswith(CALLBACK), response.location
    return {name: values[0] for name, values in parse_qs(urlsplit(response.location).query).items()}


class Visitor:
    """One browser, with its cookies.

    Attributes:
        page: what it shows.
    """

    def __init__(self, athena: Athena) -> None:
        self.athena = athena
        self.client = Client(athena.app)
        self.page: Any = None

    def open(self, path: str, method: str = "GET", **options: Any) -> TestResponse:
        """Go to a page, and wherever it leads within the portal."""
        environ = LOOPBACK | options.pop("environ", {})
        self.page = self.client.open(path, method=method, environ_base=environ, **options)
        if self.page.status_code == 303 and self.page.location.startswith("/"):
            return self.open(self.page.location)
        response: TestResponse = self.page
        return response

    def authorize(self, **changes: str | None) -> TestResponse:
        """Arrive with an application's request."""
        return self.open(AUTHORIZE, query_string=asked(**changes))

    def press(self, name: str, value: str | None = None, **typed: str | None) -> TestResponse:
        """Press a button of the page, after filling in its form; None empties a field or unticks a box."""
        form = form_with(self.page.text, name, value)
        sent: dict[str, str | None] = {**form.fields, **typed}
        if (name, value) in form.buttons and value is not None:
            sent[name] = value
        return self.send(form, {field: text for field, text in sent.items() if text is not None})

    def do(self, action: str, **typed: str | None) -> TestResponse:
        """Press the first button that does something, of those forms that say what they do in a field of their own."""
        form = next(form for form in self.forms() if form.fields.get("do") == action)
        sent = {**form.fields, **typed}
        return self.send(form, {field: text for field, text in sent.items() if text is not None})

    def send(self, form: Form, sent: dict[str, str], **options: Any) -> TestResponse:
        """Send a form."""
        place = "query_string" if form.method == "get" else "data"
        return self.open(form.action, method=form.method.upper(), **{place: sent}, **options)

    def sign_in(self, username: str, **changes: str | None) -> TestResponse:
        """Arrive with a request and sign in by the list's button or by name and password."""
        self.authorize(**changes)
        return self.press("username", username=username, password="test-" + username.rpartition(".")[2])

    def allow(self, *unticked: str) -> dict[str, str]:
        """Press Allow, without some scopes; what comes back to the application."""
        return answer(self.press("decision", "allow", **{f"allow {scope}": None for scope in unticked}))

    def forms(self) -> list[Form]:
        """The forms of the page."""
        return forms_of(self.page.text)

    def redeem(self, code: str, **changes: str) -> dict[str, Any]:
        """The token response for a code of mock-public."""
        sent = {
            "grant_type": "authorization_code",
            "client_id": "mock-public",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
        }
        told = self.athena.send("POST", "/oauth2/v1/token", data=sent | changes)
        assert told.status_code == 200, told.text
        body: dict[str, Any] = told.get_json()
        return body
