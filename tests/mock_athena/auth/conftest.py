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

from mock_athena.auth.form import Parameters, parameters
from mock_athena.auth.portal import PortalPatient
from mock_athena.auth.server import AuthorizationServer
from mock_athena.clock import NANOSECONDS, ManualClock
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

PATIENTS = {
    "production": (PortalPatient("a-1.E-1", "Ada One", "1970-01-01"), PortalPatient("a-1.E-2", "Bo Two", "1980-02-02")),
    "sandbox": (PortalPatient("a-2.E-9", "Cy Nine", "1990-09-09"),),
}


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


def code_for(server: AuthorizationServer, patient: str | None = "a-1.E-1", **changes: str | None) -> str:
    """A code that ``patient`` consented to."""
    sent = parameters(asked(**changes).items())
    request = server.authorization_request(sent, server.return_address(sent), ORIGIN)
    return parse_qs(urlsplit(server.approve(request, patient or "")).query)["code"][0]


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
def server(clock: ManualClock) -> AuthorizationServer:
    return AuthorizationServer(Settings(), MISSION, clock, MemoryState())


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


def flask_app(server: AuthorizationServer, auto_approve: bool) -> Flask:
    """The views alone, with the least that the edge and the renderer of errors would do."""
    app = Flask(__name__)
    app.register_blueprint(oauth_views(server, lambda environment: PATIENTS[environment], auto_approve))

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
    with flask_app(server, auto_approve=False).test_client() as client:
        yield client


@pytest.fixture
def hasty_browser(server: AuthorizationServer) -> Iterator[FlaskClient]:
    """With --auto-approve."""
    with flask_app(server, auto_approve=True).test_client() as client:
        yield client
