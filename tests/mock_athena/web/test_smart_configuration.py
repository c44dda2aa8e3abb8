"""The SMART configuration over HTTP, and a backend service that finds its way by it alone."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from mock_athena.clock import NANOSECONDS
from mock_athena.settings import fixtures_dir
from tests.mock_athena.web.in_process import Athena
from tests.mock_athena.web.portal.visitor import ORIGIN

PATHS = ("/fhir/r4/.well-known/smart-configuration", "/fhir/r4/sandbox/.well-known/smart-configuration")
# https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html#capability-sets
PATIENT_ACCESS = {
    "launch-standalone", "client-public", "client-confidential-symmetric", "context-standalone-patient",
    "permission-patient",
}  # fmt: skip
CLINICIAN_ACCESS = {
    "launch-ehr", "client-public", "client-confidential-symmetric", "context-ehr-patient", "permission-patient",
    "permission-user", "sso-openid-connect",
}  # fmt: skip


@pytest.mark.requirement("SMA-001", "SMA-002", "SMA-003")
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("accept", [None, "application/fhir+xml", "text/html", "*/*"])
def test_it_is_json_for_anybody_whatever_was_accepted(athena: Athena, path: str, accept: str | None) -> None:
    answer = athena.send("GET", path, headers={"Accept": accept} if accept else {})
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.get_json()["token_endpoint"]


@pytest.mark.requirement("SMA-004", "SMA-005", "SMA-006", "SMA-010", "SMA-014", "SMA-015")
@pytest.mark.parametrize("profile", ["mission", "athena"])
def test_every_endpoint_is_absolute_and_answers(make_athena: Callable[..., Athena], profile: str) -> None:
    athena = make_athena(profile=profile)
    told = athena.send("GET", PATHS[0]).get_json()
    needed = {"authorization_endpoint", "token_endpoint", "introspection_endpoint", "revocation_endpoint", "jwks_uri"}
    if profile == "mission":
        needed |= {"registration_endpoint", "management_endpoint"}
    endpoints = {name for name in told if name.endswith(("_endpoint", "_uri"))}
    assert endpoints == needed
    for name in sorted(endpoints):
        assert told[name].startswith(f"{ORIGIN}/"), name
        statuses = {athena.send(method, urlsplit(told[name]).path).status_code for method in ("GET", "POST")}
        assert not {404, 500} & statuses, (name, statuses)
    assert told["issuer"] == f"{ORIGIN}/oauth2/v1"


@pytest.mark.requirement("SMA-007", "SMA-008", "SMA-009", "SMA-013", "SMA-016", "SMA-018", "BKS-043")
@pytest.mark.parametrize("profile", ["mission", "athena"])
def test_what_it_lists(make_athena: Callable[..., Athena], profile: str) -> None:
    told = make_athena(profile=profile).send("GET", PATHS[0]).get_json()
    assert {"authorization_code", "client_credentials"} <= set(told["grant_types_supported"])
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["response_types_supported"] == ["code"]
    methods = {"client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"}
    assert set(told["token_endpoint_auth_methods_supported"]) == methods
    assert set(told["capabilities"]) >= PATIENT_ACCESS | CLINICIAN_ACCESS
    assert "client-confidential-asymmetric" in told["capabilities"]
    if profile == "mission":  # the real document does not say how assertions are signed
        assert {"RS384", "ES384"} <= set(told["token_endpoint_auth_signing_alg_values_supported"])


@pytest.fixture(scope="module")
def keys() -> Mapping[str, Any]:
    """Private keys of mock-backend by algorithm."""
    text = (fixtures_dir() / "keys" / "mock-backend.private.jwks.json").read_text(encoding="utf-8")
    import json

    return {str(key.as_dict()["alg"]): key for key in KeySet.import_key_set(json.loads(text)).keys}


@pytest.mark.requirement("BKS-001", "BKS-017", "BKS-032", "BKS-034", "BKS-035", "BKS-039", "BKS-044")
@pytest.mark.parametrize("alg", ["RS384", "ES384"])
@pytest.mark.parametrize("scope", ["system/Patient.read", "system/Patient.rs"])
def test_a_service_that_signs_reads_what_it_was_granted(
    athena: Athena, keys: Mapping[str, Any], alg: str, scope: str
) -> None:
    url = athena.send("GET", PATHS[0]).get_json()["token_endpoint"]
    key, expires = keys[alg], athena.clock.wall() // NANOSECONDS + 300
    claims = {"iss": "mock-backend", "sub": "mock-backend", "aud": url, "exp": expires, "jti": f"{alg} {scope}"}
    form = {
        "grant_type": "client_credentials",
        "scope": scope,
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": jwt.encode({"alg": alg, "kid": key.kid, "typ": "JWT"}, claims, key, [alg]),
    }
    answer = athena.send("POST", urlsplit(url).path, data=form)
    told = answer.get_json()
    assert (told["token_type"], told["expires_in"], told["scope"]) == ("Bearer", 3600, scope)
    assert set(told) == {"access_token", "token_type", "expires_in", "scope"}
    assert (answer.headers["Cache-Control"], answer.headers["Pragma"]) == ("no-store", "no-cache")
    assert athena.get("/Patient?_count=1", told["access_token"]).status_code == 200
    assert athena.get("/Observation?_count=1", told["access_token"]).status_code == 403
