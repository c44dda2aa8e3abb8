"""POST of a resource: where it is afterwards, what is answered, and that everything finds it."""

import json
from email.utils import parsedate_to_datetime

import pytest

from mock_athena.clock import NANOSECONDS
from tests.mock_athena.web.conftest import MakeAthena
from tests.mock_athena.web.in_process import ADA, Athena, outcome
from tests.mock_athena.web.writes.writer import Writer, issues, observation, patient


@pytest.mark.requirement("ERR-014")
def test_what_is_created_is_told_where_it_is(writer: Writer) -> None:
    answer = writer.send("POST", "Observation", observation())
    created = answer.get_json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"http://localhost/fhir/r4/Observation/{created['id']}/_history/1"
    assert answer.headers["ETag"] == 'W/"1"'
    assert created["meta"]["versionId"] == "1"
    assert (
        parsedate_to_datetime(answer.headers["Last-Modified"]).isoformat()[:19] == created["meta"]["lastUpdated"][:19]
    )
    assert list(created)[:3] == ["resourceType", "id", "meta"]


def test_it_can_be_read_and_searched(writer: Writer) -> None:
    id = writer.create(observation())["id"]
    assert writer.get(f"Observation/{id}").get_json()["id"] == id
    for search in (f"_id={id}", f"patient={ADA}&date=2026-03-01", "code=http://loinc.org|8867-4&date=2026-03-01"):
        found = writer.get(f"Observation?{search}").get_json()
        assert id in [each["resource"]["id"] for each in found["entry"]], search


def test_the_server_gives_the_id_and_meta(writer: Writer) -> None:
    body = patient("New", id="mine", meta={"versionId": "7", "lastUpdated": "2001-01-01T00:00:00Z", "source": "urn:s"})
    first, second = writer.create(body), writer.create(body)
    assert len({first["id"], second["id"], "mine"}) == 3
    assert first["meta"]["versionId"] == "1"
    assert first["meta"]["lastUpdated"] > "2002"
    assert first["meta"]["source"] == "urn:s"


def test_ids_are_the_same_at_every_start(make_athena: MakeAthena) -> None:
    ids = [Writer(make_athena(limits="off")).create(patient("New"))["id"] for _ in range(2)]
    assert ids[0] == ids[1]
    assert ids[0].startswith("a-500001.new-")


def test_decimals_keep_their_digits(writer: Writer) -> None:
    text = json.dumps(observation(valueQuantity={"value": 1})).replace('"value": 1}', '"value": 1.10}')
    answer = writer.send("POST", "Observation", text)
    assert '"value":1.10' in writer.get(f"Observation/{answer.get_json()['id']}").text


@pytest.mark.parametrize(
    ("prefer", "told"),
    [("return=minimal", ""), ("return=representation", "Observation"), ("return=OperationOutcome", "OperationOutcome")],
)
def test_prefer_says_what_is_answered(writer: Writer, prefer: str, told: str) -> None:
    answer = writer.send("POST", "Observation", observation(), {"Prefer": prefer})
    assert answer.status_code == 201
    assert (json.loads(answer.data)["resourceType"] if answer.data else "") == told
    assert ("Content-Type" in answer.headers) == bool(told)
    assert answer.headers["ETag"] == 'W/"1"'


def test_an_outcome_tells_of_warnings(writer: Writer) -> None:
    body = observation(focus=[{"reference": "Media/1"}, {"reference": "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"}])
    answer = writer.send("POST", "Observation", body, {"Prefer": "return=OperationOutcome"})
    assert [each["severity"] for each in issues(answer)] == ["information", "warning", "warning"]


def test_references_below_our_own_base_are_kept_without_it(athena: Athena, writer: Writer) -> None:
    body = observation(subject={"reference": f"http://localhost/fhir/r4/Patient/{ADA}"})
    created = writer.create(body)
    assert created["subject"]["reference"] == f"Patient/{ADA}"
    assert writer.total(f"Observation?patient={ADA}&_id={created['id']}") == 1


def test_urls_of_our_documents_follow_the_name_that_we_are_reached_by(athena: Athena, writer: Writer) -> None:
    report = writer.get("DiagnosticReport/report_123").get_json()
    created = writer.create(report)
    assert created["presentedForm"] == report["presentedForm"]
    elsewhere = athena.get(f"/DiagnosticReport/{created['id']}", headers={"Host": "ehr.test"}).get_json()
    assert elsewhere["presentedForm"][0]["url"].startswith("http://ehr.test/documents/")


def test_another_type_than_that_of_the_path_is_refused(writer: Writer) -> None:
    answer = writer.send("POST", "Observation", patient("X"))
    assert (answer.status_code, outcome(answer)["expression"]) == (400, ["Observation.resourceType"])


def test_a_type_that_is_not_served_is_not_found(writer: Writer) -> None:
    assert writer.send("POST", "Claim", {"resourceType": "Claim"}).status_code == 404


def test_parameters_that_would_be_ignored_are_refused(writer: Writer) -> None:
    answer = writer.send("POST", "Patient?identifier=x", patient("X"))
    assert (answer.status_code, outcome(answer)["expression"]) == (400, ["identifier"])
    assert writer.send("POST", "Patient?_format=json", patient("X")).status_code == 201


def test_whoever_takes_no_json_has_written_nothing(writer: Writer) -> None:
    before = writer.total("Patient")
    assert writer.send("POST", "Patient", patient("X"), {"Accept": "application/fhir+xml"}).status_code == 406
    assert writer.total("Patient") == before


def test_scopes_are_asked(athena: Athena) -> None:
    reader = Writer(athena, "system/*.read")
    answer = reader.send("POST", "Patient", patient("X"))
    assert answer.status_code == 403
    assert "system/Patient.c" in outcome(answer)["diagnostics"]
    assert Writer(athena, "system/Patient.c").send("POST", "Patient", patient("X")).status_code == 201


def test_it_is_exported_but_not_by_an_export_that_runs(athena: Athena, writer: Writer) -> None:
    def kick_off() -> str:
        headers = {"Accept": "application/fhir+json", "Prefer": "respond-async"}
        answer = writer.send("GET", "Patient/$export?_type=Observation", headers=headers)
        return answer.headers["Content-Location"].partition("/fhir/r4/")[2]

    running = kick_off()
    id = writer.create(observation())["id"]
    later = kick_off()
    athena.clock.advance(10 * NANOSECONDS)
    seen = []
    for job in (running, later):
        (file,) = writer.get(job).get_json()["output"]
        lines = writer.get(file["url"].partition("/fhir/r4/")[2]).text.splitlines()
        assert len(lines) == file["count"]
        seen.append(id in [json.loads(line)["id"] for line in lines])
    assert seen == [False, True]


def test_the_other_environment_does_not_see_it(athena: Athena, writer: Writer) -> None:
    id = writer.create(patient("X"))["id"]
    assert athena.send("GET", f"/fhir/r4/sandbox/Patient/{id}", writer.token).status_code == 404


def test_a_reset_undoes_it(athena: Athena, writer: Writer) -> None:
    id = writer.create(patient("X"))["id"]
    assert athena.control("POST", "reset").status_code == 200
    assert writer.get(f"Patient/{id}").status_code == 404
