"""The OpenAPI document and the CapabilityStatement tell the same: types, parameters, interactions, operations."""

from collections import defaultdict
from typing import Any

import pytest

from mock_athena.fhir.registry import COMMON, RESOURCE_TYPES, RESULT_PARAMETERS
from tests.mock_athena.web.conftest import MakeAthena

Json = dict[str, Any]


@pytest.fixture(params=["mission", "athena"], ids=str)
def told(request: pytest.FixtureRequest, make_athena: MakeAthena) -> tuple[Json, Json]:
    """The CapabilityStatement's only ``rest``, and the OpenAPI document."""
    athena = make_athena(profile=request.param)
    statement = athena.send("GET", "/fhir/r4/metadata").get_json()
    return statement["rest"][0], athena.send("GET", "/_mock/openapi.json").get_json()


def operations(document: Json) -> dict[str, list[Json]]:
    """The operations by tag: a type, or what is of no type."""
    found: dict[str, list[Json]] = defaultdict(list)
    for item in document["paths"].values():
        for operation in item.values():
            found[operation["tags"][0]].append(operation)
    return found


def resolved(document: Json, reference: str) -> Json:
    found: Any = document
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    result: Json = found
    return result


def parameters(document: Json, operation: Json) -> dict[str, Json]:
    told = [resolved(document, each["$ref"]) if "$ref" in each else each for each in operation["parameters"]]
    return {each["name"]: each for each in told if each["in"] == "query"}


def test_types_and_interactions_are_the_same(told: tuple[Json, Json]) -> None:
    rest, document = told
    by_tag = operations(document)
    assert {row["type"] for row in rest["resource"]} == set(RESOURCE_TYPES) == set(by_tag) & set(RESOURCE_TYPES)
    for row in rest["resource"]:
        declared = {each["code"] for each in row["interaction"]}
        declared |= {f"${each['name']}" for each in row.get("operation", ()) if each["name"] != "export"}
        assert {each["x-fhir-interaction"] for each in by_tag[row["type"]]} == declared, row["type"]


def test_search_parameters_are_the_same(told: tuple[Json, Json]) -> None:
    rest, document = told
    for row in rest["resource"]:
        if not row.get("searchParam"):
            continue
        declared = {each["name"]: each["type"] for each in row["searchParam"]}
        for path in (f"/fhir/r4/{row['type']}", f"/fhir/r4/Patient/{{id}}/{row['type']}"):
            if path in document["paths"]:
                found = parameters(document, document["paths"][path]["get"])
                typed = {name: each["x-fhir-type"] for name, each in found.items() if "x-fhir-type" in each}
                assert typed == declared
                assert set(found) - set(typed) - {"cursor"} <= set(RESULT_PARAMETERS)
        form = resolved(document, f"#/components/schemas/Search{row['type']}")["properties"]
        assert set(form) >= set(declared)


def test_search_parameters_are_described_with_an_example(told: tuple[Json, Json]) -> None:
    _, document = told
    for name, kind in RESOURCE_TYPES.items():
        if not kind.searchable:
            continue
        found = parameters(document, document["paths"][f"/fhir/r4/{name}"]["get"])
        for code, parameter in {**kind.parameters, **COMMON}.items():
            description = found[code]["description"]
            assert found[code]["example"], code
            assert all(f":{modifier}" in description for modifier in parameter.modifiers), code
            assert ("Prefixes" in description) == bool(parameter.comparators), code


def test_includes_are_the_same(told: tuple[Json, Json]) -> None:
    rest, document = told
    for row in rest["resource"]:
        components = document["components"]["parameters"]
        for name, declared in (("_include", row.get("searchInclude")), ("_revinclude", row.get("searchRevInclude"))):
            parameter = components.get(f"{row['type']}.{name}")
            assert bool(parameter) == bool(declared)
            if declared:
                assert f"({'|'.join(declared)})" in parameter["schema"]["items"]["pattern"]


def test_exports_are_the_same(told: tuple[Json, Json]) -> None:
    rest, document = told
    levels = {path for path in document["paths"] if path.endswith("/$export")}
    declared = {
        row["type"]
        for row in rest["resource"]
        if any(operation["name"] == "export" for operation in row.get("operation", ()))
    }
    assert {path.split("/")[3] for path in levels} == declared | {"$export"}
    assert "batch" in {each["code"] for each in rest["interaction"]}
    assert document["paths"]["/fhir/r4"]["post"]["x-fhir-interaction"] == "batch"


def test_every_example_of_a_parameter_is_understood(make_athena: MakeAthena) -> None:
    athena = make_athena(limits="off")
    document = athena.send("GET", "/_mock/openapi.json").get_json()
    for name, kind in RESOURCE_TYPES.items():
        if not kind.searchable:
            continue
        for code, told in parameters(document, document["paths"][f"/fhir/r4/{name}"]["get"]).items():
            if "example" in told:
                query = {code: told["example"]}
                answer = athena.get(f"/{name}", query_string=query, headers={"Prefer": "handling=strict"})
                assert answer.status_code == 200, (name, query, answer.text)
