"""An authorization server on a clock that stands still, and short words for what tests do with it."""

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask, jsonify
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import KeySet
from werkzeug import Response

from mock_athena.auth.authorize import ReturnAddress
from mock_athena.auth.consent import Consent
from mock_athena.auth.form import Parameters, parameters
from mock_athena.auth.launch import Launch, LaunchContext
from mock_athena.auth.server import AuthorizationServer
from mock_athena.auth.users import User
from mock_athena.clock import NANOSECONDS, ManualClock
from mock_athena.environments import ENVIRONMENTS
from mock_athena.errors import OAuthError
from mock_athena.profiles import MISSION
from mock_athena.settings import Settings, fixtures_dir
from mock_athena.state.memory import MemoryState
from mock_athena.web.exchange import ENVIRON_KEY, Exchange
from mock_athena.web.oauth import oauth_views
from mock_athena.web.routes import OAUTH

ORIGIN = "http://127.0.0.1:8080"
TOKEN_URL = f"{ORIGIN}/oauth2/v1/token"
CALLBACK = "http://127.0.0.1:8765/callback"
VERIFIER = "a-verifier-of-forty-three-characters-or-more"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode()[:43]


def form(**fields: str) -> Parameters:
    """A token request."""
    return parameters(fields.items())


def basic(client_id: str, secret: str) -> str:
    """A Basic header, of text that is already percent-encoded."""
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


MOCK_CLIENT = basic("mock-client", "mock-secret")


