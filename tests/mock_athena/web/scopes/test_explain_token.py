"""``POST /_mock/explain``: what a token is, and what each of its scopes allows."""

import json
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from mock_athena.auth.assertions import JWT_BEARER
from mock_athena.clock import NANOSECONDS
from mock_athena.settings import fixtures_dir
from tests.mock_athena.web.in_process import ADA, BO, PRACTICE, Athena
from tests.mock_athena.web.scopes.conftest import LAB, Asking, provider, proxy

TOKEN_URL = "http://localhost/oauth2/v1/token"


def explained(athena: Athena, token: str) -> dict[str, Any]:
    answer = athena.control("POST", "explain", {"token": token})
    assert answer.status_code == 200, answer.text
    assert token not in answer.text
    told: dict[str, Any] = answer.get_json()["token"]
    return told


def test_it_says_who_and_until_when(athena: Athena) -> None:
    asking = Asking(athena, "patient/Patient.rs", ADA, user=f"Patient/{ADA}", patients=(ADA,))
    told = explained(athena, asking.token)
    assert (told["kind"], told["good"], told["client_id"], told["client_registered"]) == (
        "access token", True, "mock-client", True,
    )  # fmt: skip
    assert told["context"] == f"Patient/{ADA} signed in, with Patient/{ADA} in context"
    assert (told["expires_in"], told["patient"], told["may_see"]) == (pytest.approx(3600, abs=1), ADA, f"Patient/{ADA}")
    assert "emulator's" in told["clock"]


def test_each_context_is_told(athena: Athena) -> None:
    assert explained(athena, Asking(athena, "system/*.rs").token)["context"] == (
        "an application by itself: nobody signed in"
    )
    told = explained(athena, provider(athena, "user/*.rs").token)
    assert (told["may_see"], told["practice"]) == ("all patients of the practice", f"a-1.Practice-{PRACTICE}")
    assert "with no patient in context" in told["context"]
    assert explained(athena, proxy(athena, "user/*.rs").token)["may_see"] == f"Patient/{ADA}, Patient/{BO}"


@pytest.mark.parametrize(
    ("scope", "means", "allows"),
    [
        ("patient/Observation.r", f"r (read) on Observation, of Patient/{ADA}", "GET Observation/{id}"),
        (f"patient/Observation.s?{LAB}", f"s (search) on Observation with {LAB}, of", "POST Observation/_search"),
        ("patient/*.rs", "r (read) and s (search) on every type, of", "$export of every type"),
        ("patient/*.cud", "c (create) and u (update) and d (delete) on every type", "DELETE */{id}"),
        ("system/Patient.rs", "on Patient, of everybody", "GET Patient?…"),
        ("launch/patient", "which patient", None),
        ("patient/Observation.sr", "nothing: rights come once, in the order cruds", None),
        ("patient/Observation.rs?frob=1", "nothing: 'frob' is no search parameter that Observation has", None),
        ("nonsense", "nothing: expected", None),
    ],
)
def test_each_scope_is_put_into_words(athena: Athena, scope: str, means: str, allows: str | None) -> None:
    (told,) = explained(athena, Asking(athena, scope, ADA).token)["scopes"]
    assert told["scope"] == scope
    assert means in told["means"]
    assert (allows in told["allows"]) if allows else (told["allows"] == [])


def test_a_scope_without_its_context_reaches_nobody(athena: Athena) -> None:
    told = explained(athena, Asking(athena, "patient/*.rs user/*.rs").token)["scopes"]
    assert ["no patient is in context" in told[0]["means"], "nobody signed in" in told[1]["means"]] == [True, True]


def test_an_expired_and_a_revoked_token_are_still_explained(athena: Athena) -> None:
    expired = Asking(athena, "system/Patient.rs")
    athena.clock.advance(3601 * NANOSECONDS)
    told = explained(athena, expired.token)
    assert (told["good"], told["expires_in"] < 0, told["scopes"][0]["scope"]) == (False, True, "system/Patient.rs")
    assert "s ago (by the emulator's clock)" in told["why"]
    ended = Asking(athena, "system/Patient.rs")
    athena.control("POST", "tokens/revoke", {"token": ended.token})
    assert (explained(athena, ended.token)["good"], "revoked" in explained(athena, ended.token)["why"]) == (False, True)


