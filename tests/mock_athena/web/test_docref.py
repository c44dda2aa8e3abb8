"""``DocumentReference/$docref``: the latest documents, or those of a time."""

from typing import Any

import pytest

from tests.mock_athena.web.in_process import ADA, BO, Athena

Json = dict[str, Any]


def documents(athena: Athena, query: str, token: str | None = None) -> list[Json]:
    answer = athena.get(f"/DocumentReference/$docref?{query}", token)
    assert answer.status_code == 200, answer.text
    return [entry["resource"] for entry in answer.get_json().get("entry", ())]


def test_without_dates_it_is_the_most_recent_of_each_type(athena: Athena) -> None:
    found = documents(athena, f"patient={ADA}")
    everything = athena.get(f"/DocumentReference?patient={ADA}&_count=500").get_json()["entry"]
    newest: dict[str, Json] = {}
    for entry in everything:
        newest.setdefault(str(entry["resource"]["type"]), entry["resource"])
    assert found == list(newest.values())
    assert len(found) > 1


def test_with_dates_it_is_all_of_that_time(athena: Athena) -> None:
    found = documents(athena, f"patient=Patient/{ADA}&start=2024-01-01&end=2024-12-31&_count=500")
    assert found
    assert all(document["context"]["period"]["start"].startswith("2024") for document in found)


def test_the_type_is_a_token(athena: Athena) -> None:
    coding = documents(athena, f"patient={ADA}")[0]["type"]["coding"][0]
    for token in (coding["code"], f"{coding['system']}|{coding['code']}"):
        (found,) = documents(athena, f"patient={ADA}&type={token}")
        assert coding in found["type"]["coding"]
    assert documents(athena, f"patient={ADA}&type=http://example.org|{coding['code']}") == []


def test_nothing_is_made_on_demand(athena: Athena) -> None:
    assert documents(athena, f"patient={ADA}&on-demand=true") == []


def test_a_patient_sees_only_what_is_its_own(athena: Athena) -> None:
    token = athena.token("patient/*.read", patient=ADA)
    assert documents(athena, f"patient={ADA}", token)
    assert documents(athena, f"patient={BO}", token) == []


@pytest.mark.parametrize(
    "query", [f"patient={ADA}&on-demand=yes", f"patient={ADA}&color=red", "patient=a b", "start=2024"]
)
def test_what_it_cannot_use_is_refused(athena: Athena, query: str) -> None:
    assert athena.get(f"/DocumentReference/$docref?{query}").status_code == 400


def test_it_needs_the_scope(athena: Athena) -> None:
    assert athena.get(f"/DocumentReference/$docref?patient={ADA}", athena.token("system/Patient.rs")).status_code == 403


def test_it_takes_parameters_by_post(athena: Athena) -> None:
    body = {"resourceType": "Parameters", "parameter": [{"name": "patient", "valueId": ADA}]}
    answer = athena.send("POST", "/fhir/r4/DocumentReference/$docref", athena.token(), json=body)
    assert [entry["resource"] for entry in answer.get_json()["entry"]] == documents(athena, f"patient={ADA}")
