"""The CapabilityStatement is valid and tells what the registry knows, all of it and nothing else."""

from typing import Any

import pytest
from fhir.resources.R4B.capabilitystatement import CapabilityStatement

from mock_athena.fhir.capability import capability_statement
from mock_athena.fhir.registry import COMMON, RESOURCE_TYPES

BASE = "http://127.0.0.1:8080/fhir/r4"


@pytest.fixture(scope="module")
def statement() -> dict[str, Any]:
    return capability_statement(
        BASE,
        "http://x.example/authorize",
        "http://x.example/token",
        "1.2.3",
        "A test.",
        writable=False,
        update_creates=True,
    )


@pytest.fixture(scope="module")
def resources(statement: dict[str, Any]) -> dict[str, dict[str, Any]]:
    (rest,) = statement["rest"]
    rows = rest["resource"]
    by_type = {row["type"]: row for row in rows}
    assert len(by_type) == len(rows)
    return by_type


def test_it_is_valid(statement: dict[str, Any]) -> None:
    CapabilityStatement.model_validate(statement)


def test_it_says_what_an_instance_must(statement: dict[str, Any]) -> None:
    assert statement["kind"] == "instance"
    assert statement["implementation"]["url"] == BASE
    assert statement["fhirVersion"] == "4.0.1"
    assert statement["software"]["version"] == "1.2.3"
    assert "application/fhir+json" in statement["format"]
    assert [canonical.rpartition("/")[2] for canonical in statement["instantiates"]] == [
        "us-core-server|3.1.1",
        "us-core-server|6.1.0",
        "bulk-data",
    ]
    assert statement["rest"][0]["mode"] == "server"


def test_it_names_the_oauth_endpoints(statement: dict[str, Any]) -> None:
    security = statement["rest"][0]["security"]
    uris = {each["url"]: each["valueUri"] for each in security["extension"][0]["extension"]}
    assert uris == {"authorize": "http://x.example/authorize", "token": "http://x.example/token"}
    assert security["service"][0]["coding"][0]["code"] == "SMART-on-FHIR"


def test_every_type_is_there(resources: dict[str, dict[str, Any]]) -> None:
    assert set(resources) == set(RESOURCE_TYPES)


@pytest.mark.parametrize("name", list(RESOURCE_TYPES))
def test_every_parameter_is_there_once(name: str, resources: dict[str, dict[str, Any]]) -> None:
    kind, row = RESOURCE_TYPES[name], resources[name]
    declared = [(each["name"], each["type"]) for each in row.get("searchParam", ())]
    assert len({code for code, _ in declared}) == len(declared)
    known = {each.code: each.type for each in (*kind.parameters.values(), *COMMON.values())}
    assert dict(declared) == (known if kind.searchable else {})


@pytest.mark.parametrize("name", list(RESOURCE_TYPES))
def test_interactions_and_profiles_are_those_of_the_registry(name: str, resources: dict[str, dict[str, Any]]) -> None:
    kind, row = RESOURCE_TYPES[name], resources[name]
    assert tuple(each["code"] for each in row["interaction"]) == kind.interactions
    assert tuple(row.get("supportedProfile", ())) == kind.profiles


def test_exports_are_declared_on_each_level_without_a_dollar(
    statement: dict[str, Any], resources: dict[str, dict[str, Any]]
) -> None:
    levels = {
        name: [each for each in row["operation"] if each["name"] == "export"]
        for name, row in resources.items()
        if any(each["name"] == "export" for each in row.get("operation", ()))
    }
    levels["system"] = statement["rest"][0]["operation"]
    assert set(levels) == {"Patient", "Group", "system"}
    assert all([each["name"] for each in operations] == ["export"] for operations in levels.values())
    assert levels["Group"][0]["definition"].endswith("/group-export")


def test_writes_are_declared_where_they_are_taken() -> None:
    told = capability_statement(BASE, "http://x", "http://y", "1", "A test.", writable=True, update_creates=False)
    CapabilityStatement.model_validate(told)
    rows = {row["type"]: row for row in told["rest"][0]["resource"]}
    assert {"create", "update", "patch", "delete"} <= {each["code"] for each in rows["Observation"]["interaction"]}
    assert (rows["Observation"]["conditionalCreate"], rows["Observation"]["updateCreate"]) == (True, False)
    assert rows["Binary"]["conditionalDelete"] == "not-supported"
    assert [each["name"] for each in rows["Appointment"]["operation"]] == ["book"]
    assert [each["code"] for each in told["rest"][0]["interaction"]] == ["transaction", "batch"]
