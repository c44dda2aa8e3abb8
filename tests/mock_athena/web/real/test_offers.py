"""Types, parameters and interactions that the real API does not have are not there."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.mock_athena.web.in_process import ADA, Athena

Get = Callable[..., Any]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/PractitionerRole?practitioner=x", "resource type 'PractitionerRole' is not supported here"),
        ("/Slot/x", "resource type 'Slot' is not supported here"),
        ("/Group", "Group has no search-type here; its interactions are none, but for $export"),
        ("/Group/a-1.C-500001", "Group has no read here"),
        ("/Binary?_id=x", "Binary has no search-type here; its interactions are read"),
        (f"/Patient/{ADA}/_history", "/fhir/r4/Patient/"),
        (f"/Patient/{ADA}/_history/1", "/fhir/r4/Patient/"),
        ("/Patient/_history", "/fhir/r4/Patient/"),
        (f"/Patient/{ADA}/Observation", "/fhir/r4/Patient/"),
        (f"/Patient/{ADA}/$everything", "/fhir/r4/Patient/"),
        (f"/DocumentReference/$docref?patient={ADA}", "/fhir/r4/DocumentReference/$docref"),
    ],
)
def test_it_is_not_there(real: Athena, get: Get, path: str, reason: str) -> None:
    answer = get(path)
    assert answer.status_code == 404, answer.text
    assert answer.get_json()["issue"][0]["code"] == "not-found"
    assert real.last_reason().startswith(reason)


@pytest.mark.parametrize(
    "unknown",
    [
        "status=final",
        "encounter.status=finished",
        "_has:Provenance:target:recorded=gt2000",
        "_tag=x",
        "_elements=id",
        "_total=none",
    ],
)
def test_a_parameter_is_unknown(get: Get, unknown: str) -> None:
    path = f"/Observation?patient={ADA}&_count=2&{unknown}"
    bundle, plain = get(path).get_json(), get(f"/Observation?patient={ADA}&_count=2").get_json()
    assert bundle["link"][0] == plain["link"][0]
    assert bundle["entry"] == plain["entry"]
    lenient = get(path, headers={"Prefer": "handling=lenient"}).get_json()["entry"][-1]
    assert lenient["resource"]["issue"][0]["expression"] == [unknown.partition("=")[0]]
    strict = get(path, headers={"Prefer": "handling=strict"})
    assert strict.status_code == 400
    assert strict.get_json()["issue"][0]["expression"] == [unknown.partition("=")[0]]


def test_an_include_that_is_not_offered_is_refused(get: Get) -> None:
    for include in ("_include=Observation:performer", "_revinclude=DiagnosticReport:result"):
        assert get(f"/Observation?patient={ADA}&{include}").status_code == 400


def test_parameters_of_its_own_find_by_extensions(get: Get) -> None:
    found = get(f"/Observation?patient={ADA}&ah-chart-sharing-group=Organization/a-500001.CSG-1&_count=3").get_json()
    assert len(found["entry"]) == 3
    none = get(f"/Observation?patient={ADA}&ah-chart-sharing-group=Organization/a-500001.CSG-2").get_json()
    assert "entry" not in none


def test_what_is_taken_without_effect_is_repeated(get: Get) -> None:
    given = f"patient={ADA}&ah-redact-inline-security=true"
    bundle = get(f"/Condition?{given}", headers={"Prefer": "handling=strict"}).get_json()
    assert f"/Condition?{given}&ah-practice=" in bundle["link"][0]["url"]


@pytest.mark.parametrize("path", ["/$export", "/Patient/$export"])
def test_there_is_no_export_but_of_a_group(real: Athena, path: str) -> None:
    answer = real.get(path, headers={"Prefer": "respond-async"})
    assert answer.status_code == 404
    assert real.last_reason().endswith("level here; expected one of: Group")


def test_a_group_is_exported(real: Athena) -> None:
    path = "/Group/a-1.C-500001/$export?_type=Patient,Condition"
    assert real.get(path, headers={"Prefer": "respond-async"}).status_code == 202


def test_too_narrow_a_scope_for_an_export_is_401(real: Athena) -> None:
    token = real.token("system/Group.rs system/Patient.r")
    answer = real.get("/Group/a-1.C-500001/$export?_type=Patient", token, headers={"Prefer": "respond-async"})
    text = "The scopes of the token do not cover this export: read and search of Patient are needed"
    assert (answer.status_code, answer.content_type) == (401, "application/fhir+json; charset=utf-8")
    assert answer.get_json() == {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": "login", "details": text}],
    }
    assert real.last_reason().startswith("needs a scope that grants 's' (search) on Patient")


def test_the_manifest_still_says_when_files_expire(real: Athena) -> None:
    kicked = real.get("/Group/a-1.C-500001/$export?_type=Patient", headers={"Prefer": "respond-async"})
    real.clock.advance(3_600_000_000_000)
    token = real.token("system/*.rs")
    answer = real.send("GET", kicked.headers["Content-Location"].removeprefix("http://localhost"), token)
    assert (answer.status_code, answer.headers.getlist("Expires")[0][-3:]) == (200, "GMT")
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_what_is_declared_works(real: Athena, get: Get) -> None:
    values = {"date": "ge2020", "token": "x", "string": "xy", "reference": "a-500001.x-1"}
    for row in real.send("GET", "/fhir/r4/metadata").get_json()["rest"][0]["resource"]:
        combination = [part["valueString"] for part in row.get("extension", [{}])[0].get("extension", ())]
        fill = {"patient": ADA, "_id": "a-500001.x-1", "ah-practice": "a-1.Practice-500001"}
        needed = {name: fill.get(name, "xy") for name in combination or ["patient"] if name != "ah-practice"}
        for parameter in row.get("searchParam", ()):
            name = parameter["name"]
            if name in needed or parameter["type"] in ("special", "number") or name in ("ah-practice", "_query"):
                continue
            given = needed | {name: fill.get(name, values[parameter["type"]])}
            path = f"/{row['type']}?{'&'.join(f'{n}={v}' for n, v in given.items())}"
            answer = get(path, headers={"Prefer": "handling=strict"})
            assert answer.status_code == 200, (path, answer.text)
        for include in row.get("searchInclude", ()):
            path = f"/{row['type']}?{'&'.join(f'{n}={v}' for n, v in needed.items())}&_include={include}"
            assert get(path).status_code == 200, path
