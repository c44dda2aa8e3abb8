"""PUT: new versions, If-Match, and what is not there yet."""

import pytest

from tests.mock_athena.web.conftest import MakeAthena
from tests.mock_athena.web.in_process import ADA, Athena, outcome
from tests.mock_athena.web.writes.writer import Writer, issues, observation, patient


def test_an_update_is_a_new_version_also_of_the_same(writer: Writer) -> None:
    created = writer.create(patient("X"))
    answer = writer.put(created)
    assert (answer.status_code, answer.headers["ETag"]) == (200, 'W/"2"')
    assert "Location" not in answer.headers
    updated = answer.get_json()
    assert updated["meta"]["lastUpdated"] > created["meta"]["lastUpdated"]
    assert {**updated, "meta": 0} == {**created, "meta": 0}
    assert writer.get(f"Patient/{created['id']}").headers["ETag"] == 'W/"2"'


def test_a_search_sees_the_new_version_only(writer: Writer) -> None:
    created = writer.create(patient("Before"))
    assert writer.put({**created, "name": [{"family": "After"}]}).status_code == 200
    assert (writer.total("Patient?family=Before"), writer.total("Patient?family=After")) == (0, 1)


@pytest.mark.requirement("ERR-014")
@pytest.mark.parametrize("tag", ['W/"1"', '"1"', 'W/"7", W/"1"', "*"])
def test_if_match_of_the_current_version_holds(writer: Writer, tag: str) -> None:
    created = writer.create(patient("X"))
    assert writer.put(created, {"If-Match": tag}).status_code == 200


@pytest.mark.requirement("ERR-014")
def test_if_match_of_another_version_fails_and_writes_nothing(writer: Writer) -> None:
    created = writer.create(patient("X"))
    writer.put(created)
    answer = writer.put({**created, "name": [{"family": "Lost"}]}, {"If-Match": 'W/"1"'})
    assert (answer.status_code, outcome(answer)["code"]) == (412, "conflict")
    assert 'W/"2"' in outcome(answer)["diagnostics"]
    assert writer.total("Patient?family=Lost") == 0


@pytest.mark.parametrize("tag", ["1", 'W/"1', "x", ", "])
def test_a_malformed_if_match_is_said_to_be_so(writer: Writer, tag: str) -> None:
    answer = writer.put(writer.create(patient("X")), {"If-Match": tag})
    assert (answer.status_code, outcome(answer)["expression"]) == (400, ["If-Match"])


def test_what_is_not_there_is_created_under_the_clients_id(writer: Writer) -> None:
    answer = writer.put(patient("X", id="my-own.id"))
    assert (answer.status_code, answer.headers["ETag"]) == (201, 'W/"1"')
    assert answer.headers["Location"].endswith("/Patient/my-own.id/_history/1")
    assert writer.get("Patient/my-own.id").status_code == 200


def test_if_match_of_what_is_not_there_fails(writer: Writer) -> None:
    assert writer.put(patient("X", id="new"), {"If-Match": 'W/"1"'}).status_code == 412
    assert writer.get("Patient/new").status_code == 404


def test_if_none_match_any_creates_only(writer: Writer) -> None:
    headers = {"If-None-Match": "*"}
    assert writer.put(patient("X", id="once"), headers).status_code == 201
    assert writer.put(patient("X", id="once"), headers).status_code == 412


def test_where_updates_do_not_create_it_is_refused(make_athena: MakeAthena) -> None:
    writer = Writer(make_athena(limits="off", update_as_create=False))
    answer = writer.put(patient("X", id="new"))
    assert (answer.status_code, "--update-as-create" in outcome(answer)["diagnostics"]) == (405, True)
    assert "Allow" in answer.headers
    assert writer.put(writer.get(f"Patient/{ADA}").get_json()).status_code == 200


def test_an_update_that_creates_needs_both_rights(athena: Athena) -> None:
    updater = Writer(athena, "system/Patient.u")
    assert updater.put(patient("X", id="new")).status_code == 403
    assert Writer(athena, "system/Patient.cu").put(patient("X", id="new")).status_code == 201
    assert updater.put(patient("Y", id="new")).status_code == 200


@pytest.mark.parametrize(("body", "told"), [({}, "has none"), ({"id": "other"}, "'other'"), ({"id": 5}, "has none")])
def test_the_body_has_the_id_of_the_path(writer: Writer, body: dict[str, object], told: str) -> None:
    answer = writer.send("PUT", f"Patient/{ADA}", {**patient("X"), **body})
    assert (answer.status_code, outcome(answer)["expression"]) == (400, ["Patient.id"])
    assert told in outcome(answer)["diagnostics"]


def test_an_id_that_is_none_is_refused(writer: Writer) -> None:
    assert writer.send("PUT", "Patient/a%20b", patient("X", id="a b")).status_code == 400
    assert writer.send("PUT", "Patient/" + "a" * 65, patient("X", id="a" * 65)).status_code == 400


def test_the_guides_ids_are_found_with_their_underscore(writer: Writer) -> None:
    report = writer.get("DiagnosticReport/report_123").get_json()
    answer = writer.send("PUT", "DiagnosticReport/report_123", {**report, "id": "report_123"})
    assert (answer.status_code, answer.get_json()["id"]) == (200, "report-123")


def test_what_was_deleted_comes_back_as_a_new_version(writer: Writer) -> None:
    created = writer.create(patient("X"))
    writer.send("DELETE", f"Patient/{created['id']}")
    answer = writer.put(created)
    assert (answer.status_code, answer.headers["ETag"]) == (201, 'W/"3"')
    assert writer.get(f"Patient/{created['id']}").status_code == 200


def test_an_update_that_is_not_valid_leaves_everything(writer: Writer) -> None:
    created = writer.create(observation())
    answer = writer.put({**created, "status": "done"})
    assert (answer.status_code, issues(answer)[0]["expression"]) == (422, ["Observation.status"])
    assert writer.get(f"Observation/{created['id']}").get_json() == created
