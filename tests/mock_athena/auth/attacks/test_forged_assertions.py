"""Attacks on client assertions: a client is who signed, with a key that it registered, just now, for us, and once."""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from mock_athena.auth.assertions import JWT_BEARER
from mock_athena.auth.explained import explained
from mock_athena.auth.server import AuthorizationServer
from mock_athena.clock import NANOSECONDS, ManualClock
from mock_athena.profiles import MISSION
from mock_athena.settings import Settings
from mock_athena.state.directory import DirectoryState
from tests.mock_athena.auth.conftest import TOKEN_URL, Sign, form, hand_signed, refused

THEIR_RSA = RSAKey.generate_key(2048)
THEIR_EC = ECKey.generate_key("P-384")


def token(server: AuthorizationServer, assertion: str, **more: str) -> dict[str, Any]:
    sent = form(
        grant_type="client_credentials",
        scope="system/*.read",
        client_assertion_type=JWT_BEARER,
        client_assertion=assertion,
        **more,
    )
    return server.token(sent, None, TOKEN_URL)


def attacked(server: AuthorizationServer, assertion: str, **more: str) -> str:
    """What the attacker is told, which is a refusal."""
    return refused(lambda: token(server, assertion, **more), "invalid_client", 401).message


@pytest.fixture
def claims(clock: ManualClock) -> dict[str, Any]:
    """The claims of a good assertion of mock-backend."""
    expires = clock.wall() // NANOSECONDS + 200
    return {"iss": "mock-backend", "sub": "mock-backend", "aud": TOKEN_URL, "exp": expires, "jti": "j-1"}


@pytest.mark.requirement("BKS-018")
@pytest.mark.parametrize("alg", ["none", "None", ""])
def test_without_a_signature(server: AuthorizationServer, claims: dict[str, Any], alg: str) -> None:
    forged = hand_signed({"alg": alg, "kid": "mock-backend-rs384", "typ": "JWT"}, claims, b"")
    assert "alg" in attacked(server, forged)


@pytest.mark.requirement("BKS-019")
@pytest.mark.parametrize("alg", ["HS256", "HS384"])
def test_the_public_key_as_a_secret(
    server: AuthorizationServer, claims: dict[str, Any], backend_keys: Mapping[str, Any], alg: str
) -> None:
    secret = backend_keys["RS384"].as_pem(private=False)
    forged = hand_signed({"alg": alg, "kid": "mock-backend-rs384", "typ": "JWT"}, claims, secret)
    assert "RS384 or ES384" in attacked(server, forged)


@pytest.mark.parametrize(
    "brought",
    [
        {"jwk": THEIR_RSA.as_dict(private=False)},
        {"jku": "https://evil.example/jwks.json"},
        {"x5u": "https://evil.example/cert.pem"},
        {"x5c": ["MIIB"]},
        {},
    ],
)
def test_a_key_of_the_attackers(server: AuthorizationServer, claims: dict[str, Any], brought: dict[str, Any]) -> None:
    header = {"alg": "RS384", "kid": "mock-backend-rs384", "typ": "JWT", **brought}
    attacked(server, jwt.encode(header, claims, THEIR_RSA, ["RS384"]))


@pytest.mark.parametrize(
    "kid",
    [
        "../../fixtures/keys/mock-backend.private.jwks.json",
        "/dev/null",
        "mock-backend-rs384' OR '1'='1",
        "mock-backend-rs384\u0000",
        "MOCK-BACKEND-RS384",
        "http://evil.example/keys",
        "x" * 300,
    ],
)
def test_a_kid_is_a_name_and_nothing_else(server: AuthorizationServer, claims: dict[str, Any], kid: str) -> None:
    message = attacked(server, jwt.encode({"alg": "RS384", "kid": kid, "typ": "JWT"}, claims, THEIR_RSA, ["RS384"]))
    assert "must name exactly one registered RSA key" in message
    assert len(message) < 400


