"""Whose records a token reaches: ``system/``, ``user/`` of whoever signed in, ``patient/``, and several at once."""

import json
from typing import Any

import pytest

from mock_athena.clock import NANOSECONDS
from tests.mock_athena.web.in_process import ADA, BO, Athena, outcome
from tests.mock_athena.web.scopes.conftest import LAB, Asking, categories, provider, proxy
from tests.mock_athena.web.writes.writer import observation

BOTH = {f"Patient/{ADA}", f"Patient/{BO}"}
SENT = {"content_type": "application/fhir+json"}


def subjects(asking: Asking) -> set[str]:
    return {each["subject"]["reference"] for each in asking.found("Observation?_count=1000")}


def test_a_provider_sees_the_practice(athena: Athena) -> None:
    asking = provider(athena, "user/Observation.rs user/Group.rs")
    assert subjects(asking) == BOTH
    assert asking.total("Group") > 0
    assert asking.get("Patient?_count=1").status_code == 403


def test_a_patient_in_context_does_not_confine_user_scopes(athena: Athena) -> None:
    asking = provider(athena, "user/Observation.rs patient/Condition.rs", ADA)
    assert subjects(asking) == BOTH
    assert {each["subject"]["reference"] for each in asking.found("Condition?_count=1000")} == {f"Patient/{ADA}"}
    other = athena.get(f"/Condition?patient={BO}&_count=1").get_json()["entry"][0]["resource"]["id"]
    assert asking.get(f"Condition/{other}").status_code == 404


def test_both_contexts_on_one_type_add_up(athena: Athena) -> None:
    asking = provider(athena, f"user/Observation.rs?{LAB} patient/Observation.rs", ADA)
    found = asking.found("Observation?_count=1000")
    assert {each["subject"]["reference"] for each in found} == BOTH
    theirs = [each for each in found if each["subject"]["reference"] == f"Patient/{BO}"]
    assert all("laboratory" in categories(each) for each in theirs)
    own = [each for each in found if each not in theirs]
    assert len(own) == athena.get(f"/Observation?patient={ADA}&_summary=count").get_json()["total"]


@pytest.mark.parametrize(("patients", "seen"), [((ADA, BO), BOTH), ((BO,), {f"Patient/{BO}"}), ((), set())])
def test_a_proxy_sees_those_whom_it_acts_for(athena: Athena, patients: tuple[str, ...], seen: set[str]) -> None:
    asking = proxy(athena, "user/Observation.rs user/Patient.rs", patients)
    if not patients:
        assert asking.get("Observation?_count=1").status_code == 403
        return
    assert subjects(asking) == seen
    assert {f"Patient/{each['id']}" for each in asking.found("Patient")} == seen
    for id in (ADA, BO):
        assert asking.get(f"Patient/{id}").status_code == (200 if f"Patient/{id}" in seen else 404)


def test_a_patient_in_context_is_the_one_of_patient_scopes(athena: Athena) -> None:
    asking = proxy(athena, "patient/Observation.rs", (ADA, BO), BO)
    assert subjects(asking) == {f"Patient/{BO}"}


def test_a_patient_who_signed_in_is_all_that_user_means(athena: Athena) -> None:
    asking = Asking(athena, "user/*.rs", ADA, user=f"Patient/{ADA}", patients=(ADA,))
    assert subjects(asking) == {f"Patient/{ADA}"}
    assert asking.get(f"Patient/{BO}").status_code == 404


def test_without_a_patient_in_context_patient_scopes_reach_nothing(athena: Athena) -> None:
    answer = provider(athena, "patient/Observation.rs").get("Observation?_count=1")
    assert answer.status_code == 403
    assert "patient/Observation.rs is about the Patient in context, and there is none" in outcome(answer)["diagnostics"]


def test_nobody_who_did_not_sign_in_has_user_scopes(athena: Athena) -> None:
    answer = Asking(athena, "user/Observation.rs").get("Observation?_count=1")
    assert answer.status_code == 403
    assert "is about a user, and none signed in" in outcome(answer)["diagnostics"]


def test_a_provider_writes_for_all_and_a_proxy_for_its_own(athena: Athena) -> None:
    writer = provider(athena, "user/*.cruds")
    assert writer.send("POST", "Observation", json=observation(BO), **SENT).status_code == 201
    organization = writer.get("Organization?_count=1").get_json()["entry"][0]["resource"]
    assert writer.send("PUT", f"Organization/{organization['id']}", json=organization, **SENT).status_code == 200
    acting = proxy(athena, "user/*.cruds", (ADA,))
    assert acting.send("POST", "Observation", json=observation(ADA), **SENT).status_code == 201
    assert acting.send("POST", "Observation", json=observation(BO), **SENT).status_code == 422


@pytest.mark.parametrize("type", ["Practitioner", "Organization", "Slot"])
def test_a_patient_does_not_delete_what_is_nobodys(athena: Athena, type: str) -> None:
    own = Asking(athena, "patient/*.cruds", ADA)
    id = own.get(f"{type}?_count=1").get_json()["entry"][0]["resource"]["id"]
    answer = own.send("DELETE", f"{type}/{id}")
    assert (answer.status_code, outcome(answer)["code"]) == (403, "forbidden")
    assert own.get(f"{type}/{id}").status_code == 200


def test_an_export_of_a_provider_has_the_practice_and_of_a_proxy_its_patients(athena: Athena) -> None:
    for asking, seen in (
        (provider(athena, "user/Observation.rs", ADA), BOTH),
        (proxy(athena, "user/Observation.rs", (BO,)), {f"Patient/{BO}"}),
        (Asking(athena, "patient/Observation.rs", ADA), {f"Patient/{ADA}"}),
    ):
        assert {each["subject"]["reference"] for each in exported(asking)} == seen


def test_a_narrow_scope_narrows_the_export(athena: Athena) -> None:
    labs = Asking(athena, f"system/Observation.rs?{LAB}")
    found = exported(labs)
    assert len(found) == labs.total("Observation")
    assert all("laboratory" in categories(each) for each in found)


def test_nobody_downloads_more_than_the_token_reaches(athena: Athena) -> None:
    whole, part = Asking(athena, "system/Observation.rs"), Asking(athena, f"system/Observation.rs?{LAB}")
    url = files(whole)["Observation"]
    answer = athena.send("GET", url, part.token)
    assert (answer.status_code, "a part of Observation alone" in answer.text) == (403, True)
    assert athena.send("GET", files(part)["Observation"], whole.token).status_code == 200


def files(asking: Asking) -> dict[str, str]:
    """The URLs of an export's files by type."""
    headers = {"Accept": "application/fhir+json", "Prefer": "respond-async"}
    started = asking.get("$export", headers=headers)
    assert started.status_code == 202, started.text
    asking.athena.clock.advance(3 * NANOSECONDS)
    status = started.headers["Content-Location"].removeprefix("http://localhost")
    done = asking.athena.send("GET", status, asking.token)
    assert done.status_code == 200, done.text
    return {each["type"]: each["url"].removeprefix("http://localhost") for each in done.get_json()["output"]}


def exported(asking: Asking) -> list[dict[str, Any]]:
    answer = asking.athena.send("GET", files(asking)["Observation"], asking.token)
    return [json.loads(line) for line in answer.text.splitlines()]
