"""Ids of another form: 400, or 200 with an outcome inside. So is a search that would find too much."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.mock_athena.web.in_process import ADA, Athena

Get = Callable[..., Any]
PRACTICE = "ah-practice=Organization/a-1.Practice-500001"


@pytest.mark.parametrize(
    "path", ["/Patient?_id=60178", f"/Patient?_id={ADA},60178", "/Patient/60178", "/Observation/x?x=1"]
)
def test_it_is_no_fhir_request(real: Athena, get: Get, path: str) -> None:
    answer = get(path)
    assert (answer.status_code, answer.content_type) == (400, "application/fhir+json; charset=utf-8")
    assert answer.get_json() == {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": "business-rule", "details": "Invalid FHIR request"}],
    }
    assert "no id such as a-500001.E-1" in real.last_reason()
    assert "X-Athenanet-Practice-Id" not in answer.headers


def test_one_of_the_right_form_is_not_found(real: Athena, get: Get) -> None:
    answer = get("/Patient/a-500001.E-999")
    assert answer.status_code == 404
    advice = "check the id, and that it is of this environment's practice"
    details = {"text": f"Patient/a-500001.E-999 is not known here; {advice}"}
    issue = {"severity": "error", "code": "not-found", "details": details}
    assert answer.get_json() == {"resourceType": "OperationOutcome", "issue": [issue]}
    assert "entry" not in get("/Patient?_id=a-500001.E-999").get_json()


def told(answer: Any, path: str) -> dict[str, Any]:
    """The one issue of a Bundle that holds an outcome and nothing else."""
    assert (answer.status_code, answer.content_type) == (200, "application/fhir+json; charset=utf-8")
    bundle = answer.get_json()
    (entry,) = bundle.pop("entry")
    timestamp = bundle.pop("timestamp")
    assert timestamp.endswith(("00-04:00", "00-05:00"))
    links = [{"relation": "self", "url": f"http://localhost/fhir/r4{path}&{PRACTICE}"}]
    assert bundle == {"resourceType": "Bundle", "type": "searchset", "link": links}
    assert entry["search"] == {"mode": "outcome"}
    assert entry["fullUrl"].startswith("urn:uuid:")
    assert list(entry["resource"]) == ["resourceType", "issue"]
    (issue,) = entry["resource"]["issue"]
    found: dict[str, Any] = issue
    return found


@pytest.mark.parametrize("value", ["806", "Patient/806", "a-500001.Provider-1", f"{ADA},806"])
def test_a_patients_id_of_another_form_is_told_inside(real: Athena, get: Get, value: str) -> None:
    path = f"/Observation?patient={value}"
    wrong = value.rpartition(",")[2].removeprefix("Patient/")
    text = f"Invalid patient id {wrong}"
    assert told(get(path), path) == {"severity": "error", "code": "invalid", "details": {"text": text}}
    assert real.last_reason() == f"patient={wrong} is no id such as a-500001.E-1, and no Patient has it"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/Specimen?status=available", "Specimen by neither patient nor _id"),
        ("/RelatedPerson?name=Smith", "RelatedPerson by neither patient nor _id"),
        ("/Patient?name=a", "Patient?name with fewer than 2 letters"),
        ("/Patient?family=a&gender=female", "Patient?family with fewer than 2 letters"),
    ],
)
def test_too_broad_a_search_is_told_inside(real: Athena, get: Get, path: str, reason: str) -> None:
    text = "The search is too broad"
    assert told(get(path), path) == {"severity": "fatal", "code": "too-costly", "details": {"text": text}}
    assert real.last_reason() == f"search too broad: {reason}"


def test_data_of_your_own_keep_their_ids(make_athena: Any, tmp_path: Path) -> None:
    patient = {"resourceType": "Patient", "id": "60178", "meta": {"lastUpdated": "2024-01-01T00:00:00Z"}}
    (tmp_path / "mine.ndjson").write_text(json.dumps(patient) + "\n")
    real = make_athena(profile="athena", limits="off", data=(str(tmp_path / "mine.ndjson"),))
    for path in ("/Patient/60178?", "/Patient?_id=60178&", "/Observation?patient=60178&"):
        answer = real.get(path + PRACTICE)
        assert answer.status_code == 200
        assert "OperationOutcome" not in answer.text


def test_whether_another_patient_has_such_an_id_is_not_told(make_athena: Any, tmp_path: Path) -> None:
    patients = ({"resourceType": "Patient", "id": id} for id in ("1", "2"))
    (tmp_path / "mine.ndjson").write_text("".join(json.dumps(each) + "\n" for each in patients))
    real = make_athena(profile="athena", limits="off", data=(str(tmp_path / "mine.ndjson"),))
    token = real.token("patient/*.rs", patient="1")
    answers = [real.get(f"/Patient{path}", token) for path in ("?_id=2", "?_id=3", "/2", "/3")]
    assert {(answer.status_code, answer.text) for answer in answers} == {(400, answers[0].text)}
    assert real.get("/Patient?_id=1", token).get_json()["entry"]
    assert real.get("/Patient/1", token).status_code == 200