def asked(**changes: str | None) -> dict[str, str]:
    """The parameters of a good authorization request of mock-public, changed; None leaves one out."""
    good = {
        "response_type": "code",
        "client_id": "mock-public",
        "redirect_uri": CALLBACK,
        "scope": "patient/*.read launch/patient offline_access",
        "state": "opaque state/1",
        "aud": f"{ORIGIN}/fhir/r4",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


def answer(response: Response) -> dict[str, str]:
    """The parameters that a redirect brings to the client."""
    assert response.status_code == 302
    return {name: values[0] for name, values in parse_qs(str(urlsplit(response.headers["Location"]).query)).items()}


def patient_user(patient: str = "a-1.E-1", environment: str = "production") -> User:
    """A patient who signs in."""
    practice = f"a-1.Practice-{ENVIRONMENTS[environment].practice}"
    return User(patient, "patient", "Ada One", f"Patient/{patient}", (patient,), practice, environment)


def decided(server: AuthorizationServer, consent: Consent, **changes: str | None) -> str:
    """The code that a decision brings."""
    sent = parameters(asked(**changes).items())
    request = server.authorization_request(sent, server.return_address(sent, ORIGIN), ORIGIN)
    return parse_qs(urlsplit(server.approve(request, consent)).query)["code"][0]


def code_for(server: AuthorizationServer, patient: str | None = None, **changes: str | None) -> str:
    """A code that ``patient`` consented to."""
    environment = "sandbox" if str(changes.get("aud")).endswith("/sandbox") else "production"
    patient = patient or "a-1.E-1"
    return decided(server, Consent(patient_user(patient, environment), None, patient), **changes)


def redemption(code: str, **changes: str | None) -> Parameters:
    """The token request of mock-public for a code, changed; None leaves a field out."""
    fields = {
        "grant_type": "authorization_code",
        "client_id": "mock-public",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
    }
    return parameters((name, value) for name, value in (fields | changes).items() if value is not None)


BESIDE = {"need_patient_banner": True, "smart_style_url": f"{ORIGIN}/oauth2/v1/smart-style.json"}
"""What a token response says of every sign-in with a patient."""


LAUNCH = Launch("mock-public", patient_user(), "production", LaunchContext(patient="a-1.E-1", encounter="e-1"))


def claims_of(server: AuthorizationServer, token: str) -> dict[str, Any]:
    """What a token of ours says; its signature is checked with the published key."""
    return jwt.decode(token, KeySet.import_key_set(server.jwks()), ["RS256"]).claims  # type: ignore[arg-type]


def hand_signed(header: Mapping[str, Any], claims: Mapping[str, Any], key: bytes) -> str:
    """A JWT that the library would not make: HMAC with a public key as the secret, or no signature at all."""
    head, body = (_base64url(json.dumps(part).encode()) for part in (header, claims))
    digest = {"HS256": "sha256", "HS384": "sha384"}.get(header["alg"])
    signature = hmac.digest(key, f"{head}.{body}".encode(), digest) if digest else b""
    return f"{head}.{body}.{_base64url(signature)}"


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def refused(call: Callable[[], object], error: str, status: int = 400) -> OAuthError:
    """The refusal that ``call`` meets, which must be this one."""
    with pytest.raises(OAuthError) as caught:
        call()
    assert (caught.value.error, caught.value.status) == (error, status), caught.value.message
    return caught.value


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(1_700_000_000 * NANOSECONDS)


@pytest.fixture
def state() -> MemoryState:
    return MemoryState()


@pytest.fixture
def server(clock: ManualClock, state: MemoryState) -> AuthorizationServer:
    return AuthorizationServer(Settings(), MISSION, clock, state)


@pytest.fixture(scope="session")
def backend_keys() -> Mapping[str, Any]:
    """Private keys of mock-backend by algorithm."""
    content = json.loads((fixtures_dir() / "keys" / "mock-backend.private.jwks.json").read_text(encoding="utf-8"))
    return {str(key.as_dict()["alg"]): key for key in KeySet.import_key_set(content).keys}


Sign = Callable[..., str]


@pytest.fixture
def sign(backend_keys: Mapping[str, Any], clock: ManualClock) -> Sign:
    """Signs an assertion of mock-backend; claims and header may be changed, None leaves one out."""

    def signed(alg: str = "RS384", header: Mapping[str, Any] | None = None, **changes: Any) -> str:
        key = backend_keys[alg]
        good = {
            "iss": "mock-backend",
            "sub": "mock-backend",
            "aud": TOKEN_URL,
            "exp": clock.wall() // NANOSECONDS + 300,
            "jti": uuid.uuid4().hex,
        }
        claims = {name: value for name, value in (good | changes).items() if value is not None}
        head = {"alg": alg, "kid": key.kid, "typ": "JWT", **(header or {})}
        head = {name: value for name, value in head.items() if value is not None}
        return jwt.encode(head, claims, key, ["RS384", "ES384"])

    return signed


class NoPages:
    """In place of the portal: says on one line what it would do."""

    def __init__(self, server: AuthorizationServer) -> None:
        self.server = server

    def authorize(self, sent: Parameters, address: ReturnAddress) -> Any:
        """The application, if its request is a good one."""
        self.server.authorization_request(sent, address, ORIGIN)
        return f"asks for {address.client.client_id}: {sent.get('scope')}"

    def refuse(self, error: OAuthError) -> Any:
        """The message."""
        return error.message, 400


def flask_app(server: AuthorizationServer) -> Flask:
    """The views alone, with the least that the edge and the renderer of errors would do."""
    app = Flask(__name__)
    app.register_blueprint(oauth_views(server, NoPages(server)))

    @app.errorhandler(OAuthError)
    def rendered(error: OAuthError) -> Any:
        return jsonify(error=error.error, error_description=error.message), error.status, list(error.headers)

    inner = app.wsgi_app

    def edge(environ: dict[str, Any], start_response: Any) -> Any:
        path, query = environ["PATH_INFO"], environ["QUERY_STRING"]
        environ[ENVIRON_KEY] = Exchange("", path, query, OAUTH, "production", ORIGIN, "127.0.0.1", "r-1")
        return inner(environ, start_response)

    app.wsgi_app = edge  # type: ignore[method-assign]
    return app


@pytest.fixture
def browser(server: AuthorizationServer) -> Iterator[FlaskClient]:
    with flask_app(server).test_client() as client:
        yield client
