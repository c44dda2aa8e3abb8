"""Discovery: open to everybody, and true."""

import json
from typing import Any

import pytest
from fhir.resources.R4B.capabilitystatement import CapabilityStatement

from mock_athena.fhir.registry import RESOURCE_TYPES, SearchParameter
from tests.mock_athena.web.in_process import Athena

OAUTH_URIS = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"


def statement(athena: Athena, base: str = "/fhir/r4") -> dict[str, Any]:
    answer = athena.send("GET", f"{base}/metadata")
    assert (answer.status_code, answer.content_type) == (200, "application/fhir+json; charset=utf-8")
    value: dict[str, Any] = answer.get_json()
    return value


def test_the_capability_statement_is_valid_and_of_r4(athena: Athena) -> None:
    said = statement(athena)
    CapabilityStatement.model_validate_json(json.dumps(said | {"fhirVersion": "4.0.1"}))
    assert (said["fhirVersion"], said["kind"], said["status"]) == ("4.0.1", "instance", "active")
    assert "application/fhir+json" in said["format"]
    (rest,) = said["rest"]
    assert rest["mode"] == "server"
    assert sorted(row["type"] for row in rest["resource"]) == sorted(RESOURCE_TYPES)


@pytest.mark.parametrize("base", ["/fhir/r4", "/fhir/r4/sandbox"])
def test_each_environment_describes_itself(athena: Athena, base: str) -> None:
    assert statement(athena, base)["implementation"]["url"] == f"http://localhost{base}"


def test_the_oauth_endpoints_are_named(athena: Athena) -> None:
    (extension,) = [
        found
        for found in statement(athena)["rest"][0]["security"]["extension"]
        if found["url"].endswith("StructureDefinition/oauth-uris")
    ]
    assert extension["url"] == OAUTH_URIS
    urls = {part["url"]: part["valueUri"] for part in extension["extension"]}
    assert urls["token"] == "http://localhost/oauth2/v1/token"
    assert urls["authorize"] == "http://localhost/oauth2/v1/authorize"
    smart = athena.send("GET", "/fhir/r4/.well-known/smart-configuration").get_json()
    assert (smart["token_endpoint"], smart["authorization_endpoint"]) == (urls["token"], urls["authorize"])


def test_every_declared_interaction_and_parameter_works(make_athena: Any) -> None:
    athena = make_athena(limits="off")
    for row in statement(athena)["rest"][0]["resource"]:
        interactions = {interaction["code"] for interaction in row["interaction"]}
        if "search-type" not in interactions:
            continue
        found = athena.get(f"/{row['type']}?_count=1", headers={"Prefer": "handling=strict"})
        assert found.status_code == 200, row["type"]
        for parameter in row.get("searchParam", []):
            value = well_formed(row["type"], RESOURCE_TYPES[row["type"]].parameter(parameter["name"]))
            path = f"/{row['type']}?{parameter['name']}={value}"
            answer = athena.get(path, headers={"Prefer": "handling=strict"})
            assert answer.status_code == 200, (path, answer.text)


VALUES = {"date": "ge2020", "quantity": "gt5||mg"}


def well_formed(type: str, parameter: SearchParameter | None) -> str:
    assert parameter is not None
    if parameter.parts:
        return "$".join(well_formed(type, part) for part in parameter.parts)
    return VALUES.get(parameter.type, "x")


def test_the_statement_is_made_for_each_name_we_are_called_by(athena: Athena) -> None:
    for host in ("one.test", "two.test:81"):
        said = athena.send("GET", "/fhir/r4/metadata", headers={"Host": host}).get_json()
        assert said["implementation"]["url"] == f"http://{host}/fhir/r4"


def test_discovery_needs_no_token_and_a_bad_one_does_no_harm(athena: Athena) -> None:
    for path in ("/fhir/r4/metadata", "/fhir/r4/.well-known/smart-configuration"):
        assert athena.send("GET", path, "nonsense").status_code == 200
