"""What ``/metadata`` answers, when, and to whom."""

import pytest
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.terminologycapabilities import TerminologyCapabilities

from tests.mock_athena.web.in_process import ADA, Athena, outcome


@pytest.mark.requirement("CAP-028")
def test_it_has_a_version_that_can_be_asked_for(athena: Athena) -> None:
    first = athena.send("GET", "/fhir/r4/metadata")
    assert first.headers["ETag"].startswith('W/"')
    again = athena.send("GET", "/fhir/r4/metadata", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    other = athena.send("GET", "/fhir/r4/sandbox/metadata", headers={"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200


@pytest.mark.requirement("CAP-029")
def test_it_has_modes(athena: Athena) -> None:
    full, normative, terminology = (
        athena.send("GET", f"/fhir/r4/metadata?mode={mode}").get_json() for mode in ("full", "normative", "terminology")
    )
    assert full == athena.send("GET", "/fhir/r4/metadata").get_json()
    CapabilityStatement.model_validate(normative)
    assert [row["type"] for row in normative["rest"][0]["resource"]] == [r["type"] for r in full["rest"][0]["resource"]]
    assert "security" not in normative["rest"][0]
    assert not [row for row in normative["rest"][0]["resource"] if {"supportedProfile", "versioning"} & set(row)]
    TerminologyCapabilities.model_validate(terminology)
    assert terminology["implementation"] == full["implementation"]


@pytest.mark.parametrize("query", ["mode=all", "mode=", "mode=full&mode=full"])
def test_another_mode_is_refused(athena: Athena, query: str) -> None:
    answer = athena.send("GET", f"/fhir/r4/metadata?{query}")
    assert (answer.status_code, outcome(answer)["expression"] if query != "mode=" else ["mode"]) == (400, ["mode"])


def test_it_can_be_had_in_part(athena: Athena) -> None:
    part = athena.send("GET", "/fhir/r4/metadata?_elements=fhirVersion").get_json()
    assert part["fhirVersion"] == "4.0.1"
    assert "rest" not in part
    assert part["meta"]["tag"][0]["code"] == "SUBSETTED"


@pytest.mark.requirement("CAP-016", "CAP-032")
def test_what_it_says_of_reading_is_so(athena: Athena) -> None:
    rows = {row["type"]: row for row in athena.get("/metadata").get_json()["rest"][0]["resource"]}
    row = rows["Patient"]
    codes = {interaction["code"] for interaction in row["interaction"]}
    assert {"read", "vread", "history-instance", "history-type", "search-type"} <= codes
    assert (row["conditionalRead"], row["readHistory"], row["versioning"][:9]) == ("full-support", True, "versioned")
    etag = athena.get(f"/Patient/{ADA}").headers["ETag"]
    assert athena.get(f"/Patient/{ADA}", headers={"If-None-Match": etag}).status_code == 304
    assert athena.get(f"/Patient/{ADA}/_history/1").status_code == 200
    assert {"history-type", "search-type"} & {each["code"] for each in rows["Binary"]["interaction"]} == set()
