"""The OpenAPI document and the CapabilityStatement tell the same: types, parameters, interactions, operations."""

from collections import defaultdict
from typing import Any

import pytest

from mock_athena.fhir.registry import RESOURCE_TYPES, RESULT_PARAMETERS, offered
from tests.mock_athena.web.conftest import MakeAthena
from tests.mock_athena.web.in_process import PRACTICE

Json = dict[str, Any]


OF_EVERY_ANSWER = {"_format", "_pretty"}
IN_PRACTICE = {"ah-practice": f"Organization/a-1.Practice-{PRACTICE}"}


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
    types = {row["type"] for row in rest["resource"] if row.get("interaction")}
    assert types == set(by_tag) & set(RESOURCE_TYPES)
    assert {row["type"] for row in rest["resource"]} == {each["name"] for each in document["tags"]} & set(
        RESOURCE_TYPES
    )
    for row in rest["resource"]:
        declared = {each["code"] for each in row.get("interaction", ())}
        declared |= {f"${each['name']}" for each in row.get("operation", ()) if each["name"] != "export"}
        assert {each["x-fhir-interaction"] for each in by_tag[row["type"]]} == declared, row["type"]


def shown_by(row: Json) -> set[str]:
    """The parameters of how results come: those that the statement names, or all, where it names none."""
    named = {each["name"] for each in row["searchParam"]} & {*RESULT_PARAMETERS, "cursor"}
    is_whole = row["versioning"] == "versioned-update"
    includes = {"_include": row.get("searchInclude"), "_revinclude": row.get("searchRevInclude")}
    without = {name for name, pairs in includes.items() if not pairs}
    return {*RESULT_PARAMETERS, "cursor"} - without if is_whole else named | OF_EVERY_ANSWER


def test_search_parameters_are_the_same(told: tuple[Json, Json]) -> None:
    rest, document = told
    searched = [row for row in rest["resource"] if row.get("searchParam")]
    assert len(searched) > 20
    for row in searched:
        shown = shown_by(row)
        declared = {each["name"]: each["type"] for each in row["searchParam"] if each["name"] not in shown}
        for path in (f"/fhir/r4/{row['type']}", f"/fhir/r4/Patient/{{id}}/{row['type']}"):
            if path in document["paths"]:
                found = parameters(document, document["paths"][path]["get"])
                typed = {name: each["x-fhir-type"] for name, each in found.items() if "x-fhir-type" in each}
                assert typed == declared, path
                assert set(found) - set(typed) == shown, path
        form = resolved(document, f"#/components/schemas/Search{row['type']}")["properties"]
        assert set(form) == {*declared, *shown}


def test_only_the_whole_surface_has_compartments(told: tuple[Json, Json]) -> None:
    rest, document = told
    below = {path.rpartition("/")[2] for path, item in document["paths"].items() if is_in_compartment(path, item)}
    searched = (kind for kind in RESOURCE_TYPES.values() if kind.searchable and "searchParam" not in rest)
    assert below == {kind.name for kind in searched if kind.patient not in ("", "id")}


def is_in_compartment(path: str, item: Json) -> bool:
    tags = {operation["tags"][0] for operation in item.values()}
    return path.startswith("/fhir/r4/Patient/{id}/") and not tags & {"Patient"} and not path.endswith("/_search")


def test_search_parameters_are_described_with_an_example(told: tuple[Json, Json]) -> None:
    rest, document = told
    for name, kind in offered("athena" if "searchParam" in rest else "whole").items():
        if not kind.searchable:
            continue
        found = parameters(document, document["paths"][f"/fhir/r4/{name}"]["get"])
        for code, parameter in {**kind.parameters, **kind.common}.items():
            description = found[code]["description"]
            assert found[code]["example"], code
            assert all(f":{modifier}" in description for modifier in parameter.modifiers), code
            assert ("Prefixes" in description) == bool(parameter.comparators), code
            assert ("chains" in description) == (kind.linked and parameter.type == "reference"), code


def test_reads_say_in_which_practice_where_they_must(told: tuple[Json, Json]) -> None:
    rest, document = told
    named = {each["name"] for each in rest.get("searchParam", ())}
    reads = [
        operation
        for item in document["paths"].values()
        for operation in item.values()
        if operation.get("x-fhir-interaction") == "read"
    ]
    assert len(reads) > 20
    for read in reads:
        found = parameters(document, read)
        assert set(found) & {"ah-practice"} == named, read["operationId"]
        assert ("304" in read["responses"]) == (not named), read["operationId"]


def test_includes_are_the_same(told: tuple[Json, Json]) -> None:
    rest, document = told
    for row in rest["resource"]:
        components = document["components"]["parameters"]
        for name, declared in (("_include", row.get("searchInclude")), ("_revinclude", row.get("searchRevInclude"))):
            parameter = components.get(f"{row['type']}.{name}")
            assert bool(parameter) == bool(declared)
            if declared:
                assert f"({'|'.join(declared)})(" in parameter["schema"]["items"]["pattern"]


def test_exports_are_the_same(told: tuple[Json, Json]) -> None:
    rest, document = told
    levels = {path for path in document["paths"] if path.endswith("/$export")}
    declared = {
        row["type"]
        for row in rest["resource"]
        if any(operation["name"] == "export" for operation in row.get("operation", ()))
    }
    system = {f"${each['name']}" for each in rest.get("operation", ())}
    assert {path.split("/")[3] for path in levels} == declared | system
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


def test_every_example_is_understood_with_what_is_required(make_athena: MakeAthena) -> None:
    athena = make_athena(profile="athena", limits="off")
    document = athena.send("GET", "/_mock/openapi.json").get_json()
    for name, kind in offered("athena").items():
        if not kind.searchable:
            continue
        found = parameters(document, document["paths"][f"/fhir/r4/{name}"]["get"])
        examples = {code: told["example"] for code, told in found.items() if "example" in told}
        for code, example in examples.items():
            needed = {} if not kind.required else {each: examples.get(each, "x") for each in kind.required[0]}
            query = {**IN_PRACTICE, **needed, code: example}
            answer = athena.get(f"/{name}", query_string=query, headers={"Prefer": "handling=strict"})
            assert answer.status_code == 200, (name, query, answer.text)
