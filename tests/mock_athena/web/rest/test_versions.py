"""Reading one version: https://hl7.org/fhir/R4/http.html#vread."""

import pytest

from tests.mock_athena.web.in_process import ADA, BO, Athena, outcome
from tests.mock_athena.web.rest.conftest import Past


@pytest.mark.requirement("RED-014", "CAP-016")
def test_the_current_version_is_what_a_read_answers(athena: Athena) -> None:
    current = athena.get(f"/Patient/{ADA}")
    version = current.get_json()["meta"]["versionId"]
    answer = athena.get(f"/Patient/{ADA}/_history/{version}")
    assert (answer.status_code, answer.data) == (200, current.data)
    told = ("ETag", "Last-Modified", "Content-Type", "Cache-Control")
    assert [answer.headers[name] for name in told] == [current.headers[name] for name in told]


def test_an_earlier_version_stays_as_it_was(athena: Athena, past: Past) -> None:
    past.condition("c", ADA, "first")
    past.condition("c", ADA, "second")
    assert [athena.get(f"/Condition/c/_history/{n}").get_json()["code"]["text"] for n in (1, 2)] == ["first", "second"]
    assert athena.get("/Condition/c/_history/1").headers["ETag"] == 'W/"1"'
    assert athena.get("/Condition/c/_history/1", headers={"If-None-Match": 'W/"1"'}).status_code == 304


@pytest.mark.requirement("RED-015")
@pytest.mark.parametrize("version", ["2", "999", "0", "-1", "01", "1.0", "x", "٢", "9" * 40, "%20"])
def test_an_unknown_version_is_not_found(athena: Athena, version: str) -> None:
    answer = athena.get(f"/Patient/{ADA}/_history/{version}")
    assert (answer.status_code, outcome(answer)["code"]) == (404, "not-found")
    assert athena.get(f"/Patient/nobody/_history/{version}").status_code == 404


@pytest.mark.requirement("RED-006")
def test_a_deletion_is_a_version_that_is_gone(athena: Athena, moved: str) -> None:
    for path in (f"/Condition/{moved}", f"/Condition/{moved}/_history/4"):
        answer = athena.get(path)
        assert (answer.status_code, outcome(answer)["code"], answer.headers["ETag"]) == (410, "deleted", 'W/"4"')
        assert "Last-Modified" in answer.headers
    assert athena.get(f"/Condition/{moved}/_history/3").status_code == 200


def test_a_version_of_another_patient_is_hidden(athena: Athena, moved: str) -> None:
    token = {who: athena.token("patient/*.read", patient=who) for who in (ADA, BO)}

    def statuses(who: str) -> list[int]:
        return [athena.get(f"/Condition/{moved}/_history/{n}", token[who]).status_code for n in (1, 2, 3, 4, 5)]

    assert statuses(ADA) == [200, 404, 200, 410, 404]
    assert statuses(BO) == [404, 200, 404, 404, 404]
    hidden = athena.get(f"/Condition/{moved}/_history/2", token[ADA])
    missing = athena.get(f"/Condition/{moved}/_history/9", token[ADA])
    assert hidden.data.replace(b"_history/2", b"_history/9") == missing.data


def test_a_deletion_is_told_to_whose_it_was(athena: Athena, moved: str) -> None:
    path = f"/Condition/{moved}"
    assert athena.get(path, athena.token("patient/*.read", patient=ADA)).status_code == 410
    assert athena.get(path, athena.token("patient/*.read", patient=BO)).status_code == 404


def test_it_needs_the_right_to_read(athena: Athena) -> None:
    path = f"/Patient/{ADA}/_history/1"
    assert athena.get(path, athena.token("system/Patient.s")).status_code == 403
    assert athena.get(path, athena.token("system/Patient.r")).status_code == 200
    assert athena.send("GET", f"/fhir/r4{path}").status_code == 401


def test_a_version_of_a_binary_is_read_like_the_binary(athena: Athena, past: Past) -> None:
    past.put("Binary", "b", contentType="text/plain", data="SGVsbG8=")
    assert athena.get("/Binary/b/_history/1").data == b"Hello"
    assert athena.get("/Binary/b/_history/1?_format=json").get_json()["data"] == "SGVsbG8="
