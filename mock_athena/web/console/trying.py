"""What a developer has made to try something: a token, a launch from within the EHR, the beginning of a sign-in."""

import base64
import hashlib
import secrets
import shlex
from typing import NamedTuple
from urllib.parse import urlencode

from mock_athena.auth.assertions import JWT_BEARER
from mock_athena.auth.discovery import AUTHORIZE_PATH, TOKEN_PATH
from mock_athena.auth.form import Parameters
from mock_athena.auth.launch import LIFETIME_S
from mock_athena.auth.registration import ClientRegistration
from mock_athena.auth.scopes import parse_scope
from mock_athena.auth.users import User
from mock_athena.environments import PRODUCTION
from mock_athena.errors import ControlError, shortened
from mock_athena.web.console import commands
from mock_athena.web.console.console import Console
from mock_athena.web.launches import started
from mock_athena.web.world import Environment


class Issued(NamedTuple):
    """A token, shown this once."""

    client_id: str
    token: str
    lasts: int
    curl: str


class Launched(NamedTuple):
    """A launch: where to go, and what the application is told."""

    application: str
    address: str
    iss: str
    launch: str
    lasts: int


class SignIn(NamedTuple):
    """An authorization request to follow, and how its code is redeemed."""

    application: str
    address: str
    redirect_uri: str
    redeem: str


def issued(console: Console, sent: Parameters) -> Issued:
    """An access token for a client: its own, or of somebody who as good as signed in.

    Raises:
        ControlError, OAuthError: the client could not get it.
    """
    authorization, environment = console.world.authorization, _environment(console, sent)
    client = authorization.clients.demand(sent.get("client_id") or "")
    scope, patient = (sent.get("scope") or "").strip(), (sent.get("patient") or "").strip() or None
    token = authorization.issue_to_try(
        client.client_id,
        scope,
        _user(console, environment.facts.name, sent),
        _patient(console, environment.facts.name, patient),
    )
    base = environment.fhir_base(console.origin)
    url = f"{base}/Patient/{patient}" if patient else f"{base}/Patient"
    return Issued(
        client.client_id, token, authorization.tokens.lifetime_s, f"TOKEN={shlex.quote(token)}\n{commands.curl(url)}"
    )


def launched(console: Console, sent: Parameters) -> Launched:
    """A launch from within the EHR, as ``POST /_mock/launches`` makes it.

    Raises:
        ControlError: there is no such application, user, patient or visit, or the application has no launch URL.
    """
    names = ("client_id", "user", "patient", "encounter", "environment")
    wish = {name: value.strip() for name in names if (value := sent.get(name))}
    made = started(console.world, wish, console.origin)
    return Launched(made.client.client_name, made.address, made.iss, made.id, LIFETIME_S // 60)


def sign_in(console: Console, sent: Parameters) -> SignIn:
    """A standalone launch by PKCE, of which the verifier is shown: whoever follows it redeems the code by hand.

    Raises:
        ControlError: there is no such client, or it never registered that redirect URI.
    """
    client_id, _, uri = (sent.get("return") or "").partition(" ")
    client = console.world.authorization.clients.demand(client_id)
    if uri not in client.redirect_uris:
        raise ControlError(f"{client_id} has no redirect URI {shortened(uri, 200)!r}.")
    scope = (sent.get("scope") or "").strip() or _standalone(client.scope)
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    asked = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": uri,
        "scope": scope,
        "state": secrets.token_urlsafe(12),
        "aud": _environment(console, sent).fhir_base(console.origin),
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    redeem = (
        "CODE=…  # the parameter code of the address to which the browser was sent\n"
        f"curl {_proof(client)} -d grant_type=authorization_code -d code=$CODE \\\n"
        f"  -d redirect_uri={shlex.quote(uri)} -d code_verifier={verifier} {console.origin}{TOKEN_PATH}"
    )
    return SignIn(client.client_name, f"{console.origin}{AUTHORIZE_PATH}?{urlencode(asked)}", uri, redeem)


def _proof(client: ClientRegistration) -> str:
    """How a client says by curl who it is; no secret is told."""
    id = shlex.quote(client.client_id)
    match client.token_endpoint_auth_method:
        case "none":
            return f"-d client_id={id}"
        case "client_secret_basic":
            return f"-u {id}:SECRET"
        case "client_secret_post":
            return f"-d client_id={id} -d client_secret=SECRET"
        case _:
            return f"-d client_assertion_type={JWT_BEARER} -d client_assertion=SIGNED"


def _standalone(scope: str) -> str:
    """Those of a client's scopes that make sense for a person who signs in outside of the EHR."""
    parsed = [(text, parse_scope(text)) for text in scope.split()]
    return " ".join(text for text, each in parsed if each and each.context != "system" and text != "launch")


def _environment(console: Console, sent: Parameters) -> Environment:
    return console.environment(sent.get("environment") or PRODUCTION.name)


def _user(console: Console, environment: str, sent: Parameters) -> User | None:
    name = (sent.get("user") or "").strip()
    person = console.portal.people.named(environment, name) if name else None
    if name and person is None:
        raise ControlError(f"Nobody called {shortened(name, 60)!r} can sign in at {environment}.", status=404)
    return person.user if person else None


def _patient(console: Console, environment: str, id: str | None) -> str | None:
    if id and console.portal.people.patient(environment, id) is None:
        raise ControlError(f"There is no Patient {shortened(id, 64)!r} in {environment}.", status=404)
    return id
