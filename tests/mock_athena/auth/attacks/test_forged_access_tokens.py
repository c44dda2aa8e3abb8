"""Attacks on access tokens: every way to make or change one, and to use it where it was not meant."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from joserfc import jws, jwt
from joserfc.jwk import ECKey, RSAKey

from mock_athena.auth.grant import Grant
from mock_athena.auth.server import AuthorizationServer
from mock_athena.clock import NANOSECONDS, ManualClock
from mock_athena.errors import Unauthorized
from mock_athena.settings import fixtures_dir
from tests.mock_athena.auth.conftest import TOKEN_URL, claims_of, code_for, hand_signed, redemption

GRANT = Grant("mock-client", ("patient/*.rs",), "a-1.E-1", "s-1", user="Patient/a-1.E-1", patients=("a-1.E-1",))
HEADER = {"alg": "RS256", "typ": "at+jwt"}
OURS = RSAKey.import_key(json.loads((fixtures_dir() / "keys" / "signing.private.jwk.json").read_text(encoding="utf-8")))
THEIRS = RSAKey.generate_key(2048)
PUBLIC = OURS.as_pem(private=False)

Forge = Callable[[dict[str, Any]], str]


def refused(server: AuthorizationServer, token: str) -> None:
    with pytest.raises(Unauthorized) as caught:
        server.identify(f"Bearer {token}")
    assert 'error="invalid_token"' in dict(caught.value.headers)["WWW-Authenticate"]
    assert token not in caught.value.message + caught.value.reason


FORGERIES: dict[str, Forge] = {
    "no signature": lambda claims: hand_signed(HEADER | {"alg": "none"}, claims, b""),
    "none in other letters": lambda claims: hand_signed(HEADER | {"alg": "nOnE"}, claims, b""),
    "HMAC with our public key": lambda claims: hand_signed(HEADER | {"alg": "HS256"}, claims, PUBLIC),
    "HMAC with nothing": lambda claims: hand_signed(HEADER | {"alg": "HS256"}, claims, b""),
    "another key": lambda claims: jwt.encode(HEADER, claims, THEIRS, ["RS256"]),
    "another key under our kid": lambda claims: jwt.encode(
        HEADER | {"kid": OURS.thumbprint()}, claims, THEIRS, ["RS256"]
    ),
    "a key that it brings along": lambda claims: jwt.encode(
        HEADER | {"jwk": THEIRS.as_dict(private=False)}, claims, THEIRS, ["RS256"]
    ),
    "a key set that it names": lambda claims: jwt.encode(
        HEADER | {"jku": "https://evil.example/keys"}, claims, THEIRS, ["RS256"]
    ),
    "a kid that is a path": lambda claims: hand_signed(
        HEADER | {"alg": "HS256", "kid": "../../../../dev/null"}, claims, b""
    ),
    "another algorithm with another key": lambda claims: jwt.encode(
        {"alg": "ES256", "typ": "at+jwt"}, claims, ECKey.generate_key("P-256"), ["ES256"]
    ),
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES.keys())
def test_only_our_own_signature_is_accepted(server: AuthorizationServer, forge: Forge) -> None:
    claims = claims_of(server, server.tokens.issue(GRANT))
    assert server.identify("Bearer " + jwt.encode(HEADER, claims, OURS, ["RS256"]))  # so it is the signature's fault
    refused(server, forge(claims))


@pytest.mark.parametrize(
    "changed",
    [
        {"patient": "a-1.E-2"},
        {"scope": "system/*.cruds"},
        {"patients": None},
        {"exp": 2**35},
        {"sid": ""},
        {"client_id": "mock-backend"},
    ],
)
def test_a_claim_cannot_be_exchanged(server: AuthorizationServer, changed: dict[str, Any]) -> None:
    token = server.tokens.issue(GRANT)
    head, _, signature = token.split(".")
    body = hand_signed(HEADER, claims_of(server, token) | changed, b"").split(".")[1]
    refused(server, f"{head}.{body}.{signature}")


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "https://elsewhere.example/fhir"},
        {"aud": ["https://mock-athena.invalid/fhir/r4", "https://elsewhere.example"]},
        {"patients": "a-1.E-1"},
        {"patients": [5]},
        {"patients": ["\ud800"]},
        {"patient": "\ud800"},
        {"jti": "a\0"},
        {"exp": 2**39},
        {"iat": 2**70},
        {"iat": -(2**50)},
        {"environment": "nowhere"},
    ],
)
def test_a_token_that_says_what_ours_never_say_is_refused(server: AuthorizationServer, changed: dict[str, Any]) -> None:
    claims = claims_of(server, server.tokens.issue(GRANT)) | changed
    refused(server, jws.serialize_compact(HEADER, json.dumps(claims).encode(), OURS, ["RS256"]))


def test_an_id_token_is_no_access_token(server: AuthorizationServer) -> None:
    answer = server.token(redemption(code_for(server, scope="openid fhirUser patient/*.rs")), None, TOKEN_URL)
    refused(server, answer["id_token"])


def test_a_client_assertion_and_a_refresh_token_are_no_access_tokens(
    server: AuthorizationServer, sign: Callable[..., str]
) -> None:
    refused(server, sign())
    refused(server, server.token(redemption(code_for(server)), None, TOKEN_URL)["refresh_token"])


@pytest.mark.requirement("SMA-049", "BKS-042")
def test_an_expired_token_stays_expired_also_when_it_was_known_before(
    server: AuthorizationServer, clock: ManualClock
) -> None:
    token = server.tokens.issue(GRANT)
    assert server.identify(f"Bearer {token}")
    clock.advance(3600 * NANOSECONDS)
    refused(server, token)


def test_a_token_is_not_known_again_by_a_part_of_it(server: AuthorizationServer) -> None:
    token = server.tokens.issue(GRANT)
    assert server.identify(f"Bearer {token}")
    for other in (token[:-1], token + "A", token + ".", token + "=", token.replace(".", "..", 1)):
        refused(server, other)
