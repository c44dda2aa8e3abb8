"""The authorization code flow, with the person at the browser played by posting the forms of the pages."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from athena_fhir_conformance.exchange import Exchange
from athena_fhir_conformance.flows.asking import control, emulated, posted, remembered
from athena_fhir_conformance.flows.tokens import Client, app, endpoint, token_request
from athena_fhir_conformance.forms import next_form
from athena_fhir_conformance.judges import jwts
from athena_fhir_conformance.sample import Sample
from athena_fhir_conformance.target import Target, origin_of
from athena_fhir_conformance.verdicts import skip

SCOPES = (
    "launch/patient openid fhirUser offline_access "
    "patient/Patient.rs patient/Observation.rs patient/Condition.rs patient/Encounter.rs"
)
_PAGES = 8  # how many pages a sign-in may have: user, password, second look, patient, visit, consent


@dataclass(frozen=True)
class Returned:
    """Where an authorization request ended.

    Attributes:
        exchange: the last one: the redirect to the application, or the page beyond which there was no way.
        answer: parameters of the redirect to the application: ``code``, ``state``, ``error``; empty without one.
        state, verifier: that were sent.
        asked: a page was shown to the person.
        stuck: why it could not be gone on with; empty where the server ended it.
    """

    exchange: Exchange
    answer: Mapping[str, str]
    state: str
    verifier: str = field(repr=False)
    asked: bool = True
    stuck: str = ""

    @property
    def code(self) -> str:
        """The authorization code; empty if there is none."""
        return self.answer.get("code", "")

    @property
    def error(self) -> str:
        """The error's code; empty if there is none."""
        return self.answer.get("error", "")


@dataclass(frozen=True)
class Session:
    """What a sign-in led to: the way there, the answer of the token endpoint, and for whom."""

    client: Client
    returned: Returned
    exchange: Exchange

    @property
    def answer(self) -> dict[str, Any]:
        """The token endpoint's JSON; fails where it is none or a refusal."""
        assert self.exchange.status == 200, f"{self.exchange}: no token for a fresh code: {self.exchange.text[:300]}"
        body = self.exchange.json
        assert isinstance(body, dict), f"{self.exchange}: the answer is no JSON object"
        return body

    @property
    def token(self) -> str:
        """The access token; empty if there is none."""
        return str(self.answer.get("access_token", ""))


def authorized(
    target: Target,
    client: Client,
    scope: str = SCOPES,
    method: str = "GET",
    without: tuple[str, ...] = (),
    **changed: Any,
) -> Returned:
    """Send a person to the authorization endpoint, through its pages, to wherever that ends.

    Args:
        method: of the first request.
        without: scopes that the person does not allow.
        changed: parameters that are replaced, added, or left out (None).
    """
    state, verifier = secrets.token_urlsafe(16), secrets.token_urlsafe(48)
    asked: dict[str, str | None] = {
        "response_type": "code",
        "client_id": client.id,
        "redirect_uri": client.redirect,
        "scope": scope,
        "state": state,
        "aud": target.base,
        "code_challenge": jwts.challenge_of(verifier),
        "code_challenge_method": "S256",
        **changed,
    }
    parameters = {name: value for name, value in asked.items() if value is not None}
    first = _Step(method, endpoint(target, "authorization_endpoint"), list(parameters.items()))
    before = len(target.exchanges)
    exchange, answer = _through_pages(target, first, parameters.get("redirect_uri", ""), without)
    stuck = "" if answer else _stuck(target, exchange)
    return Returned(exchange, answer, state, verifier, asked=len(target.exchanges) > before + 1, stuck=stuck)


def _stuck(target: Target, exchange: Exchange) -> str:
    """Why a sign-in ends at an answer that is no refusal: what the person would do next, we cannot."""
    location = urljoin(exchange.url, exchange.headers.get("Location", "")) if 300 <= exchange.status < 400 else ""
    if location.startswith(("http://", "https://")) and not target.trusts(location):
        return f"{exchange}: the sign-in goes on at {origin_of(location)}, which gets no credentials"
    if exchange.status == 200 and exchange.media_type == "text/html":
        return f"{exchange}: the page has no form that goes on, maybe only for a browser that runs scripts"
    return ""


@dataclass(frozen=True)
class _Step:
    method: str
    url: str
    fields: list[tuple[str, str]] = field(default_factory=list)


