"""A granular scope shows what meets its search, wherever it is asked for, and nothing else."""

from typing import Any

import pytest

from tests.mock_athena.web.in_process import ADA, BO, Athena, outcome
from tests.mock_athena.web.scopes.conftest import LAB, VITAL, Asking, categories
from tests.mock_athena.web.writes.writer import observation

LABS, VITALS = {"laboratory"}, {"vital-signs"}


@pytest.fixture
def everybody(athena: Athena) -> Asking:
    return Asking(athena, "system/*.cruds")


@pytest.fixture
def labs(athena: Athena) -> Asking:
    return Asking(
        athena, f"system/Observation.rs?{LAB} system/Patient.rs system/Provenance.rs system/DiagnosticReport.rs"
    )


@pytest.fixture
def vital(everybody: Asking) -> str:
    """The id of a vital sign."""
    return str(everybody.get(f"Observation?patient={ADA}&{VITAL}&_count=1").get_json()["entry"][0]["resource"]["id"])


@pytest.fixture
def lab(everybody: Asking) -> str:
    return str(everybody.get(f"Observation?patient={ADA}&{LAB}&_count=1").get_json()["entry"][0]["resource"]["id"])


@pytest.mark.requirement("SMA-076")
def test_a_search_finds_what_meets_it(athena: Athena, everybody: Asking, labs: Asking) -> None:
    found = labs.found("Observation?_count=1000")
    assert all(categories(each) & LABS for each in found)
    assert len(found) == labs.total("Observation") == everybody.total(f"Observation?{LAB}") > 0
    assert labs.total(f"Observation?{VITAL}") == labs.total("Observation?category=vital-signs") == 0
    posted = labs.send("POST", "Observation/_search", data={"category": "vital-signs"})
    assert posted.get_json()["total"] == 0


@pytest.mark.requirement("SMA-077")
def test_several_scopes_add_up(athena: Athena, everybody: Asking) -> None:
    both = Asking(athena, f"system/Observation.rs?{LAB} system/Observation.rs?{VITAL}")
    assert both.total("Observation") == everybody.total(f"Observation?{LAB},{VITAL.removeprefix('category=')}")
    assert {frozenset(categories(each) & (LABS | VITALS)) for each in both.found("Observation?_count=1000")} == {
        frozenset(LABS),
        frozenset(VITALS),
    }
    whole = Asking(athena, f"system/Observation.rs?{LAB} system/Observation.rs")
    assert whole.total("Observation") == everybody.total("Observation")


def test_all_parameters_of_a_scope_must_be_met(athena: Athena, everybody: Asking) -> None:
    one = Asking(athena, f"system/Observation.rs?{LAB}&patient=Patient/{ADA}&status=final,amended")
    assert one.total("Observation") == everybody.total(f"Observation?{LAB}&patient={ADA}&status=final,amended") > 0


def test_each_right_has_its_own_search(athena: Athena, vital: str, lab: str) -> None:
    mixed = Asking(athena, f"system/Observation.r system/Observation.s?{LAB}")
    assert [mixed.get(f"Observation/{id}").status_code for id in (vital, lab)] == [200, 200]
    assert all(categories(each) & LABS for each in mixed.found("Observation?_count=1000"))


@pytest.mark.requirement("SMA-076")
@pytest.mark.parametrize("path", ["Observation/{}", "Observation/{}/_history", "Observation/{}/_history/1"])
def test_what_does_not_meet_it_is_as_unknown_as_what_is_not_there(
    athena: Athena, labs: Asking, vital: str, lab: str, path: str
) -> None:
    assert labs.get(path.format(lab)).status_code == 200
    hidden, unknown = labs.get(path.format(vital)), labs.get(path.format("nothing"))
    assert hidden.status_code == unknown.status_code == 404
    assert hidden.text == unknown.text.replace("nothing", vital)
    assert "exists, out of reach" in athena.journal()[-2].reason
    assert athena.last_reason().startswith("no ")


def test_a_conditional_read_tells_no_more(labs: Asking, vital: str) -> None:
    assert labs.get(f"Observation/{vital}", headers={"If-None-Match": 'W/"1"'}).status_code == 404


def test_the_history_of_the_type_shows_what_met_it(labs: Asking, everybody: Asking, vital: str) -> None:
    changed = everybody.get(f"Observation/{vital}").get_json()
    everybody.send(
        "PUT", f"Observation/{vital}", json={**changed, "status": "amended"}, content_type="application/json"
    )
    everybody.send("DELETE", f"Observation/{vital}")
    told = labs.get("Observation/_history?_count=500").get_json()
    assert told["total"] == labs.total("Observation")
    assert vital not in str(told)
    gone, never = labs.get(f"Observation/{vital}"), labs.get("Observation/nothing")
    assert (gone.status_code, never.status_code) == (404, 404)


def test_nothing_else_comes_along(everybody: Asking, labs: Asking) -> None:
    for search in (
        f"Patient?_id={ADA}&_revinclude=Observation:patient",
        f"Provenance?patient={ADA}&_include=Provenance:target&_count=1000",
        f"DiagnosticReport?patient={ADA}&_include=DiagnosticReport:result&_count=1000",
        f"Patient/{ADA}/$everything?_count=1000",
    ):
        met = [each for each in labs.found(search) if each["resourceType"] == "Observation"]
        assert all(categories(each) & LABS for each in met), search
        assert met or "Provenance" in search
        other = [each for each in everybody.found(search) if each["resourceType"] == "Observation"]
        assert len(other) >= len(met)


