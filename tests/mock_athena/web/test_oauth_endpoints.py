"""Introspection, revocation, registration and the documents of OpenID Connect, over HTTP."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from werkzeug.test import TestResponse

from tests.mock_athena.web.in_process import ADA, Athena
from tests.mock_athena.web.portal.visitor import CALLBACK, ORIGIN, VERIFIER, asked

OAUTH = "/oauth2/v1"
SCOPE = "openid fhirUser launch/patient patient/*.rs offline_access"
ISSUER = f"{ORIGIN}{OAUTH}"


@pytest.fixture
def athena(make_athena: Callable[..., Athena]) -> Athena:
    return make_athena(auto_approve=True)


def post(athena: Athena, path: str, auth: Any = None, **fields: str) -> TestResponse:
    return athena.send("POST", f"{OAUTH}/{path}", data=fields, auth=auth)


def signed_in(athena: Athena, **changes: str | None) -> dict[str, Any]:
    """The token response after a sign-in."""
    redirect = athena.send("GET", f"{OAUTH}/authorize", query_string=asked(scope=SCOPE) | changes)
    code = parse_qs(urlsplit(redirect.location).query)["code"][0]
    sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    answer = post(athena, "token", client_id="mock-public", **sent)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.get_json()
    return told


def introspected(athena: Athena, token: str, client: str = "mock-public") -> dict[str, Any]:
    answer = post(athena, "introspect", token=token, client_id=client)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.get_json()
    return told


INACTIVE = {"active": False}


@pytest.mark.requirement("SMA-085", "SMA-086", "SMA-087", "SMA-088")
def test_an_active_token_is_told_with_its_context(athena: Athena) -> None:
    answer = signed_in(athena)
    told = introspected(athena, answer["access_token"])
    assert told["active"] is True
    assert (told["scope"], told["client_id"], told["patient"]) == (SCOPE, "mock-public", ADA)
    assert isinstance(told["exp"], int)
    assert (told["iss"], told["sub"]) == (ISSUER, f"Patient/{ADA}")
    assert told["fhirUser"] == f"{ORIGIN}/fhir/r4/Patient/{ADA}"
    refresh = introspected(athena, answer["refresh_token"])
    assert (refresh["active"], refresh["token_type"], refresh["patient"]) == (True, "refresh_token", ADA)


@pytest.mark.requirement("SMA-089", "SMA-090")
def test_whatever_is_not_active_or_not_ones_own_is_told_alike(athena: Athena) -> None:
    answer = signed_in(athena)
    assert introspected(athena, "guess") == INACTIVE
    assert introspected(athena, answer["id_token"]) == INACTIVE
    for token in (answer["access_token"], answer["refresh_token"]):
        others = post(athena, "introspect", ("mock-client", "mock-secret"), token=token)
        assert (others.status_code, others.get_json()) == (200, INACTIVE)
    athena.control("POST", "clock", {"advance": 3600})
    assert introspected(athena, answer["access_token"]) == INACTIVE
    assert introspected(athena, answer["refresh_token"])["active"]


@pytest.mark.requirement("SMA-091")
@pytest.mark.parametrize("path", ["introspect", "revoke"])
def test_nobody_unknown_asks(athena: Athena, path: str) -> None:
    assert post(athena, path, token="x").status_code == 401
    assert post(athena, path, ("mock-client", "guess"), token="x").status_code == 401
    assert post(athena, path, client_id="mock-public").status_code == 400
    assert athena.send("GET", f"{OAUTH}/{path}?token=x&client_id=mock-public").status_code == 405


def test_a_spent_refresh_token_is_inactive_and_asking_for_it_ends_nothing(athena: Athena) -> None:
    first = signed_in(athena)
    second = post(
        athena, "token", grant_type="refresh_token", client_id="mock-public", refresh_token=first["refresh_token"]
    ).get_json()
    assert introspected(athena, first["refresh_token"]) == INACTIVE
    assert introspected(athena, second["refresh_token"])["active"]


@pytest.mark.requirement("SMA-093", "SMA-094", "SMA-068")
def test_a_revoked_token_is_dead_at_once(athena: Athena) -> None:
    answer = signed_in(athena)
    assert athena.get(f"/Patient/{ADA}", answer["access_token"]).status_code == 200
    assert post(athena, "revoke", client_id="mock-public", token=answer["access_token"]).status_code == 200
    assert athena.get(f"/Patient/{ADA}", answer["access_token"]).status_code == 401
    refreshed = {"grant_type": "refresh_token", "client_id": "mock-public"}
    again = post(athena, "token", **refreshed, refresh_token=answer["refresh_token"]).get_json()
    assert athena.get(f"/Patient/{ADA}", again["access_token"]).status_code == 200
    assert post(athena, "revoke", client_id="mock-public", token=again["refresh_token"]).status_code == 200
    assert athena.get(f"/Patient/{ADA}", again["access_token"]).status_code == 401
    refused = post(athena, "token", **refreshed, refresh_token=again["refresh_token"])
    assert (refused.status_code, refused.get_json()["error"]) == (400, "invalid_grant")
    for gone in ("guess", again["refresh_token"], answer["access_token"]):
        assert post(athena, "revoke", client_id="mock-public", token=gone).status_code == 200


def test_only_its_client_revokes_a_token(athena: Athena) -> None:
    answer = signed_in(athena)
    for token in (answer["access_token"], answer["refresh_token"]):
        refused = post(athena, "revoke", ("mock-client", "mock-secret"), token=token)
        assert (refused.status_code, refused.get_json()["error"]) == (400, "unauthorized_client")
        assert "mock-public" not in refused.text
        assert introspected(athena, token)["active"]


@pytest.mark.requirement("SMA-058", "SMA-059", "SMA-060", "SMA-061")
def test_who_signed_in_is_signed_and_can_be_read(athena: Athena) -> None:
    answer = signed_in(athena, nonce="n-1")
    keys = athena.send("GET", f"{OAUTH}/keys").get_json()
    decoded = jwt.decode(answer["id_token"], KeySet.import_key_set(keys), ["RS256"])
    claims = decoded.claims
    assert decoded.header["kid"] == keys["keys"][0]["kid"]
    assert (claims["iss"], claims["aud"], claims["nonce"]) == (ISSUER, "mock-public", "n-1")
    assert claims["iat"] <= claims["exp"]
    assert claims["auth_time"] == claims["iat"]
    assert len(claims["sub"]) < 256
    path = claims["fhirUser"].removeprefix(f"{ORIGIN}/fhir/r4")
    read = athena.get(path, answer["access_token"])
    assert (read.status_code, read.get_json()["id"]) == (200, ADA)
    found = athena.send("GET", urlsplit(claims["iss"]).path + "/.well-known/openid-configuration").get_json()
    assert found["issuer"] == claims["iss"]


def test_a_refreshed_identity_has_no_nonce_and_the_same_sign_in(athena: Athena) -> None:
    answer = signed_in(athena, nonce="n-1")
    athena.control("POST", "clock", {"advance": 50})
    again = post(
        athena, "token", grant_type="refresh_token", client_id="mock-public", refresh_token=answer["refresh_token"]
    ).get_json()
    first, second = (
        jwt.decode(each["id_token"], KeySet.import_key_set(athena.world.authorization.jwks()), ["RS256"]).claims  # type: ignore[arg-type]
        for each in (answer, again)
    )
    assert "nonce" not in second
    assert (second["auth_time"], second["sub"]) == (first["auth_time"], first["sub"])
    assert second["iat"] == first["iat"] + 50


def test_a_name_is_for_who_asks_for_the_profile(athena: Athena) -> None:
    token = signed_in(athena, scope="openid profile patient/*.rs")["id_token"]
    claims = jwt.decode(token, KeySet.import_key_set(athena.world.authorization.jwks()), ["RS256"]).claims  # type: ignore[arg-type]
    assert claims["preferred_username"] == ADA
    assert claims["name"]
    assert "id_token" not in signed_in(athena, scope="fhirUser patient/*.rs")


@pytest.mark.requirement("SMA-056")
def test_the_style_is_a_document(athena: Athena) -> None:
    answer = signed_in(athena)
    assert answer["need_patient_banner"] is True
    style = athena.send("GET", urlsplit(answer["smart_style_url"]).path, headers={"Origin": "https://app.example"})
    assert style.headers["Access-Control-Allow-Origin"] == "*"
    assert {"color_background", "color_error", "font_family_body", "dim_font_size"} <= set(style.get_json())


def register(athena: Athena, metadata: Any, **options: Any) -> TestResponse:
    return athena.send("POST", f"{OAUTH}/register", json=metadata, **options)


MINE = {"redirect_uris": [CALLBACK], "scope": "patient/*.rs", "client_name": "Mine"}


def test_an_application_registers_itself(athena: Athena) -> None:
    answer = register(athena, MINE | {"policy": "unknown metadata are passed over", "client_id": "mock-client"})
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    told = answer.get_json()
    assert told["client_id"] not in ("", "mock-client")
    assert told["client_id_issued_at"] == athena.clock.now() // 10**9
    assert (told["client_secret_expires_at"], told["token_endpoint_auth_method"]) == (0, "client_secret_basic")
    assert len(told["client_secret"]) >= 32
    assert athena.control("GET", f"clients/{told['client_id']}").get_json()["client_name"] == "Mine"


@pytest.mark.parametrize(
    ("metadata", "error"),
    [
        ({"redirect_uris": ["javascript:alert(1)"]}, "invalid_redirect_uri"),
        ({"grant_types": ["implicit"]}, "invalid_client_metadata"),
        ({"grant_types": ["authorization_code"]}, "invalid_client_metadata"),
        ({"jwks_uri": "file:///etc/passwd"}, "invalid_client_metadata"),
        ({"scope": "everything"}, "invalid_client_metadata"),
        ([], "invalid_client_metadata"),
    ],
)
def test_what_cannot_be_registered_is_told_in_its_words(athena: Athena, metadata: Any, error: str) -> None:
    answer = register(athena, metadata)
    assert (answer.status_code, answer.get_json()["error"]) == (400, error)
    assert answer.get_json()["error_description"]


def test_an_application_does_not_excuse_itself_from_consent(athena: Athena) -> None:
    told = athena.send("POST", f"{OAUTH}/register", json={"redirect_uris": [CALLBACK], "auto_approve": True}).get_json()
    assert "auto_approve" not in told
    client = athena.world.authorization.clients.get(told["client_id"])
    assert client is not None
    assert not client.auto_approve


def test_others_register_only_where_it_is_open(make_athena: Callable[..., Athena]) -> None:
    elsewhere = {"environ": {"REMOTE_ADDR": "192.0.2.7"}}
    page = {"headers": {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}}
    local, opened, off = (make_athena(registration=policy) for policy in ("local", "open", "off"))
    for options in (elsewhere, page):
        refused = register(local, MINE, **options)
        assert (refused.status_code, refused.get_json()["error"]) == (403, "access_denied")
        assert register(opened, MINE, **options).status_code == 201
    assert register(off, MINE).status_code == 404
    guarded = make_athena(registration="local", control_token="t")
    assert register(guarded, MINE).get_json()["error"] == "invalid_token"
    assert register(guarded, MINE, headers={"Authorization": "Bearer t"}).status_code == 201


@pytest.mark.parametrize(
    ("cors", "token", "other"), [("everywhere", True, True), ("not-token", False, True), ("nowhere", False, False)]
)
@pytest.mark.requirement("SMA-095", "SMA-096", "SMA-097")
def test_the_missing_cors_of_the_real_one(
    make_athena: Callable[..., Athena], cors: str, token: bool, other: bool
) -> None:
    athena = make_athena(cors=cors)
    preflight = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}
    for path, allowed in ((f"{OAUTH}/token", token), (f"{OAUTH}/revoke", other), ("/fhir/r4/Patient", other)):
        asked_first = athena.send("OPTIONS", path, headers=preflight)
        assert (asked_first.status_code == 204) is allowed
        for answer in (asked_first, athena.send("POST", path, headers={"Origin": "https://app.example"})):
            assert ("Access-Control-Allow-Origin" in answer.headers) is allowed


def test_the_real_api_has_no_cors_at_its_token_endpoint(make_athena: Callable[..., Athena]) -> None:
    real = make_athena(profile="athena")
    sent: dict[str, Any] = {"headers": {"Origin": "https://app.example"}}
    assert "Access-Control-Allow-Origin" not in real.send("POST", f"{OAUTH}/token", **sent).headers
    assert "Access-Control-Allow-Origin" in real.send("GET", f"{OAUTH}/keys", **sent).headers


def test_the_real_api_is_asked_about_tokens_by_get(make_athena: Callable[..., Athena]) -> None:
    real = make_athena(profile="athena")
    token, auth = real.token("system/Patient.rs"), ("mock-client", "mock-secret")
    path = f"{OAUTH}/introspect?token={token}"
    assert real.send("GET", path, auth=auth).status_code == 400
    told = real.send("GET", f"{path}&token_type_hint=access_token", auth=auth).get_json()
    assert (told["active"], told["scope"]) == (True, "system/Patient.rs")
    assert token not in repr(real.journal())


@pytest.mark.parametrize("most", [5, 50])
def test_token_requests_are_limited_where_that_is_asked_for(make_athena: Callable[..., Athena], most: int) -> None:
    athena = make_athena(limits=f"mission+tokens-{most}")
    sent = {"grant_type": "client_credentials", "client_id": "mock-client", "client_secret": "guess"}
    answers = [post(athena, "token", **sent).status_code for _ in range(most + 1)]
    assert answers == [401] * most + [429]
    assert post(athena, "token", **sent | {"client_id": "mock-readonly"}).status_code == 401
    athena.control("POST", "clock", {"advance": 60})
    assert post(athena, "token", **sent).status_code == 401


@pytest.mark.parametrize("path", ["token", "introspect", "revoke", "register", "authorize"])
def test_a_form_that_is_too_large_is_told_the_limit_of_forms(athena: Athena, path: str) -> None:
    answer = post(athena, path, a="x" * 70_000)
    assert (answer.status_code, "65,536 bytes" in answer.text) == (413, True)
