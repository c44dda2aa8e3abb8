"""Without a patient's token, every read and search must say in which practice it is meant."""

from typing import Any

import pytest

from tests.mock_athena.web.in_process import ADA, Athena

ORGANIZATION = "Organization/a-1.Practice-500001"
ADVICE = f"Add the parameter ah-practice, such as ah-practice={ORGANIZATION}"
FORM = "application/x-www-form-urlencoded"


def router(text: str) -> dict[str, Any]:
    """An outcome of the router, whose details are a mere string."""
    issue = {"severity": "error", "code": "business-rule", "details": text}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


@pytest.mark.parametrize("path", [f"/Patient/{ADA}", f"/Observation?patient={ADA}", "/Binary/x"])
def test_without_it_400(real: Athena, path: str) -> None:
    answer = real.get(path)
    assert (answer.status_code, answer.content_type) == (400, "application/fhir+json; charset=utf-8")
    assert answer.get_json() == router(f"The practice of this request is not known. {ADVICE}")
    assert "X-Athenanet-Practice-Id" not in answer.headers
    assert real.last_reason() == (
        f"ah-practice is missing, which a token that is no patient's needs; expected {ORGANIZATION}"
    )


@pytest.mark.parametrize(
    "given",
    [f"ah-practice={ORGANIZATION}", "ah-practice=a-1.Practice-500001", "ah-practice:Organization=a-1.Practice-500001"],
)
@pytest.mark.parametrize("path", [f"/Patient/{ADA}?", f"/Observation?patient={ADA}&_count=1&"])
def test_three_forms_are_taken(real: Athena, path: str, given: str) -> None:
    answer = real.get(path + given)
    assert answer.status_code == 200, answer.text
    if "?patient" in path:
        links = {each["relation"]: each["url"] for each in answer.get_json()["link"]}
        assert links["self"] == f"http://localhost/fhir/r4/Observation?patient={ADA}&_count=1&{given}"


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ("ah-practice=500001", "500001"),
        ("ah-practice=Practice-500001", "Practice-500001"),
        ("ah-practice=", ""),
        ("ah-practice:Organization=" + ORGANIZATION, ORGANIZATION),
        ("ah-practice:Patient=a-1.Practice-500001", "a-1.Practice-500001"),
        ("ah-practice=Organization/a-1.Practice-195900", "Organization/a-1.Practice-195900"),
    ],
)
def test_others_are_refused(real: Athena, given: str, named: str) -> None:
    for path in (f"/Patient/{ADA}?", f"/Observation?patient={ADA}&"):
        answer = real.get(path + given)
        assert answer.status_code == 400
        assert answer.get_json() == router(f"The practice {named} is not known. {ADVICE}")
        assert "is not the practice of this environment, " + ORGANIZATION in real.last_reason()


def test_each_environment_is_a_practice_of_its_own(real: Athena) -> None:
    path = "/fhir/r4/sandbox/Patient/a-195900.E-1?ah-practice=a-1.Practice-"
    assert real.send("GET", f"{path}195900", real.token()).status_code == 200
    assert real.send("GET", f"{path}500001", real.token()).status_code == 400


def test_a_form_may_say_it(real: Athena) -> None:
    form = {"patient": ADA, "_count": "1", "ah-practice": ORGANIZATION}
    for data, status in ((form, 200), ({"patient": ADA}, 400)):
        answer = real.send("POST", "/fhir/r4/Observation/_search", real.token(), data=data, content_type=FORM)
        assert answer.status_code == status, answer.text


def test_a_patients_token_says_it_itself_and_must_not_be_contradicted(real: Athena) -> None:
    token = real.token("patient/*.read", patient=ADA)
    assert real.get(f"/Patient/{ADA}", token).status_code == 200
    assert real.get(f"/Observation?patient={ADA}&ah-practice={ORGANIZATION}", token).status_code == 200
    assert real.get(f"/Patient/{ADA}?ah-practice=a-1.Practice-195900", token).status_code == 400


@pytest.mark.parametrize("path", ["/metadata", "/.well-known/smart-configuration"])
def test_discovery_needs_none(real: Athena, path: str) -> None:
    assert real.send("GET", f"/fhir/r4{path}").status_code == 200


def test_the_mission_does_not_know_it(athena: Athena) -> None:
    bundle = athena.get(f"/Observation?patient={ADA}&ah-practice=500001").get_json()
    assert "ah-practice" not in bundle["link"][0]["url"]
