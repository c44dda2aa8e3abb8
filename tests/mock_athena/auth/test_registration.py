"""Reading client metadata: what is filled in, and what is refused with which words."""

from collections.abc import Mapping
from typing import Any

import pytest

from mock_athena.auth.keys import refuse_unusable_keys
from mock_athena.auth.registration import parse_registration

URI = "https://app.example/callback"
RSA = {"kty": "RSA", "kid": "k1", "n": "AQAB", "e": "AQAB"}


def test_a_backend_needs_nothing_but_an_empty_object() -> None:
    client = parse_registration({})
    assert client.client_id.startswith("client-")
    assert client.client_name == client.client_id
    assert len(client.client_secret or "") >= 32
    assert (client.grant_types, client.scope) == (("client_credentials",), "system/*.read")
    assert client.token_endpoint_auth_method == "client_secret_basic"


def test_redirect_uris_mean_that_people_sign_in() -> None:
    client = parse_registration({"redirect_uris": [URI]})
    assert (client.grant_types, client.scope) == (("authorization_code",), "patient/*.read launch/patient")


def test_keys_mean_that_the_client_signs() -> None:
    client = parse_registration({"jwks": {"keys": [RSA]}})
    assert (client.token_endpoint_auth_method, client.client_secret) == ("private_key_jwt", None)


def test_generated_ids_and_secrets_differ() -> None:
    one, other = parse_registration({}), parse_registration({})
    assert one.client_id != other.client_id
    assert one.client_secret != other.client_secret


def test_the_answer_repeats_what_was_registered() -> None:
    told = {
        "client_id": "c", "client_name": "C", "client_secret": "s", "redirect_uris": [URI], "scope": "patient/*.rs",
        "grant_types": ["authorization_code", "refresh_token"], "token_endpoint_auth_method": "client_secret_post",
    }  # fmt: skip
    assert parse_registration(told).metadata() == told | {"client_secret_expires_at": 0}


@pytest.mark.parametrize(
    ("metadata", "complaint"),
    [
        ([], "a client is a JSON object"),
        ({"redirect_uri": URI}, "unknown client metadata redirect_uri: expected some of client_id"),
        ({"jwks_uri": "file:///etc/keys"}, "expected an absolute URL of http or https"),
        ({"jwks_uri": "https://x.example/jwks", "jwks": {"keys": [RSA]}}, "give one of them"),
        ({"application_type": "desktop"}, "expected web or native"),
        ({"client_id": ""}, "client_id must be a text"),
        ({"client_id": 5}, "client_id must be a text"),
        ({"client_name": "a\nb"}, "client_name must be a text"),
        ({"redirect_uris": URI}, "redirect_uris must be a JSON array"),
        ({"redirect_uris": [5]}, "redirect_uris must be a JSON array"),
        ({"grant_types": ["implicit"]}, "grant_types: implicit: expected some of authorization_code"),
        ({"grant_types": ["authorization_code"]}, "authorization_code needs redirect_uris"),
        ({"grant_types": ["refresh_token"]}, "refresh_token needs authorization_code"),
        ({"token_endpoint_auth_method": "tls_client_auth"}, "expected one of client_secret_basic"),
        ({"token_endpoint_auth_method": "client_secret_jwt", "client_secret": "x" * 31}, "at least 32 bytes"),
        ({"token_endpoint_auth_method": "none"}, "client_credentials needs a client that authenticates"),
        ({"token_endpoint_auth_method": "private_key_jwt"}, "needs jwks"),
        ({"token_endpoint_auth_method": "none", "client_secret": "s", "redirect_uris": [URI]}, "has no secret"),
        ({"token_endpoint_auth_method": "client_secret_post", "jwks": {"keys": [RSA]}}, "jwks_uri are for"),
        ({"scope": "system/*.read all"}, "scope: all: expected fhirUser, launch"),
        ({"scope": "system/Foo.rs system/Patient.rs"}, "scope: there is no resource type Foo here; the Cap"),
        ({"scope": "system/Patient.sr"}, "scope: system/Patient.sr"),
    ],
)  # fmt: skip
def test_what_cannot_work_is_refused(metadata: object, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint.replace("*", r"\*")):
        parse_registration(metadata)


@pytest.mark.parametrize(
    "uri",
    [
        "/callback", "app.example/callback", "https:///callback", f"{URI}#part", "javascript:alert(1)", "data:x",
        "http://[oops", "https://app.example:port/", f"{URI}?a=b c", "", "https://äpp.example/",
    ],
)  # fmt: skip
def test_a_redirect_uri_must_be_absolute_and_without_fragment(uri: str) -> None:
    with pytest.raises(ValueError, match="expected an absolute URL without fragment"):
        parse_registration({"redirect_uris": [uri]})


@pytest.mark.parametrize("uri", [URI, f"{URI}?a=b", "http://127.0.0.1:8765/cb", "com.example.app:/cb", "app://cb"])
def test_web_and_native_redirect_uris_are_accepted(uri: str) -> None:
    assert parse_registration({"redirect_uris": [uri]}).redirect_uris == (uri,)


@pytest.mark.requirement("BKS-027")
@pytest.mark.parametrize(
    ("jwks", "complaint"),
    [
        ([], "jwks must be"),
        ({"keys": []}, "at least one public key"),
        ({"keys": [{"kty": "oct", "k": "x", "kid": "k"}]}, "kty RSA or EC"),
        ({"keys": [RSA | {"d": "x"}]}, "this is a private key"),
        ({"keys": [{"kty": []}]}, "kty RSA or EC"),
        ({"keys": [{"kty": {}}]}, "kty RSA or EC"),
        ({"keys": [{"kty": "RSA", "n": "x", "e": "x"}]}, r"keys\[0\]: kid missing"),
        ({"keys": [RSA, {"kty": "EC", "kid": "k", "crv": "P-384"}]}, r"keys\[1\]: x, y missing"),
    ],
)
def test_keys_must_be_public_and_named(jwks: object, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse_registration({"jwks": jwks})


@pytest.mark.parametrize("key", [RSA | {"n": "!"}, {"kty": "EC", "kid": "k", "crv": "P-384", "x": "AQ", "y": "AQ"}])
def test_keys_that_are_none_are_found_out(key: Mapping[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"keys\[0\]: not a usable"):
        refuse_unusable_keys({"keys": [key]})
