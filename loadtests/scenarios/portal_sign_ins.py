"""Portal sign-ins: people who sign in, consent, and whose application fetches its token; again and again."""

import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import athena_fhir_load.hooks  # noqa: F401 - options, report, thresholds
from athena_fhir_load.journals import control
from athena_fhir_load.users import FORM, ClosedCaller

_CALLBACK = "http://127.0.0.1:8765/callback"


class PortalSignIns(ClosedCaller):
    """One sign-in after the other, each as somebody new."""

    def ready(self) -> None:
        """An application that may ask people to sign in."""
        super().ready()
        self.app = f"load-{self.load.mark}-{self.name}-app"
        asked = {"grant_types": ["authorization_code"], "redirect_uris": [_CALLBACK], "scope": "patient/*.read"}
        asked |= {"token_endpoint_auth_method": "none", "client_id": self.app}
        control(self.load.target.origin, "clients", "POST", asked)

    def rounds(self) -> None:
        """One sign-in."""
        self.client.cookiejar.clear()
        verifier = secrets.token_urlsafe(48)
        page = self.open(self.authorize(verifier), "GET sign-in page")
        patient = self.load.patient
        known = {"username": patient, "password": "test-" + patient.rpartition(".")[2]}
        page = self.post(page, "password", known, "POST sign in")
        page = self.post(page, "decision", {"decision": "allow"}, "POST consent")
        code = parse_qs(urlsplit(self.location(page)).query).get("code", [""])[0]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": _CALLBACK, "client_id": self.app}
        self.send("POST", "/oauth2/v1/token", "POST token of a sign-in", urlencode(form | {"code_verifier": verifier}))

    def authorize(self, verifier: str) -> str:
        """The address at which a sign-in begins."""
        target = self.load.target
        asked = {"response_type": "code", "client_id": self.app, "redirect_uri": _CALLBACK, "scope": "patient/*.read"}
        asked |= {"state": self.name, "aud": target.origin + target.fhir}
        challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked |= {"code_challenge": challenge, "code_challenge_method": "S256"}
        return "/oauth2/v1/authorize?" + urlencode(asked)

    def open(self, path: str, name: str) -> Any:
        """A page."""
        return self.send("GET", path, name)

    def post(self, page: Any, field: str, filled: dict[str, str], name: str) -> Any:
        """Send the form of a page that has this field or button, and follow to the next page."""
        form = form_with(page.text if page is not None else "", field)
        answer = self.send("POST", form.action or "/", name, urlencode(form.fields | filled))
        onwards = self.location(answer)
        return self.open(onwards, "GET next page") if onwards.startswith(self.load.target.origin) else answer

    def location(self, answer: Any) -> str:
        """Where an answer leads, as an address."""
        told = (answer.headers or {}).get("Location", "") if answer is not None else ""
        return urljoin(self.load.target.origin, told) if told else ""

    def send(self, method: str, path: str, name: str, body: str = "") -> Any:
        """A request that a browser makes: no token, no redirect followed on its own."""
        url = urljoin(self.load.target.origin, path)
        headers = {"Content-Type": FORM} if body else {}
        return self.ask(method, url, name, headers=headers, data=body or None, allow_redirects=False, bare=True)


class Form:
    """One form of a page: where it goes, and what a browser would send of it."""

    def __init__(self) -> None:
        self.action = ""
        self.fields: dict[str, str] = {}
        self.names: set[str] = set()

    def read(self, tag: str, values: dict[str, str]) -> None:
        """What stands in it."""
        name = values.get("name", "")
        self.names.add(name)
        ticked = values.get("type") not in ("checkbox", "radio") or "checked" in values
        if tag == "input" and ticked:
            self.fields[name] = values.get("value", "")


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.within = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form())
            self.forms[-1].action, self.within = values.get("action", ""), True
        elif self.within:
            self.forms[-1].read(tag, values)

    def handle_endtag(self, tag: str) -> None:
        self.within = self.within and tag != "form"


def form_with(html: str, field: str) -> Form:
    """The first form of a page that asks for this; an empty one where there is none."""
    reader = _Forms()
    reader.feed(html)
    return next((form for form in reader.forms if field in form.names), Form())
