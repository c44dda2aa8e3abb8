"""Client assertions: signed by a registered key, for us, short-lived, once."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from joserfc import jws, jwt
from joserfc.jwk import RSAKey

from mock_athena.auth.assertions import JWT_BEARER
from mock_athena.auth.server import AuthorizationServer
from mock_athena.clock import NANOSECONDS, ManualClock
from tests.mock_athena.auth.conftest import TOKEN_URL, Sign, form, hand_signed, refused


def token(server: AuthorizationServer, assertion: str, url: str = TOKEN_URL, **more: str) -> dict[str, Any]:
    fields = {"grant_type": "client_credentials", "client_assertion_type": JWT_BEARER, "client_assertion": assertion}
    return server.token(form(**(fields | more)), None, url)


@pytest.mark.requirement("BKS-020", "BKS-024")
@pytest.mark.parametrize("alg", ["RS384", "ES384"])
def test_both_algorithms_and_both_keys_work(server: AuthorizationServer, sign: Sign, alg: str) -> None:
    response = token(server, sign(alg), scope="system/*.rs", client_id="mock-backend")
    assert response["scope"] == "system/*.rs"
    assert "refresh_token" not in response


@pytest.mark.requirement("BKS-007", "BKS-008")
@pytest.mark.parametrize(
    ("aud", "url"),
    [
        (["https://elsewhere.example", TOKEN_URL], TOKEN_URL),
        ("http://localhost:8080/oauth2/v1/token", TOKEN_URL),
        (TOKEN_URL, "http://[::1]:8080/oauth2/v1/token"),
        ("https://ehr.test:443/oauth2/v1/token", "https://ehr.test/oauth2/v1/token"),
    ],
)
def test_the_audience_is_the_token_endpoint_in_any_spelling(
    server: AuthorizationServer, sign: Sign, aud: object, url: str
) -> None:
    assert token(server, sign(aud=aud), url)["access_token"]


@pytest.mark.requirement("BKS-006", "BKS-009", "BKS-012", "BKS-013", "BKS-021", "BKS-029", "BKS-031")
@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"aud": "http://127.0.0.1:8080/fhir/r4"}, "aud is"),
        ({"aud": "http://127.0.0.1:9/oauth2/v1/token"}, "aud is"),
        ({"aud": None}, "aud is"),
        ({"aud": [5, {}]}, "aud is"),
        ({"aud": "http://[oops"}, "aud is"),
        ({"sub": "mock-client"}, "iss and sub"),
        ({"iss": None}, "iss and sub"),
        ({"iss": "mock-client", "sub": "mock-client"}, "iss and sub"),
        ({"exp": None}, "exp is missing"),
        ({"exp": "soon"}, "exp must be a number"),
        ({"exp": True}, "exp must be a number"),
        ({"exp": 1e300}, "exp must be a number"),
        ({"exp": 1_600_000_000}, "expired"),
        ({"jti": None}, "jti is missing"),
        ({"jti": ""}, "jti is missing"),
        ({"nbf": 2**40}, "nbf is"),
        ({"iat": 2**40}, "iat is"),
        ({"header": {"kid": "another"}}, "exactly one registered RSA key"),
        ({"header": {"kid": "mock-backend-es384"}}, "exactly one registered RSA key"),
        ({"header": {"kid": None}}, "kid is missing"),
        ({"header": {"jku": "https://evil.example/jwks"}}, "jku"),
        ({"header": {"typ": "at+jwt"}}, "typ"),
    ],
)
def test_every_broken_rule_is_invalid_client_and_says_which(
    server: AuthorizationServer, sign: Sign, change: Mapping[str, Any], told: str
) -> None:
    error = refused(lambda: token(server, sign(**change)), "invalid_client", 401)
    assert told in error.message


@pytest.mark.requirement("BKS-010", "BKS-011")
def test_five_minutes_and_a_little_are_allowed_but_not_more(
    server: AuthorizationServer, sign: Sign, clock: ManualClock
) -> None:
    now = clock.wall() // NANOSECONDS
    assert token(server, sign(exp=now + 303))
    error = refused(lambda: token(server, sign(exp=now + 330)), "invalid_client", 401)
    assert "at most 300 s" in error.message


def test_our_clock_does_not_judge_what_others_signed(
    server: AuthorizationServer, sign: Sign, clock: ManualClock
) -> None:
    clock.advance(10 * 365 * 86_400 * NANOSECONDS)
    assert token(server, sign())["access_token"]


def test_an_assertion_is_good_once(server: AuthorizationServer, sign: Sign) -> None:
    assertion = sign(jti="x")
    assert token(server, assertion)
    assert "jti was used" in refused(lambda: token(server, assertion), "invalid_client", 401).message
    refused(lambda: token(server, sign("ES384", jti="x")), "invalid_client", 401)


def test_a_forgery_does_not_use_up_a_jti(server: AuthorizationServer, sign: Sign) -> None:
    claims = json.loads(jws.extract_compact(sign(jti="y").encode()).payload)
    head = {"alg": "RS384", "kid": "mock-backend-rs384"}
    forged = jwt.encode(head, claims, RSAKey.generate_key(2048), ["RS384"])
    assert "signature" in refused(lambda: token(server, forged), "invalid_client", 401).message
    assert token(server, sign(jti="y"))


def test_two_clients_may_use_the_same_jti(
    server: AuthorizationServer, sign: Sign, backend_keys: Mapping[str, Any]
) -> None:
    public = backend_keys["RS384"].as_dict(private=False) | {"kid": "mock-backend-rs384"}
    server.clients.register({"client_id": "other", "jwks": {"keys": [public]}})
    assert token(server, sign(jti="z"))
    assert token(server, sign(jti="z", iss="other", sub="other"))


@pytest.mark.parametrize("alg", ["none", "HS256", "HS384", "RS256"])
def test_other_algorithms_are_refused(
    server: AuthorizationServer, sign: Sign, backend_keys: Mapping[str, Any], alg: str
) -> None:
    claims = json.loads(jws.extract_compact(sign().encode()).payload)
    key, header = backend_keys["RS384"], {"alg": alg, "kid": "mock-backend-rs384"}
    if alg == "RS256":
        forged = jwt.encode(header, claims, RSAKey.import_key(key.as_dict(private=True) | {"alg": alg}), [alg])
    else:
        forged = hand_signed(header, claims, key.as_pem(private=False))
    assert "must be RS384 or ES384" in refused(lambda: token(server, forged), "invalid_client", 401).message


@pytest.mark.requirement("BKS-005")
@pytest.mark.parametrize("assertion", ["garbage", "a.b.c", "..", "ü.ü.ü", "e30.W10.", "e30.bm90IGpzb24.", ""])
def test_what_is_no_jwt_is_refused(server: AuthorizationServer, assertion: str) -> None:
    refused(lambda: token(server, assertion), "invalid_client", 401)


@pytest.mark.requirement("BKS-004")
def test_another_assertion_type_is_refused(server: AuthorizationServer, sign: Sign) -> None:
    refused(lambda: token(server, sign(), client_assertion_type="saml"), "invalid_client", 401)


def test_a_contradicting_client_id_is_refused(server: AuthorizationServer, sign: Sign) -> None:
    refused(lambda: token(server, sign(), client_id="mock-client"), "invalid_request")