def test_the_right_kid_with_the_other_kind_of_key(server: AuthorizationServer, claims: dict[str, Any]) -> None:
    header = {"alg": "ES384", "kid": "mock-backend-rs384", "typ": "JWT"}
    attacked(server, jwt.encode(header, claims, THEIR_EC, ["ES384"]))


def test_a_signature_of_zeros(server: AuthorizationServer, claims: dict[str, Any]) -> None:
    header = {"alg": "ES384", "kid": "mock-backend-es384", "typ": "JWT"}
    unsigned = hand_signed(header, claims, b"")
    attacked(server, unsigned + "A" * 128)


@pytest.mark.requirement("BKS-014")
def test_an_assertion_that_was_seen_before(server: AuthorizationServer, sign: Sign) -> None:
    seen = sign()
    assert token(server, seen)
    assert "used before" in attacked(server, seen)


def test_another_assertion_of_the_same_jti(server: AuthorizationServer, sign: Sign, clock: ManualClock) -> None:
    assert token(server, sign(jti="j"))
    assert "used before" in attacked(server, sign(jti="j", exp=clock.wall() // NANOSECONDS + 30))


def test_an_assertion_that_was_seen_before_a_restart(tmp_path: Any, clock: ManualClock, sign: Sign) -> None:
    seen = sign()
    for attempt in range(2):
        state = DirectoryState(tmp_path / "state")
        server = AuthorizationServer(Settings(), MISSION, clock, state)
        if attempt == 0:
            assert token(server, seen)
        else:
            assert "used before" in attacked(server, seen)
        state.close()


def test_an_assertion_that_another_worker_saw(tmp_path: Any, clock: ManualClock, sign: Sign) -> None:
    states = [DirectoryState(tmp_path / "state") for _ in range(2)]
    one, other = (AuthorizationServer(Settings(), MISSION, clock, state) for state in states)
    seen = sign()
    assert token(one, seen)
    assert "used before" in attacked(other, seen)
    for state in states:
        state.close()


@pytest.mark.requirement("BKS-016")
def test_a_forgery_does_not_use_up_the_jti_of_the_client(
    server: AuthorizationServer, claims: dict[str, Any], sign: Sign
) -> None:
    header = {"alg": "RS384", "kid": "mock-backend-rs384", "typ": "JWT"}
    attacked(server, jwt.encode(header, claims | {"jti": "next"}, THEIR_RSA, ["RS384"]))
    assert token(server, sign(jti="next"))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"aud": "https://elsewhere.example/oauth2/v1/token"}, "aud is"),
        ({"aud": "http://127.0.0.1:8080/oauth2/v1/tokens"}, "aud is"),
        ({"aud": "http://127.0.0.1:8080"}, "aud is"),
        ({"aud": "http://127.0.0.1:8080@evil.example/oauth2/v1/token"}, "aud is"),
        ({"sub": "mock-client"}, "iss and sub"),
        ({"iss": "mock-client", "sub": "mock-client"}, "iss and sub"),
        ({"iss": ["mock-backend"], "sub": ["mock-backend"]}, "iss and sub"),
        ({"exp": 1}, "expired"),
        ({"exp": "9999999999"}, "exp must be a number"),
        ({"exp": True}, "exp must be a number"),
        ({"exp": 2**60}, "exp must be a number"),
        ({"exp": 2**40}, "at most 300 s are allowed"),
        ({"nbf": 2**40}, "in the future"),
        ({"jti": 7}, "jti is missing"),
    ],
)
def test_claims_that_do_not_fit(server: AuthorizationServer, sign: Sign, changed: dict[str, Any], told: str) -> None:
    assert told in attacked(server, sign(**changed))


def test_how_far_exp_was_off_is_told(server: AuthorizationServer, sign: Sign, clock: ManualClock) -> None:
    now = clock.wall() // NANOSECONDS
    message = attacked(server, sign(exp=now + 900))
    assert any(f"exp is {seconds} s ahead" in message for seconds in range(895, 902)), message
    message = attacked(server, sign(exp=now - 40))
    assert any(f"expired {seconds} s ago" in message for seconds in range(39, 50)), message