def test_chains_are_no_oracle(everybody: Asking, labs: Asking, vital: str) -> None:
    code = everybody.get(f"Observation/{vital}").get_json()["code"]["coding"][0]["code"]
    for search in (
        f"Patient?_has:Observation:patient:code={code}",
        f"Patient?_has:Observation:patient:_id={vital}",
        f"Provenance?target:Observation._id={vital}",
        f"Provenance?target:Observation.code={code}",
    ):
        assert (everybody.total(search) > 0) >= (labs.total(search) > 0)
        assert labs.total(search) == 0, search
    assert labs.total("Patient?_has:Observation:patient:category=laboratory") == 2


@pytest.mark.parametrize("kind", ["batch", "transaction"])
def test_entries_of_a_bundle_are_confined_too(labs: Asking, vital: str, lab: str, kind: str) -> None:
    def bundle(*urls: str) -> Any:
        entries = [{"request": {"method": "GET", "url": url}} for url in urls]
        body = {"resourceType": "Bundle", "type": kind, "entry": entries}
        return labs.send("POST", "", json=body, content_type="application/fhir+json")

    if kind == "batch":
        told = bundle(f"Observation/{lab}", f"Observation/{vital}", "Observation?_summary=count").get_json()["entry"]
        assert [each["response"]["status"][:3] for each in told] == ["200", "404", "200"]
        assert told[2]["resource"]["total"] == labs.total("Observation")
    else:
        assert bundle(f"Observation/{lab}").status_code == 200
        refused = bundle(f"Observation/{vital}")
        assert (refused.status_code, "is not known here" in refused.text) == (404, True)


def test_what_is_written_must_meet_it(athena: Athena, everybody: Asking, vital: str) -> None:
    writer = Asking(athena, f"system/Observation.cuds?{LAB} system/Observation.r")
    concept = {"coding": [{"system": LAB.partition("=")[2].rpartition("|")[0], "code": "laboratory"}]}
    sent = {"content_type": "application/fhir+json"}
    refused = writer.send("POST", "Observation", json=observation(ADA), **sent)
    assert (refused.status_code, outcome(refused)["code"]) == (403, "forbidden")
    assert f"by system/Observation.cuds?{LAB} alone" in refused.text
    created = writer.send("POST", "Observation", json=observation(ADA, category=[concept]), **sent)
    assert created.status_code == 201, created.text
    made = created.get_json()
    moved = writer.send("PUT", f"Observation/{made['id']}", json={**made, "category": []}, **sent)
    assert moved.status_code in (403, 422)
    assert writer.get(f"Observation/{made['id']}").get_json()["meta"]["versionId"] == "1"
    theirs = everybody.get(f"Observation/{vital}").get_json()
    for answer in (
        writer.send("PUT", f"Observation/{vital}", json=theirs, **sent),
        writer.send("DELETE", f"Observation/{vital}"),
    ):
        assert (answer.status_code, outcome(answer)["code"]) == (403, "forbidden")
    assert writer.send("DELETE", f"Observation?_id={vital}").status_code == 204  # it matches nothing
    assert everybody.get(f"Observation/{vital}").status_code == 200
    assert writer.send("DELETE", f"Observation/{made['id']}").status_code == 204


def test_what_may_not_be_read_is_written_as_if_it_were_not_there(athena: Athena, vital: str) -> None:
    blind = Asking(athena, f"system/Observation.cruds?{LAB}")
    told = [
        blind.send(method, f"Observation/{id}", json=observation(ADA, id=id), content_type="application/fhir+json")
        for method in ("PUT", "DELETE")
        for id in (vital, "nothing")
    ]
    assert {each.status_code for each in told} == {404}
    assert told[0].text == told[1].text.replace("nothing", vital)
    assert told[2].text == told[3].text.replace("nothing", vital)


def test_a_search_of_every_type_is_kept_by_all(athena: Athena, everybody: Asking) -> None:
    tagged = observation(ADA, meta={"tag": [{"system": "urn:t", "code": "shown"}]})
    assert everybody.send("POST", "Observation", json=tagged, content_type="application/fhir+json").status_code == 201
    shown = Asking(athena, "system/*.rs?_tag=urn:t|shown")
    assert (shown.total("Observation"), shown.total("Patient")) == (1, 0)
    assert shown.get(f"Patient/{ADA}").status_code == 404


@pytest.mark.requirement("SMA-075")
def test_a_patients_scope_is_confined_to_both(athena: Athena, vital: str, lab: str) -> None:
    own = Asking(athena, f"patient/Observation.rs?{LAB}", ADA)
    other = Asking(athena, f"patient/Observation.rs?{LAB}", BO)
    assert [own.get(f"Observation/{id}").status_code for id in (lab, vital)] == [200, 404]
    assert other.get(f"Observation/{lab}").status_code == 404
    subjects = {each["subject"]["reference"] for each in own.found("Observation?_count=1000")}
    assert subjects == {f"Patient/{ADA}"}
    assert own.total(f"Observation?patient={BO}") == 0


def test_what_is_not_understood_grants_nothing(athena: Athena) -> None:
    odd = Asking(athena, "system/Observation.rs?frob=1 system/Patient.rs")
    assert odd.get("Observation?_count=1").status_code == 403
