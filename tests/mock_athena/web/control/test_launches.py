"""Launches in the control API, and what an application that was launched is told beside its token."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.mock_athena.web.in_process import ADA, BO, Athena
from tests.mock_athena.web.portal.visitor import CALLBACK, ORIGIN, VERIFIER, asked

DOCTOR = "a-500001.Provider-1"


@pytest.fixture
def athena(make_athena: Any) -> Athena:
    made: Athena = make_athena(auto_approve=True)
    return made


def redeemed(athena: Athena, **changes: str) -> dict[str, Any]:
    redirect = athena.send("GET", "/oauth2/v1/authorize", query_string=asked() | changes)
    told = parse_qs(urlsplit(redirect.location).query)
    sent = {"grant_type": "authorization_code", "client_id": "mock-public", "code": told["code"][0]}
    answer = athena.send("POST", "/oauth2/v1/token", data=sent | {"redirect_uri": CALLBACK, "code_verifier": VERIFIER})
    found: dict[str, Any] = answer.get_json()
    return found


@pytest.mark.requirement("SMA-053", "SMA-054", "SMA-055", "SMA-057")
def test_a_launch_brings_its_context(athena: Athena) -> None:
    encounter = athena.get(f"/Encounter?patient={ADA}&_count=1").get_json()["entry"][0]["resource"]["id"]
    context = {
        "patient": ADA, "encounter": encounter, "need_patient_banner": False, "intent": "reconcile-medications",
        "tenant": "t-1", "smart_style_url": "https://ehr.test/s.json",
        "fhirContext": [
            {"reference": "ImagingStudy/1"},
            {"identifier": {"system": "urn:s", "value": "1"}, "type": "Task", "role": "launch"},
            {"canonical": "https://ehr.test/Questionnaire/1|2"},
        ],
    }  # fmt: skip
    answer = athena.control("POST", "launches", {"client_id": "mock-public", "user": DOCTOR, **context})
    assert answer.status_code == 201, answer.text
    started = answer.get_json()
    assert (started["iss"], started["user"], started["expires_in"]) == (f"{ORIGIN}/fhir/r4", DOCTOR, 300)
    scope = "launch openid fhirUser user/*.rs"
    told = redeemed(athena, launch=started["launch"], aud=started["iss"], scope=scope)
    assert {name: told[name] for name in context} == context
    assert told["ah_practice"] == "a-1.Practice-500001"
    seen = athena.send(
        "POST", "/oauth2/v1/introspect", data={"token": told["access_token"], "client_id": "mock-public"}
    ).get_json()
    for name in ("patient", "encounter", "intent", "tenant", "fhirContext", "need_patient_banner"):
        assert seen[name] == context[name]
    assert seen["fhirUser"] == f"{ORIGIN}/fhir/r4/Practitioner/{DOCTOR}"


def test_without_a_user_a_provider_launches_and_the_application_may_say_where(athena: Athena) -> None:
    athena.control("PUT", "clients/mock-public", athena.control("GET", "clients/mock-public").get_json()
                   | {"initiate_login_uri": "https://app.example/launch?x=1"})  # fmt: skip
    started = athena.control("POST", "launches", {"client_id": "mock-public", "environment": "sandbox"}).get_json()
    assert started["user"].startswith("a-195900.Provider-")
    sent = parse_qs(urlsplit(started["launch_url"]).query)
    assert sent == {"x": ["1"], "iss": [f"{ORIGIN}/fhir/r4/sandbox"], "launch": [started["launch"]]}


@pytest.mark.parametrize(
    ("sent", "status", "told"),
    [
        ({}, 400, "client_id is missing"),
        ({"client_id": "nobody"}, 404, "no client"),
        ({"client_id": "mock-public", "pateint": ADA}, 400, "unknown: pateint"),
        ({"client_id": "mock-public", "patient": "nobody"}, 400, "expected the id of a Patient"),
        ({"client_id": "mock-public", "user": ADA, "patient": BO}, 400, "whom the user may see"),
        ({"client_id": "mock-public", "patient": ADA, "encounter": "none"}, 400, "an Encounter of the patient"),
        ({"client_id": "mock-public", "encounter": "none"}, 400, "an Encounter of the patient"),
        ({"client_id": "mock-public", "user": "nobody"}, 400, "nobody of that name"),
        ({"client_id": "mock-public", "environment": "moon"}, 400, "expected one of production, sandbox"),
        ({"client_id": "mock-public", "fhirContext": ["x"]}, 400, "array of objects"),
        ({"client_id": "mock-public", "fhirContext": [{"role": "launch"}]}, 400, "one or more of reference"),
        ({"client_id": "mock-public", "fhirContext": [{"reference": 5}]}, 400, "array of objects"),
        ({"client_id": "mock-public", "need_patient_banner": "yes"}, 400, "true or false"),
        ({"client_id": 5}, 400, "are texts"),
    ],
)
def test_what_cannot_be_launched_is_told(athena: Athena, sent: dict[str, Any], status: int, told: str) -> None:
    answer = athena.control("POST", "launches", sent)
    assert answer.status_code == status
    assert told in answer.get_json()["error"]


@pytest.mark.parametrize("practice", ["a-1.Practice-195900", "another name"])
def test_what_a_launch_calls_the_practice_opens_no_other_environment(athena: Athena, practice: str) -> None:
    started = athena.control("POST", "launches", {"client_id": "mock-public", "user": DOCTOR, "practice": practice})
    told = redeemed(athena, launch=started.get_json()["launch"], scope="launch user/*.rs")
    assert told["ah_practice"] == practice
    bearer = {"Authorization": f"Bearer {told['access_token']}"}
    statuses = [
        athena.send("GET", f"{base}/Patient?_count=1", headers=bearer).status_code
        for base in ("/fhir/r4", "/fhir/r4/sandbox")
    ]
    assert statuses == [200, 403]
