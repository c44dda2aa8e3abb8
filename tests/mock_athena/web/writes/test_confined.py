"""A patient's token writes that patient's records, and learns nothing of others."""

import pytest

from tests.mock_athena.web.in_process import ADA, BO, Athena, outcome
from tests.mock_athena.web.writes.writer import JSON_PATCH, Writer, observation, paths, patient


@pytest.fixture
def ada(athena: Athena) -> Writer:
    return Writer(athena, "patient/*.cruds", patient=ADA)


def test_it_writes_its_own(ada: Writer) -> None:
    created = ada.create(observation(ADA))
    assert ada.put({**created, "status": "amended"}, {"If-Match": 'W/"1"'}).status_code == 200
    assert [ada.send("DELETE", f"Observation/{created['id']}").status_code for _ in range(2)] == [204, 204]
    assert ada.put(created).status_code == 201
    own = ada.get(f"Patient/{ADA}").get_json()
    assert ada.put({**own, "language": "en"}).status_code == 200


def test_another_patient_is_as_unknown_as_one_that_is_not(ada: Writer) -> None:
    for of in (BO, "nobody"):
        answer = ada.send("POST", "Observation", observation(of))
        assert (answer.status_code, paths(answer)) == (422, {"Observation.subject": "not-found"})


def test_what_is_another_patients_is_as_unknown_as_what_is_not(athena: Athena, ada: Writer, writer: Writer) -> None:
    theirs = writer.create(observation(BO))["id"]
    told = []
    for id in (theirs, "nothing"):
        answers = (
            ada.send("PUT", f"Observation/{id}", observation(ADA, id=id)),
            ada.send("PATCH", f"Observation/{id}", [{"op": "remove", "path": "/code"}], type=JSON_PATCH),
            ada.send("DELETE", f"Observation/{id}"),
            ada.send("DELETE", f"Observation/{id}", headers={"If-Match": 'W/"1"'}),
        )
        assert {answer.status_code for answer in answers} == {404}
        told.append([answer.text.replace(id, "ID") for answer in answers])
    assert told[0] == told[1]
    assert "Patient/" + ADA in athena.journal(status="404")[3].reason
    assert writer.get(f"Observation/{theirs}").headers["ETag"] == 'W/"1"'


def test_a_condition_does_not_see_other_patients(ada: Writer, writer: Writer) -> None:
    theirs = writer.create(observation(BO, identifier=[{"value": "n"}]))["id"]
    own = observation(ADA, identifier=[{"value": "n"}])
    assert ada.send("DELETE", "Observation?identifier=n").status_code == 204
    assert ada.send("POST", "Observation", own, {"If-None-Exist": "identifier=n"}).status_code == 201
    assert writer.get(f"Observation/{theirs}").status_code == 200


@pytest.mark.parametrize("type", ["Practitioner", "Organization", "Slot"])
def test_what_is_nobodys_is_not_written(ada: Writer, type: str) -> None:
    found = ada.get(f"{type}?_count=1").get_json()["entry"][0]["resource"]
    for answer in (ada.put(found), ada.send("POST", type, found)):
        assert (answer.status_code, outcome(answer)["code"]) == (403, "forbidden")


def test_no_patient_makes_another(ada: Writer, writer: Writer) -> None:
    before = writer.total("Patient")
    assert ada.send("POST", "Patient", patient("X")).status_code == 403
    assert ada.send("PUT", "Patient/new", patient("X", id="new")).status_code == 404
    assert writer.total("Patient") == before


def test_what_would_be_shared_with_another_patient_is_refused(ada: Writer, writer: Writer) -> None:
    both = [{"actor": {"reference": f"Patient/{id}"}, "status": "accepted"} for id in (ADA, BO)]
    body = {"resourceType": "Appointment", "status": "proposed", "participant": both}
    assert ada.send("POST", "Appointment", body).status_code == 422
    assert writer.send("POST", "Appointment", body).status_code == 201


def test_what_names_no_patient_is_refused(ada: Writer) -> None:
    body = observation(ADA)
    del body["subject"]
    assert ada.send("POST", "Observation", body).status_code == 403


def test_no_right_to_write_is_no_right(athena: Athena) -> None:
    reader = Writer(athena, "patient/*.read", patient=ADA)
    answer = reader.send("POST", "Observation", observation(ADA))
    assert (answer.status_code, "patient/Observation.c" in outcome(answer)["diagnostics"]) == (403, True)
