"""The token endpoint as the real one was seen: scopes are mandatory, and nothing is narrowed."""

from typing import Any

import pytest

from tests.mock_athena.web.in_process import Athena

ACCOUNT = {"client_id": "mock-client", "client_secret": "mock-secret"}
POLICY = "Policy evaluation failed for this request, please check the policy configurations."


def ask(athena: Athena, **form: str) -> Any:
    return athena.send("POST", "/oauth2/v1/token", data=ACCOUNT | form)


def test_an_explicit_scope_is_granted(real: Athena) -> None:
    answer = ask(real, grant_type="client_credentials", scope="system/Patient.rs system/Observation.read")
    assert answer.status_code == 200
    assert answer.get_json()["scope"] == "system/Patient.rs system/Observation.read"
    assert answer.get_json()["expires_in"] == 3600


def test_without_a_scope_401(real: Athena) -> None:
    answer = ask(real, grant_type="client_credentials")
    assert (answer.status_code, answer.content_type) == (401, "application/json")
    told = answer.get_json()
    assert (set(told), told["error"]) == ({"error", "detailedmessage"}, "access_denied")
    assert told["detailedmessage"].startswith(f"{POLICY}: ")
    assert real.last_reason() == "scope is missing, which every request for a token by client_credentials must give"


def test_so_when_refreshing(real: Athena) -> None:
    answer = ask(real, grant_type="refresh_token", refresh_token="x")
    assert (answer.status_code, answer.get_json()["error"]) == (401, "access_denied")
    assert "refresh_token" in real.last_reason()
    with_scope = ask(real, grant_type="refresh_token", refresh_token="x", scope="patient/Patient.rs")
    assert (with_scope.status_code, with_scope.get_json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    "scope", ["system/*.read", "system/Patient.rs system/Starship.rs", "system/Patient.rs patient/Patient.rs"]
)
def test_a_scope_too_many_refuses_all(real: Athena, scope: str) -> None:
    answer = ask(real, grant_type="client_credentials", scope=scope)
    assert (answer.status_code, answer.content_type) == (400, "application/json")
    told = answer.get_json()
    assert (set(told), told["error"]) == ({"error", "detailedmessage"}, "invalid_scope")
    assert told["detailedmessage"].startswith("Invalid Scope: ")
    assert "this client may ask for" in told["detailedmessage"]
    assert f"scope '{scope.split()[-1]}' cannot be granted" in real.last_reason()


def test_the_wrong_grant_401(real: Athena) -> None:
    account = {"client_id": "mock-readonly", "client_secret": "mock-readonly-secret"}
    form = {"grant_type": "authorization_code", "code": "x", "redirect_uri": "http://localhost"}
    answer = real.send("POST", "/oauth2/v1/token", data=account | form)
    assert answer.status_code == 401
    told = answer.get_json()
    assert (set(told), told["error"]) == ({"error", "detailedmessage"}, "access_denied")
    assert told["detailedmessage"].startswith(f"{POLICY}: ")
    assert real.last_reason().startswith("mock-readonly is not registered for authorization_code")


def test_a_wrong_secret_is_told_in_a_member_of_its_own(real: Athena) -> None:
    answer = real.send(
        "POST", "/oauth2/v1/token", data={"grant_type": "client_credentials"} | ACCOUNT | {"client_secret": "x"}
    )
    assert answer.status_code == 401
    assert set(answer.get_json()) == {"error", "detailedmessage"}


def test_the_configuration_lists_no_scopes(real: Athena) -> None:
    said = real.send("GET", "/fhir/r4/.well-known/smart-configuration").get_json()
    assert "scopes_supported" not in said
    assert said["grant_types_supported"] == ["authorization_code", "client_credentials"]
    assert said["token_endpoint_auth_methods"] == said["token_endpoint_auth_methods_supported"]


def test_the_mission_is_lenient(athena: Athena) -> None:
    assert ask(athena, grant_type="client_credentials").status_code == 200
    wrong = ask(athena, grant_type="client_credentials", scope="system/Starship.rs").get_json()
    assert set(wrong) == {"error", "error_description"}


def test_too_many_are_told_of_a_quota(make_athena: Any) -> None:
    athena = make_athena(profile="athena", limits="athena-preview")
    answers = [ask(athena, grant_type="client_credentials", scope="system/Patient.rs") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[-1].get_json()["detailedmessage"].startswith("Quota Exceeded: ")
    assert "Retry-After" not in answers[-1].headers
