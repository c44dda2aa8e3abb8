"""A 404 says what is wrong: the type, the id, its form, the operation, the base URL."""

import pytest

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


def test_a_search_of_too_many_values_says_how_many_are_taken(athena: Athena) -> None:
    values = ",".join(f"n{number}" for number in range(501))
    answer = athena.get(f"/Patient?name={values}")
    assert (answer.status_code, outcome(answer)["expression"]) == (400, ["name"])
    assert "500 at most" in outcome(answer)["diagnostics"]
    most = athena.get("/Patient?name=" + ",".join(["x"] * 500))
    assert most.status_code == 200


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
