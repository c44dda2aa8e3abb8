"""A 404 says what is wrong: the type, the id, its form, the operation, the base URL."""

import pytest
from werkzeug.test import TestResponse

from tests.mock_athena.web.in_process import Athena, outcome


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/Patient/$foo", 404, r"$export"),
        ("/$foo", 404, "$export"),
        ("/bulkdata/Patient.ndjson", 404, "bulkdata/{job}/{type}.ndjson"),
        ("/bulkstatus", 404, "bulkstatus/{job}"),
        ("/Patient/bad%20id", 404, "no FHIR id"),
        ("/Patient/" + "x" * 65, 404, "no FHIR id"),
        ("/Patient/unknown", 404, "check the id"),
        ("/patient/a", 404, "case sensitive"),
        ("/Patient/_search", 405, "POST"),
    ],
)
def test_the_answer_names_the_right_problem(athena: Athena, path: str, status: int, told: str) -> None:
    answer = athena.get(path)
    assert answer.status_code == status
    assert told in outcome(answer)["diagnostics"]


@pytest.mark.parametrize("name", ["_count", "cursor"])
def test_a_control_parameter_is_given_once(athena: Athena, name: str) -> None:
    answer = athena.get(f"/Patient?{name}=2&{name}=3")
    assert (answer.status_code, outcome(answer)["expression"]) == (400, [name])


@pytest.mark.parametrize(
    ("type", "name", "value"),
    [
        ("Patient", "name", "x"),
        ("Patient", "name:contains", "x"),
        ("Patient", "birthdate", "ge1900"),
        ("Patient", "_lastUpdated", "ge2000"),
        ("Patient", "_id", "x"),
        ("Observation", "date", "ne1900"),
        ("Observation", "code", "http://x|"),
        ("Observation", "code", "http://x|1"),
        ("Observation", "patient", "x"),
        ("Observation", "encounter", "x"),
    ],
)
def test_the_largest_search_is_answered_and_a_larger_one_refused(
    athena: Athena, type: str, name: str, value: str
) -> None:
    def asked(count: int) -> TestResponse:
        form = f"{name}={','.join([value] * count)}"
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return athena.send("POST", f"/fhir/r4/{type}/_search", athena.token(), headers=headers, data=form)

    assert asked(300).status_code == 200
    answer = asked(301)
    assert (answer.status_code, outcome(answer)["expression"]) == (400, [name])
    assert "300 in all at most" in outcome(answer)["diagnostics"]


def test_many_parameters_with_many_values_are_answered(athena: Athena) -> None:
    query = "&".join(["date=ge1900,ge1901,ge1902,ge1903,ge1904,ge1905"] * 50)
    assert athena.get(f"/Observation?{query}").status_code == 200
    assert athena.get("/Observation?" + "&".join(["date=ge1900"] * 51)).status_code == 400


@pytest.mark.parametrize("path", ["/Patient/", "/Patient/?_count=1", "/Patient/a-500001.E-1/", "/metadata/"])
def test_a_slash_at_the_end_changes_nothing(athena: Athena, path: str) -> None:
    assert athena.get(path).status_code == 200


@pytest.mark.parametrize(
    "base",
    [
        "http://localhost/fhir/r4",
        "http://127.0.0.1/fhir/r4",
        "http://[::1]/fhir/r4",
        "https://api.platform.athenahealth.com/fhir/r4",
    ],
)
def test_an_absolute_reference_may_spell_our_host_in_any_way(athena: Athena, base: str) -> None:
    found = athena.get(f"/Observation?patient={base}/Patient/a-500001.E-1&_count=0").get_json()
    assert found["total"] > 0


@pytest.mark.parametrize("base", ["http://localhost/fhir/r4/sandbox", "https://elsewhere.test/fhir/r4"])
def test_an_absolute_reference_to_another_base_finds_nothing(athena: Athena, base: str) -> None:
    found = athena.get(f"/Observation?patient={base}/Patient/a-500001.E-1").get_json()
    assert found["total"] == 0