def test_an_assertion_for_another_client_id(server: AuthorizationServer, sign: Sign) -> None:
    refused(lambda: token(server, sign(), client_id="mock-client"), "invalid_request")


@pytest.mark.requirement("BKS-015")
def test_the_key_of_one_client_is_no_key_of_another(
    server: AuthorizationServer, sign: Sign, backend_keys: Mapping[str, Any]
) -> None:
    public = ECKey.generate_key("P-384").as_dict(private=False) | {"kid": "mock-backend-es384"}
    server.clients.register({"client_id": "other", "jwks": {"keys": [public]}})
    attacked(server, sign("ES384", iss="other", sub="other"))


SECRET = "a secret that is long enough to be a key"


@pytest.fixture
def by_secret(server: AuthorizationServer) -> AuthorizationServer:
    """With a client that signs with its secret."""
    server.clients.register(
        {"client_id": "hs", "client_secret": SECRET, "token_endpoint_auth_method": "client_secret_jwt"}
    )
    return server


def of_hs(claims: Mapping[str, Any]) -> dict[str, Any]:
    return {**claims, "iss": "hs", "sub": "hs"}


@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512"])
def test_a_secret_signs_for_a_client_of_that_method(
    by_secret: AuthorizationServer, claims: dict[str, Any], alg: str
) -> None:
    signed = jwt.encode({"alg": alg, "typ": "JWT"}, of_hs(claims), OctKey.import_key(SECRET), [alg])
    assert token(by_secret, signed)["scope"] == "system/*.read"
    assert "used before" in attacked(by_secret, signed)


@pytest.mark.parametrize(
    "forge",
    [
        lambda claims: hand_signed({"alg": "none"}, claims, b""),
        lambda claims: hand_signed({"alg": "HS256"}, claims, b""),
        lambda claims: hand_signed({"alg": "HS256"}, claims, SECRET.upper().encode()),
        lambda claims: jwt.encode({"alg": "RS384", "kid": "client_secret"}, claims, THEIR_RSA, ["RS384"]),
    ],
)
def test_anything_else_signs_for_it_in_vain(
    by_secret: AuthorizationServer, claims: dict[str, Any], forge: Callable[[Mapping[str, Any]], str]
) -> None:
    attacked(by_secret, forge(of_hs(claims)))


def test_a_client_that_signs_is_not_known_by_its_bare_secret(by_secret: AuthorizationServer) -> None:
    sent = form(grant_type="client_credentials", client_id="hs", client_secret=SECRET)
    error = refused(lambda: by_secret.token(sent, None, TOKEN_URL), "invalid_client", 401)
    assert "client_secret_jwt" in error.reason
    assert SECRET not in json.dumps([error.message, error.reason])


ODD_HEADERS: tuple[Any, ...] = (
    ["alg"],
    "alg",
    {"alg": ["RS384"], "kid": "mock-backend-rs384"},
    {"alg": "RS384", "kid": "mock-backend-rs384", "crit": 5},
    {"alg": "RS384", "kid": "mock-backend-rs384", "b64": False, "crit": ["b64"]},
    {"alg": "RS384", "kid": ["mock-backend-rs384"]},
    {"alg": "RS384", "kid": "\ud800"},
    {"alg": "RS384", "kid": "mock-backend-rs384", "typ": 5},
)


@pytest.mark.parametrize("header", ODD_HEADERS)
def test_a_header_of_the_wrong_kind_is_a_refusal_and_explained(
    server: AuthorizationServer, clock: ManualClock, claims: dict[str, Any], header: Any
) -> None:
    signed = hand_signed({"alg": "none"}, claims, b"")
    head = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    forged = f"{head}.{signed.split('.')[1]}.AAAA"
    assert attacked(server, forged).startswith("client_assertion")
    assert explained(forged, server, clock, TOKEN_URL)["good"] is False
