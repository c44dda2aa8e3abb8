"""The OpenAPI document is valid, tells of what the settings make of an emulator, and is served."""

from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from mock_athena.environments import PRODUCTION, SANDBOX
from mock_athena.settings import Settings
from mock_athena.web.described import described
from tests.mock_athena.web.conftest import MakeAthena
from tests.mock_athena.web.in_process import Athena

ORIGIN = "https://ehr.test"
RATE = {"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "RateLimit-Policy", "RateLimit"}


def document(**settings: Any) -> dict[str, Any]:
    return described(Settings(**settings), PRODUCTION, ORIGIN)


def methods(told: dict[str, Any]) -> set[str]:
    return {method for item in told["paths"].values() for method in item}


def test_it_is_valid() -> None:
    assert list(OpenAPIV31SpecValidator(document()).iter_errors()) == []


def test_it_is_valid_in_the_shape_of_the_real_api() -> None:
    told = described(Settings(profile="athena"), SANDBOX, ORIGIN)
    assert list(OpenAPIV31SpecValidator(told).iter_errors()) == []


def test_the_shape_of_the_real_api_has_no_versions_and_nothing_that_it_does_not_offer() -> None:
    paths = document(profile="athena")["paths"]
    assert not [path for path in paths if "_history" in path or "$everything" in path or "$docref" in path]
    assert not [path for path in paths if path.startswith("/fhir/r4/Group") and not path.endswith("/$export")]
    assert [path for path in paths if path.endswith("$export")] == ["/fhir/r4/Group/{group}/$export"]
    assert "/fhir/r4/Slot" not in paths
    fields = set(paths["/fhir/r4/Patient/{id}"]["get"]["responses"]["200"]["headers"])
    assert {"Last-Modified", "Location"} <= fields
    assert "ETag" not in fields


def test_it_is_served_in_the_words_of_the_caller(athena: Athena) -> None:
    answer = athena.send("GET", "/_mock/openapi.json", headers={"Host": "localhost:9"})
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    told = answer.get_json()
    assert told["openapi"] == "3.1.0"
    assert told["servers"] == [{"url": "http://localhost:9", "description": "production"}]
    assert told == described(athena.world.settings, PRODUCTION, "http://localhost:9")


def test_the_sandbox_has_one_of_its_own(athena: Athena) -> None:
    told = athena.send("GET", "/_mock/openapi.json?environment=sandbox").get_json()
    assert "/fhir/r4/sandbox/Patient/{id}" in told["paths"]
    assert "/documents/sandbox/{name}" in told["paths"]
    assert not [path for path in told["paths"] if path.startswith("/fhir/r4/") and "/sandbox" not in path]


@pytest.mark.parametrize("query", ["environment=moon", "environment=sandbox&environment=sandbox", "colour=red"])
def test_what_is_unknown_is_refused(athena: Athena, query: str) -> None:
    answer = athena.send("GET", f"/_mock/openapi.json?{query}")
    assert answer.status_code == 400
    assert "environment=production or environment=sandbox" in answer.get_json()["error"]


def test_without_writes_there_are_no_methods_that_write() -> None:
    assert methods(document(writable=False)) == {"get", "post", "delete"}  # the last of export jobs
    told = document(writable=False)["paths"]
    assert set(told["/fhir/r4/Patient"]) == set(told["/fhir/r4/Patient/{id}"]) == {"get"}
    assert "/fhir/r4/Appointment/$book" not in told
    assert methods(document()) == {"get", "post", "put", "patch", "delete"}


def test_without_limits_there_is_no_429() -> None:
    def search(told: dict[str, Any]) -> dict[str, Any]:
        responses: dict[str, Any] = told["paths"]["/fhir/r4/Patient"]["get"]["responses"]
        return responses

    def fields(told: dict[str, Any]) -> set[str]:
        return set(told["components"]["responses"]["Bundle"]["headers"])

    limited, unlimited = document(), document(limits="off")
    assert "429" in search(limited)
    assert fields(limited) >= RATE
    assert "429" not in search(unlimited)
    assert not fields(unlimited) & RATE
    assert fields(document(limits="athena-prod")) & RATE == {"X-RateLimit-Limit", "X-RateLimit-Remaining"}


def test_every_operation_has_a_name_of_its_own() -> None:
    told = document()
    names = [operation["operationId"] for item in told["paths"].values() for operation in item.values()]
    assert len(set(names)) == len(names) > 400


@pytest.mark.parametrize("profile", ["mission", "athena"])
def test_every_component_is_used(profile: str) -> None:
    told = document(profile=profile, writable=True)
    text = str(told)
    components = told["components"]
    unused = [
        (kind, name)
        for kind in ("parameters", "responses", "schemas")
        for name in components[kind]
        if f"#/components/{kind}/{name}'" not in text and f"#/components/{kind}/{name}/schema'" not in text
    ]
    assert unused == []


def test_every_answer_of_a_429_is_told(make_athena: MakeAthena) -> None:
    athena = make_athena()
    athena.fill()
    answer = athena.get("/Patient")
    told = athena.send("GET", "/_mock/openapi.json").get_json()
    response = told["components"]["responses"]["TooManyRequests"]
    assert answer.status_code == 429
    assert answer.mimetype in response["content"]
    required = {name for name, each in response["headers"].items() if "Sometimes" not in each["$ref"]}
    assert required >= RATE
    assert required <= set(answer.headers.keys())
