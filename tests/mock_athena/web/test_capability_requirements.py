"""One requirement of the CapabilityStatement after the other; and what it declares works when it is called."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mock_athena import Settings, create_app
from mock_athena.fhir.registry import RESOURCE_TYPES
from tests.mock_athena.web.in_process import Athena
from tests.mock_athena.web.small_practice import bundle, entries

US_CORE = "http://hl7.org/fhir/us/core"
BULK_DATA = "http://hl7.org/fhir/uv/bulkdata"


@pytest.fixture(scope="module")
def athena(population_cache: Path) -> Iterator[Athena]:
    app = create_app(Settings(clock="manual", patients=2, limits="off", cache_dir=str(population_cache)))
    yield Athena(app)
    app.close()


@pytest.fixture(scope="module")
def statement(athena: Athena) -> dict[str, Any]:
    """As anybody gets it: without a token."""
    answer = athena.send("GET", "/fhir/r4/metadata")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


@pytest.fixture(scope="module")
def kinds(statement: dict[str, Any]) -> dict[str, dict[str, Any]]:
    rows = statement["rest"][0]["resource"]
    assert len({row["type"] for row in rows}) == len(rows)
    return {row["type"]: row for row in rows}


@pytest.mark.requirement("CAP-001", "CAP-002", "CAP-003", "CAP-004", "CAP-005", "CAP-006", "CAP-010")
def test_it_says_what_every_statement_must(statement: dict[str, Any]) -> None:
    assert statement["resourceType"] == "CapabilityStatement"
    assert statement["fhirVersion"] == "4.0.1"
    assert all(statement[name] for name in ("status", "date", "kind", "fhirVersion", "format"))
    assert statement["kind"] == "instance"
    assert {"description", "url"} <= set(statement["implementation"])
    assert statement["software"]["name"]
    assert [rest["mode"] for rest in statement["rest"]] == ["server"]
    assert {"json", "application/fhir+json"} <= set(statement["format"])


@pytest.mark.requirement("CAP-007", "CAP-008", "CAP-009")
def test_types_and_parameters_come_once_and_whole(kinds: dict[str, dict[str, Any]]) -> None:
    types = {"number", "date", "string", "token", "reference", "composite", "quantity", "uri", "special"}
    for row in kinds.values():
        names = [parameter["name"] for parameter in row.get("searchParam", ())]
        assert len(set(names)) == len(names)
        assert all(names)
        assert {parameter["type"] for parameter in row.get("searchParam", ())} <= types


@pytest.mark.requirement("CAP-011", "CAP-022")
def test_it_names_the_guides_that_it_follows(statement: dict[str, Any]) -> None:
    guides = {url.partition("|")[0] for url in statement["instantiates"]}
    assert f"{US_CORE}/CapabilityStatement/us-core-server" in guides
    assert f"{BULK_DATA}/CapabilityStatement/bulk-data" in guides


@pytest.mark.requirement("CAP-012", "CAP-013", "CAP-014")
def test_every_profile_that_the_data_claim_is_supported(athena: Athena, kinds: dict[str, dict[str, Any]]) -> None:
    assert f"{US_CORE}/StructureDefinition/us-core-patient" in kinds["Patient"]["supportedProfile"]
    supported = {profile for row in kinds.values() for profile in row.get("supportedProfile", ())}
    assert len([profile for profile in supported if profile.startswith(US_CORE)]) > 20
    for kind, row in kinds.items():
        if any(code["code"] == "search-type" for code in row["interaction"]):
            found = entries(bundle(athena, f"{kind}?_count=1000&_elements=meta"))
            claimed = {profile.partition("|")[0] for each in found for profile in each["meta"].get("profile", ())}
            assert claimed <= set(row.get("supportedProfile", ())), kind


@pytest.mark.requirement("CAP-020", "CAP-021")
def test_it_says_who_gives_tokens(athena: Athena, statement: dict[str, Any]) -> None:
    security = statement["rest"][0]["security"]
    assert security["service"][0]["coding"][0]["code"] == "SMART-on-FHIR"
    (oauth,) = security["extension"]
    assert oauth["url"] == "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
    told = {each["url"]: each["valueUri"] for each in oauth["extension"]}
    smart = athena.send("GET", "/fhir/r4/.well-known/smart-configuration").get_json()
    assert (told["authorize"], told["token"]) == (smart["authorization_endpoint"], smart["token_endpoint"])


@pytest.mark.requirement("CAP-023", "CAP-024", "CAP-025", "CAP-026", "CAP-030")
def test_exports_are_declared_where_they_are(statement: dict[str, Any], kinds: dict[str, dict[str, Any]]) -> None:
    def definitions(operations: list[dict[str, str]]) -> list[str]:
        return [each["definition"] for each in operations if each["name"] == "export"]

    assert definitions(kinds["Patient"]["operation"]) == [f"{BULK_DATA}/OperationDefinition/patient-export"]
    assert definitions(kinds["Group"]["operation"]) == [f"{BULK_DATA}/OperationDefinition/group-export"]
    assert definitions(statement["rest"][0]["operation"]) == [f"{BULK_DATA}/OperationDefinition/export"]
    assert {"read", "search-type"} <= {each["code"] for each in kinds["Group"]["interaction"]}
    named = [each["name"] for row in kinds.values() for each in row.get("operation", ())]
    assert not [name for name in named if name.startswith("$")]


@pytest.mark.requirement("CAP-027")
def test_every_type_that_is_exported_is_declared(athena: Athena, kinds: dict[str, dict[str, Any]]) -> None:
    headers = {"Accept": "application/fhir+json", "Prefer": "respond-async"}
    kicked = athena.get("/Patient/$export", headers=headers)
    assert kicked.status_code == 202
    athena.clock.advance(60 * 10**9)
    status = athena.send("GET", kicked.headers["Content-Location"].removeprefix("http://localhost"), athena.token())
    types = {each["type"] for each in status.get_json()["output"]}
    assert len(types) > 10
    assert types <= set(kinds)


VALUES = {
    "token": ("x", "urn:x|x", "|x", "urn:x|", "x,y"),
    "string": ("x", "x,y"),
    "date": ("2020", "ge2020-01-01", "eq2020-01-01T00:00:00Z", "ap2020"),
    "reference": ("x", "x,y"),
    "uri": ("urn:x",),
    "quantity": ("5", "ge5.0|http://unitsofmeasure.org|mg", "5||mg"),
}
MODIFIED = {"missing": "true", "of-type": "urn:x|x|x"}


@pytest.mark.requirement("CAP-031")
@pytest.mark.parametrize("kind", [name for name, row in RESOURCE_TYPES.items() if row.searchable])
def test_what_is_declared_works_when_it_is_called(athena: Athena, kinds: dict[str, dict[str, Any]], kind: str) -> None:
    headers, row, asked = {"Prefer": "handling=strict"}, kinds[kind], []
    for declared in row["searchParam"]:
        code, parameter = declared["name"], RESOURCE_TYPES[kind].parameter(declared["name"])
        assert parameter is not None
        if parameter.type == "composite":
            asked.append(f"{code}={'$'.join(VALUES[part.type][0] for part in parameter.parts)}")
        else:
            texts = VALUES["token"][:1] + VALUES["token"][-1:] if code == "_id" else VALUES[parameter.type]
            asked += [f"{code}={text}" for text in texts]
            asked += [] if parameter.presence else [f"_sort={code}&_count=1", f"_sort=-{code}&_count=1"]
        asked += [f"{code}:{each}={MODIFIED.get(each, VALUES[parameter.type][0])}" for each in parameter.modifiers]
        asked += [f"{code}:{target}=x" for target in parameter.targets]
    asked += [f"_include={each}&_count=1" for each in row.get("searchInclude", ())]
    asked += [f"_revinclude={each}&_count=1" for each in row["searchRevInclude"]]
    for search in asked:
        few = "" if "_count" in search else "&_count=1"
        bundle(athena, f"{kind}?{search}{few}", headers=headers)
    instance = entries(bundle(athena, f"{kind}?_count=1"))
    for each in instance:
        for below in ("", "/_history", f"/_history/{each['meta']['versionId']}"):
            assert athena.get(f"/{kind}/{each['id']}{below}").status_code == 200
    assert athena.get(f"/{kind}/_history").status_code == 200


@pytest.mark.requirement("CAP-033")
def test_no_search_says_that_it_insists_on_a_status(kinds: dict[str, dict[str, Any]]) -> None:
    assert not [each for row in kinds.values() for each in row["interaction"] if "documentation" in each]
