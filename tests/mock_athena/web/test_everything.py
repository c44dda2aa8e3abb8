"""``Patient/{id}/$everything``: all of it, once, and nothing of anybody else."""

from collections.abc import Iterator
from typing import Any

import pytest

from mock_athena.fhir.registry import RESOURCE_TYPES
from tests.mock_athena.web.in_process import ADA, BO, Athena

Json = dict[str, Any]


@pytest.fixture
def athena(make_athena: Any) -> Athena:
    made: Athena = make_athena(limits="off")
    return made


def pages(athena: Athena, path: str, token: str | None = None) -> Iterator[Json]:
    following: str | None = path
    while following:
        answer = athena.get(following, token)
        assert answer.status_code == 200, answer.text
        page = answer.get_json()
        yield page
        links = {link["relation"]: link["url"] for link in page["link"]}
        following = links["next"].partition("/fhir/r4")[2] if "next" in links else None


def names(page: Json) -> list[str]:
    return [f"{e['resource']['resourceType']}/{e['resource']['id']}" for e in page.get("entry", ())]


def everything(athena: Athena, path: str, token: str | None = None) -> list[str]:
    return [name for page in pages(athena, path, token) for name in names(page)]


def test_it_is_whatever_searching_by_patient_finds(athena: Athena) -> None:
    found = everything(athena, f"/Patient/{ADA}/$everything")
    for kind in RESOURCE_TYPES.values():
        if kind.searchable and kind.patient not in ("", "id"):
            expected = everything(athena, f"/{kind.name}?patient={ADA}&_count=500")
            assert [name for name in found if name.startswith(f"{kind.name}/")] == expected, kind.name
    assert found[0] == f"Patient/{ADA}"


def test_pages_have_everything_once_and_one_total(athena: Athena) -> None:
    walked = list(pages(athena, f"/Patient/{ADA}/$everything?_count=37"))
    found = [name for page in walked for name in names(page)]
    assert len(found) == len(set(found)) == walked[0]["total"]
    assert {page["total"] for page in walked} == {len(found)}
    assert all(len(page["entry"]) == 37 for page in walked[:-1])
    assert found == everything(athena, f"/Patient/{ADA}/$everything?_count=1000")


def test_what_the_records_name_comes_along(athena: Athena) -> None:
    found = set(everything(athena, f"/Patient/{ADA}/$everything?_count=500"))
    encounter = athena.get(f"/Encounter?patient={ADA}&_count=1").get_json()["entry"][0]["resource"]
    assert encounter["participant"][0]["individual"]["reference"] in found
    assert encounter["location"][0]["location"]["reference"] in found
    assert not any(name.startswith("Group/") for name in found)


def test_types_and_dates_narrow_it(athena: Athena) -> None:
    narrow = everything(athena, f"/Patient/{ADA}/$everything?_type=Condition,Observation&start=2024&end=2024-06-30")
    dated = everything(athena, f"/Observation?patient={ADA}&date=ge2024&date=lt2024-07&_count=500")
    assert [name for name in narrow if name.startswith("Observation/")] == dated
    assert {name.partition("/")[0] for name in narrow} <= {"Condition", "Observation"}


@pytest.mark.parametrize("types", ["Practitioner", "Organization,Condition", "Location,Practitioner,Encounter"])
def test_types_leave_of_the_whole_list_what_was_asked_for(athena: Athena, types: str) -> None:
    whole = everything(athena, f"/Patient/{ADA}/$everything?_count=1000")
    expected = [name for name in whole if name.partition("/")[0] in types.split(",")]
    assert expected
    assert everything(athena, f"/Patient/{ADA}/$everything?_type={types}") == expected


def test_since_holds_for_whom_the_records_name_too(athena: Athena) -> None:
    named = next(n for n in everything(athena, f"/Patient/{ADA}/$everything?_type=Practitioner"))
    practitioner = athena.get(f"/{named}").get_json()
    athena.send("PUT", f"/fhir/r4/{named}", athena.token("system/*.cruds"), json={**practitioner, "gender": "other"})
    changed = athena.get(f"/{named}").get_json()["meta"]["lastUpdated"]
    assert everything(athena, f"/Patient/{ADA}/$everything?_since={changed}") == [named]


def test_since_is_about_the_record(athena: Athena) -> None:
    assert everything(athena, f"/Patient/{ADA}/$everything?_since=2999-01-01T00:00:00Z") == []


def test_elements_may_be_of_any_type_on_every_page(athena: Athena) -> None:
    walked = list(pages(athena, f"/Patient/{ADA}/$everything?_type=Patient,Condition&_elements=birthDate&_count=1"))
    resources = [entry["resource"] for page in walked for entry in page["entry"]]
    assert len(resources) > 1
    assert ["birthDate" in each for each in resources] == [each["resourceType"] == "Patient" for each in resources]
    wrong = athena.get(f"/Patient/{ADA}/$everything?_type=Condition&_elements=birthDate")
    assert (wrong.status_code, "_elements=birthDate" in wrong.text) == (400, True)


def test_types_outside_the_scopes_are_left_out(athena: Athena) -> None:
    token = athena.token("system/Patient.rs system/Condition.rs")
    found = everything(athena, f"/Patient/{ADA}/$everything?_count=500", token)
    assert {name.partition("/")[0] for name in found} == {"Patient", "Condition"}


def test_another_patient_does_not_exist(athena: Athena) -> None:
    token = athena.token("patient/*.read", patient=ADA)
    assert everything(athena, f"/Patient/{ADA}/$everything", token)
    foreign, unknown = (athena.get(f"/Patient/{id}/$everything", token) for id in (BO, "a-500001.E-9999"))
    assert (foreign.status_code, foreign.text.replace(BO, "")) == (404, unknown.text.replace("a-500001.E-9999", ""))


@pytest.mark.parametrize("query", ["color=red", "start=yesterday", "_type=Nonsense", "_count=few", "cursor=abc"])
def test_what_it_does_not_know_is_refused_by_name(athena: Athena, query: str) -> None:
    answer = athena.get(f"/Patient/{ADA}/$everything?{query}")
    assert answer.status_code == 400
    assert query.partition("=")[0] in answer.text


def test_it_takes_parameters_by_post(athena: Athena) -> None:
    body = {"resourceType": "Parameters", "parameter": [{"name": "_type", "valueCode": "Condition"}]}
    answer = athena.send("POST", f"/fhir/r4/Patient/{ADA}/$everything", athena.token(), json=body)
    assert names(answer.get_json()) == everything(athena, f"/Patient/{ADA}/$everything?_type=Condition")