def _through_pages(
    target: Target, first: _Step, redirect: str, without: tuple[str, ...]
) -> tuple[Exchange, dict[str, str]]:
    cookies = remembered(target, "cookies", SimpleCookie)
    step, pages = first, _PAGES
    while True:
        exchange = _taken(target, step, cookies)
        location = urljoin(step.url, exchange.headers.get("Location", "")) if 300 <= exchange.status < 400 else ""
        if location and redirect and location.startswith(redirect):
            return exchange, dict(parse_qsl(urlsplit(location).query, keep_blank_values=True))
        following, pages = _next(target, exchange, location, without), pages - 1
        if following is None or not pages:
            return exchange, {}
        step = following


def _taken(target: Target, step: _Step, cookies: SimpleCookie) -> Exchange:
    headers = {"Accept": "text/html"}
    if cookies:
        headers["Cookie"] = "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())
    if step.method == "GET":
        url = f"{step.url}{'&' if '?' in step.url else '?'}{urlencode(step.fields)}" if step.fields else step.url
        exchange = target.send("GET", url, token=None, headers=headers)
    else:
        exchange = posted(target, step.url, step.fields, headers=headers)
    for each in exchange.headers.get_list("Set-Cookie"):
        cookies.load(each)
    return exchange


def _next(target: Target, exchange: Exchange, location: str, without: tuple[str, ...]) -> _Step | None:
    if location:
        return _Step("GET", location) if target.trusts(location) else None
    if exchange.status != 200 or exchange.media_type != "text/html":
        return None
    form = next_form(exchange.text, exchange.url)
    if form is None or not target.trusts(form.action):
        return None
    user, password = person(target)
    if form.passwords and not user:
        skip("needs a person who signs in: --user and --password")
    return _Step("POST" if form.method == "post" else "GET", form.action, form.filled(user, password, without))


def redeemed(target: Target, client: Client, returned: Returned, **changed: str | None) -> Exchange:
    """The answer of the token endpoint to a code; fails where there is no code."""
    if returned.stuck:
        skip(returned.stuck)
    if returned.error == "invalid_scope" and not emulated(target):
        skip(f"{returned.exchange}: the client may not ask for what the check needs: {returned.answer}")
    assert returned.code, f"{returned.exchange}: the sign-in gave no code ({dict(returned.answer) or 'no redirect'})"
    asked: dict[str, str | None] = {
        "grant_type": "authorization_code",
        "code": returned.code,
        "redirect_uri": client.redirect,
        "code_verifier": returned.verifier,
        **changed,
    }
    return token_request(target, {name: value for name, value in asked.items() if value is not None}, client)


def signed_in(
    target: Target, kind: str = "confidential", scope: str = SCOPES, name: str = "", **changed: Any
) -> Session:
    """A person signed in and the code was redeemed; remembered under ``name``, the scope and what was changed."""

    def sign_in() -> Session:
        client = app(target, kind)
        returned = authorized(target, client, scope, **changed)
        return Session(client, returned, redeemed(target, client, returned))

    return remembered(target, f"sign-in {kind} {scope} {name} {sorted(changed.items())}", sign_in)


def refreshed(target: Target, session: Session, refresh_token: str = "", **changed: str) -> Exchange:
    """The answer to a refresh, with the session's own token unless another is given."""
    token = refresh_token or session.answer.get("refresh_token", "")
    if not token:
        skip("there is no refresh token: see the check of offline_access")
    scope = {"scope": str(session.answer.get("scope", ""))} if not target.profile.wildcard_scopes else {}
    form = {"grant_type": "refresh_token", "refresh_token": str(token), **scope}
    return token_request(target, {**form, **changed}, session.client)


def launched(target: Target, **context: Any) -> str:
    """The ``launch`` of an EHR launch, which only an emulator can be asked to begin."""
    if not emulated(target):
        skip("needs an EHR that launches the application, which only an emulator can be asked for")
    launch = control(target, "POST", "launches", context).get("launch")
    return str(launch) if launch else skip(f"the emulator began no launch with {context}")


def person(target: Target) -> tuple[str, str]:
    """Who signs in: as given, else an emulator's first patient, whose password is published; else nobody."""
    if target.manners.user:
        return target.manners.user, target.manners.password
    if not emulated(target):
        return "", ""
    id = str(Sample(target).patient()["id"])
    return id, f"test-{id.rpartition('.')[2]}"