@pytest.mark.parametrize(
    ("token", "kind"),
    [("opaque", "no JWT"), ("a.b.c", "a JWT that is none of ours"), ("x" * 5000, "no JWT"), ("\ud83d\ude00", "no JWT")],
)
def test_anything_else_is_told_for_what_it_looks_like(athena: Athena, token: str, kind: str) -> None:
    told = explained(athena, token)
    assert (told["good"], kind in told["kind"]) == (False, True)
    assert told["why"]


def test_a_token_that_was_changed_is_none_of_ours(athena: Athena) -> None:
    head, body, signature = Asking(athena, "system/Patient.rs").token.split(".")
    other = "A" if signature[20] != "A" else "B"
    told = explained(athena, f"{head}.{body}.{signature[:20]}{other}{signature[21:]}")
    assert (told["good"], "signature" in told["why"]) == (False, True)


def assertion(athena: Athena, **changes: Any) -> str:
    text = (fixtures_dir() / "keys" / "mock-backend.private.jwks.json").read_text(encoding="utf-8")
    key = next(key for key in KeySet.import_key_set(json.loads(text)).keys if key.kid == "mock-backend-es384")
    now = athena.clock.wall() // NANOSECONDS
    good = {"iss": "mock-backend", "sub": "mock-backend", "aud": TOKEN_URL, "exp": now + 240, "jti": "explained"}
    claims = {name: value for name, value in (good | changes).items() if value is not None}
    return jwt.encode({"alg": "ES384", "kid": key.kid, "typ": "JWT"}, claims, key, ["ES384"])


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"aud": "https://x.example/token"}, f"it must be {TOKEN_URL}"),
        ({"exp": 1}, "it expired"),
        ({"sub": "other"}, "iss and sub must both be the client_id"),
        ({"iss": "nobody", "sub": "nobody"}, "which is no registered client"),
        ({"jti": None}, "jti is missing"),
    ],
)
def test_what_is_wrong_with_an_assertion_is_told(athena: Athena, changes: dict[str, Any], why: str) -> None:
    told = explained(athena, assertion(athena, **changes))
    assert (told["kind"], told["good"], why in told["why"]) == ("client assertion", False, True), told


def test_a_good_assertion_can_still_be_used_afterwards(athena: Athena) -> None:
    sent = assertion(athena, jti="used later")
    assert [explained(athena, sent)["good"] for _ in range(2)] == [True, True]
    form = {"grant_type": "client_credentials", "client_assertion_type": JWT_BEARER, "client_assertion": sent}
    assert athena.send("POST", "/oauth2/v1/token", data=form).status_code == 200
    assert "used before" in explained(athena, sent)["why"]


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ({}, "token: expected the access token"),
        ({"token": 5}, "token: expected"),
        ({"token": "x", "frob": 1}, "the body has no frob"),
        ({"token": "x", "request": "GET /"}, "request: expected an object"),
        ({"token": "x", "request": {"path": "/", "verb": "GET"}}, "request has no verb"),
        ({"token": "x", "request": {"method": "GET"}}, "path: expected a path such as /fhir/r4/Patient, or a URL"),
        ({"token": "x", "request": {"path": "http://[::1"}}, "or a URL, not 'http://[::1'"),
        ({"token": "x", "request": {"path": "fhir/r4/Patient"}}, "path: expected a path such as"),
        ({"token": "x", "request": {"method": "BREW", "path": "/"}}, "expected one of GET, HEAD"),
        ({"token": "x", "request": {"path": "/", "headers": {"Accept": 5}}}, "expected an object of texts"),
    ],
)
def test_what_is_not_understood_is_refused(athena: Athena, body: dict[str, Any], complaint: str) -> None:
    answer = athena.control("POST", "explain", body)
    assert (answer.status_code, complaint in answer.text) == (400, True), answer.text
