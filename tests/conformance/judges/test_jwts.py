"""Assertions that are signed as they say, judged by another library."""

import json

import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import KeySet

from athena_fhir_conformance.judges import jwts

CLAIMS = {"iss": "me", "exp": 1}


@pytest.mark.parametrize("kind", ["EC", "RSA"])
def test_another_library_takes_what_is_signed(kind: str) -> None:
    key = jwts.new_key("k", kind)
    keys = KeySet.import_key_set({"keys": [jwts.public_part(key)]})
    token = jwts.signed(CLAIMS, key)
    assert jwt.decode(token, keys, algorithms=[jwts.algorithm_of(key)]).claims == CLAIMS
    forged = token[:-8] + ("AAAAAAAA" if not token.endswith("AAAAAAAA") else "BBBBBBBB")
    with pytest.raises(BadSignatureError):
        jwt.decode(forged, keys, algorithms=[jwts.algorithm_of(key)])


def test_header_fields_are_replaced_and_left_out() -> None:
    key = jwts.new_key("k")
    assert jwts.parts_of(jwts.signed(CLAIMS, key, kid=None, jku="http://a"))[0] == {
        "alg": "ES384",
        "typ": "JWT",
        "jku": "http://a",
    }
    assert jwts.parts_of(jwts.signed_by_nobody(CLAIMS, "k"))[0]["alg"] == "none"
    assert jwts.parts_of(jwts.signed_with_public_key(CLAIMS, key))[0]["alg"] == "HS256"


def test_a_private_key_keeps_its_secret() -> None:
    for kind in ("EC", "RSA"):
        assert not {"d", "p", "q"} & set(jwts.public_part(jwts.new_key("k", kind)))


def test_signatures_of_others_are_verified() -> None:
    key = {**jwts.new_key("k", "RSA"), "alg": "RS256"}
    token = jwts.signed(CLAIMS, key)
    assert jwts.is_signed_by(token, jwts.public_part(key))
    assert not jwts.is_signed_by(token, jwts.public_part(jwts.new_key("k", "RSA")))
    header, _, signature = token.split(".")
    other = jwts.encoded(json.dumps({"iss": "you"}).encode())
    assert not jwts.is_signed_by(f"{header}.{other}.{signature}", jwts.public_part(key))


def test_what_is_no_jwt_is_said() -> None:
    with pytest.raises(ValueError, match="three parts"):
        jwts.parts_of("opaque")


def test_the_challenge_of_rfc_7636() -> None:
    assert (
        jwts.challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )
