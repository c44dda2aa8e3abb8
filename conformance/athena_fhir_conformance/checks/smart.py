"""What a server says of its authorization: SMART App Launch 2.2, conformance.html; OpenID Connect Discovery."""

from typing import Any

from athena_fhir_conformance.checking import check
from athena_fhir_conformance.flows.tokens import app, endpoint, granted, service, smart_configuration, told
from athena_fhir_conformance.judges import schemas
from athena_fhir_conformance.target import Target
from athena_fhir_conformance.verdicts import omit, should, skip

ENDPOINTS = (
    "issuer",
    "jwks_uri",
    "authorization_endpoint",
    "token_endpoint",
    "introspection_endpoint",
    "revocation_endpoint",
    "management_endpoint",
    "registration_endpoint",
)
PATIENT_ACCESS = {
    "launch-standalone",
    "client-public",
    "client-confidential-symmetric",
    "context-standalone-patient",
    "permission-patient",
    "permission-offline",
    "sso-openid-connect",
    "authorize-post",
    "permission-v1",
    "permission-v2",
}
CLINICIAN_ACCESS = {"launch-ehr", "context-ehr-patient", "context-ehr-encounter", "permission-user"}


def capabilities(target: Target) -> list[str]:
    listed = told(target).get("capabilities")
    return listed if isinstance(listed, list) else []


def among(target: Target, name: str) -> list[Any]:
    listed = told(target).get(name)
    assert isinstance(listed, list), f"{smart_configuration(target)}: {name} is {listed!r}, expected an array"
    return listed


@check("SMA-001")
def the_smart_configuration_is_json(target: Target) -> None:
    answer = smart_configuration(target)
    assert answer.status == 200, f"{answer}, expected 200"
    assert isinstance(answer.json, dict), f"{answer} is no JSON object"


@check("SMA-002")
def the_smart_configuration_is_json_whatever_is_accepted(target: Target) -> None:
    answer = smart_configuration(target)
    assert answer.media_type == "application/json", f"{answer} is {answer.media_type!r} to who accepts FHIR's XML alone"


@check("SMA-003")
def the_smart_configuration_needs_no_token(target: Target) -> None:
    answer = smart_configuration(target)
    assert answer.status not in (401, 403), f"{answer} without a token"


@check("SMA-004")
def endpoints_are_absolute(target: Target) -> None:
    faults = schemas.faults({"properties": schemas.SMART_CONFIGURATION["properties"]}, told(target))
    wrong = [fault for fault in faults if any(name in fault for name in ENDPOINTS)]
    assert not wrong, f"{smart_configuration(target)}: {wrong[0]}"


@check("SMA-005")
def launches_have_an_authorization_endpoint(target: Target) -> None:
    if not any(each.startswith("launch-") for each in capabilities(target)):
        omit("no launch is listed among the capabilities")
    assert told(target).get("authorization_endpoint"), f"{smart_configuration(target)} has no authorization_endpoint"


@check("SMA-006")
def the_token_endpoint_is_told(target: Target) -> None:
    assert isinstance(told(target).get("token_endpoint"), str), f"{smart_configuration(target)} has no token_endpoint"


@check("SMA-007")
def grant_types_are_told(target: Target) -> None:
    missing = {"authorization_code", "client_credentials"} - set(among(target, "grant_types_supported"))
    assert not missing, f"{smart_configuration(target)}: grant_types_supported lacks {', '.join(sorted(missing))}"


@check("SMA-008")
def capabilities_are_told(target: Target) -> None:
    listed = among(target, "capabilities")
    assert listed, f"{smart_configuration(target)}: capabilities is empty"
    assert all(isinstance(each, str) for each in listed), (
        f"{smart_configuration(target)}: capabilities are not all texts"
    )


@check("SMA-009")
def s256_alone_is_told(target: Target) -> None:
    methods = among(target, "code_challenge_methods_supported")
    assert "S256" in methods, f"{smart_configuration(target)}: {methods} lacks S256"
    assert "plain" not in methods, f"{smart_configuration(target)}: {methods} has plain"


@check("SMA-010")
def sign_on_has_issuer_and_keys(target: Target) -> None:
    if "sso-openid-connect" not in capabilities(target):
        omit("sso-openid-connect is not listed")
    for name in ("issuer", "jwks_uri"):
        assert isinstance(told(target).get(name), str), f"{smart_configuration(target)} has no {name}"


@check("SMA-011")
def no_issuer_without_sign_on(target: Target) -> None:
    if "sso-openid-connect" in capabilities(target):
        omit("sso-openid-connect is listed")
    assert "issuer" not in told(target), f"{smart_configuration(target)} has an issuer without sso-openid-connect"


@check("SMA-012")
def scopes_that_are_listed_are_granted(target: Target) -> None:
    listed = told(target).get("scopes_supported")
    assert listed, f"{smart_configuration(target)} has no scopes_supported"
    asked = [scope for scope in listed if scope.startswith("system/") and scope.endswith((".rs", ".read"))][:3]
    if not asked:
        skip("no system/ scope is listed, and others need a person who signs in")
    answer = granted(target, " ".join(asked))
    missing = set(asked) - set(str(answer.json.get("scope", "")).split()) if answer.status == 200 else set(asked)
    assert not missing, f"{answer}: listed, and not granted: {' '.join(sorted(missing))}"


@check("SMA-013")
def the_response_type_is_told(target: Target) -> None:
    assert "code" in among(target, "response_types_supported"), f"{smart_configuration(target)}: no 'code'"


@check("SMA-014")
def introspection_and_revocation_are_told(target: Target) -> None:
    missing = [name for name in ("introspection_endpoint", "revocation_endpoint") if not told(target).get(name)]
    assert not missing, f"{smart_configuration(target)} has no {' and no '.join(missing)}"


@check("SMA-015")
def management_is_told(target: Target) -> None:
    assert told(target).get("management_endpoint"), f"{smart_configuration(target)} has no management_endpoint"


@check("SMA-016")
def authentication_methods_are_told_as_they_are(target: Target) -> None:
    methods = among(target, "token_endpoint_auth_methods_supported")
    client = service(target)
    used = "private_key_jwt" if client.key else "client_secret_basic"
    worked = granted(target, "system/Patient.rs").status == 200
    assert (used in methods) == worked, f"{used} {'works' if worked else 'does not work'}, and listed are {methods}"


@check("SMA-017")
def capabilities_agree_with_the_rest_of_the_document(target: Target) -> None:
    listed, document = capabilities(target), told(target)
    needs = {
        "launch-standalone": ("grant_types_supported", "authorization_code"),
        "launch-ehr": ("grant_types_supported", "authorization_code"),
        "client-confidential-asymmetric": ("token_endpoint_auth_methods_supported", "private_key_jwt"),
    }
    for capability, (name, value) in needs.items():
        if capability in listed and name in document:
            assert value in document[name], f"{smart_configuration(target)}: {capability}, and {name} lacks {value}"
    unknown = [each for each in listed if not isinstance(each, str) or each != each.strip() or " " in each]
    assert not unknown, f"{smart_configuration(target)}: {unknown} are no capabilities"


@check("SMA-018")
def certified_capabilities_are_listed(target: Target) -> None:
    missing = (PATIENT_ACCESS | CLINICIAN_ACCESS) - set(capabilities(target))
    assert not missing, f"{smart_configuration(target)}: capabilities lack {', '.join(sorted(missing))}"


@check("BKS-043")
def signed_authentication_is_told(target: Target) -> None:
    assert "client-confidential-asymmetric" in capabilities(target), "client-confidential-asymmetric is not listed"
    assert "private_key_jwt" in among(target, "token_endpoint_auth_methods_supported"), "private_key_jwt is not listed"
    algorithms = told(target).get("token_endpoint_auth_signing_alg_values_supported")
    should(algorithms, f"{smart_configuration(target)} has no token_endpoint_auth_signing_alg_values_supported")
    assert {"RS384", "ES384"} & set(algorithms or ()), f"neither RS384 nor ES384 among {algorithms}"


@check("ATH-019", profiles=("athena",))
def scopes_are_not_listed(target: Target) -> None:
    assert "scopes_supported" not in told(target), f"{smart_configuration(target)} has scopes_supported"


@check("SMA-062")
def the_openid_configuration_is_below_the_issuer(target: Target) -> None:
    if "sso-openid-connect" not in capabilities(target):
        omit("sso-openid-connect is not listed")
    answer = openid_configuration(target)
    assert answer.status == 200, f"{answer}, expected 200"
    assert answer.media_type == "application/json", f"{answer} is {answer.media_type!r}"
    faults = schemas.faults(schemas.OPENID_CONFIGURATION, answer.json)
    assert not faults, f"{answer}: {faults[0]}"
    assert answer.json["issuer"] == endpoint(target, "issuer"), f"{answer} has another issuer: {answer.json['issuer']}"


def openid_configuration(target: Target) -> Any:
    issuer = endpoint(target, "issuer").rstrip("/")
    return target.get(f"{issuer}/.well-known/openid-configuration", token=None, headers={"Accept": "application/json"})


@check("SMA-095")
def discovery_is_read_by_scripts_of_any_site(target: Target) -> None:
    asked = {"Origin": "https://app.example"}
    for answer in (smart_configuration(target), target.get("metadata", token=None, headers=asked)):
        allowed = answer.headers.get("Access-Control-Allow-Origin", "")
        assert allowed in ("*", asked["Origin"]), f"{answer}: Access-Control-Allow-Origin is {allowed!r}"


@check("MIS-A1", profiles=("mission",))
def patients_can_sign_in(target: Target) -> None:
    for name in ("authorization_endpoint", "token_endpoint"):
        assert endpoint(target, name), f"the SMART configuration has no {name}"
    if app(target, "public").redirect:
        assert "launch-standalone" in capabilities(target), "launch-standalone is not listed"
