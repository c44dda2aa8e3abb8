"""Writes on a condition in the words of a search: If-None-Exist, PUT and DELETE of what matches."""

import pytest

from tests.mock_athena.web.in_process import Athena, outcome
from tests.mock_athena.web.writes.writer import Body, Writer, entry, issues, paths, patient

MRN = "urn:test"


def known(value: str, family: str = "X", **elements: object) -> Body:
    return patient(family, identifier=[{"system": MRN, "value": value}], **elements)


def condition(value: str) -> str:
    return f"identifier={MRN}|{value}"


@pytest.mark.requirement("ERR-014")
@pytest.mark.parametrize("prefix", ["", "Patient?", "?"])
def test_a_create_happens_once(writer: Writer, prefix: str) -> None:
    headers = {"If-None-Exist": prefix + condition("1")}
    first, second = (writer.send("POST", "Patient", known("1"), headers) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.get_json() == second.get_json()
    assert first.headers["Location"] == second.headers["Location"]
    assert writer.total(f"Patient?{condition('1')}") == 1


@pytest.mark.parametrize(
    ("method", "headers"), [("POST", {"If-None-Exist": condition("2")}), ("PUT", {}), ("DELETE", {})]
)
def test_several_matches_are_refused(writer: Writer, method: str, headers: dict[str, str]) -> None:
    writer.create(known("2"))
    writer.create(known("2"))
    path = "Patient" if method == "POST" else f"Patient?{condition('2')}"
    answer = writer.send(method, path, known("2") if method != "DELETE" else None, headers)
    assert (answer.status_code, issues(answer)[0]["code"]) == (412, "multiple-matches")
    assert writer.total(f"Patient?{condition('2')}") == 2


@pytest.mark.parametrize("header", ["", "_count=1", "starship=1", "birthdate=soon", "identifier="])
def test_a_condition_that_asks_for_nothing_or_nonsense_is_refused(writer: Writer, header: str) -> None:
    before = writer.total("Patient")
    assert writer.send("POST", "Patient", known("3"), {"If-None-Exist": header}).status_code == 400
    assert writer.total("Patient") == before


def test_an_update_of_what_matches(writer: Writer) -> None:
    id = writer.create(known("4"))["id"]
    answer = writer.send("PUT", f"Patient?{condition('4')}", known("4", "New"))
    assert (answer.status_code, answer.get_json()["id"], answer.headers["ETag"]) == (200, id, 'W/"2"')
    assert writer.send("PUT", f"Patient?{condition('4')}", known("4", id="other")).status_code == 400


def test_an_update_that_matches_nothing_creates(writer: Writer) -> None:
    assert writer.send("PUT", f"Patient?{condition('5')}", known("5")).status_code == 201
    answer = writer.send("PUT", f"Patient?{condition('6')}", known("6", id="mine"))
    assert (answer.status_code, answer.get_json()["id"]) == (201, "mine")


def test_a_delete_of_what_matches(writer: Writer) -> None:
    id = writer.create(known("7"))["id"]
    assert [writer.send("DELETE", f"Patient?{condition('7')}").status_code for _ in range(2)] == [204, 204]
    assert writer.get(f"Patient/{id}").status_code == 410


def test_nothing_is_deleted_or_updated_without_a_condition(writer: Writer) -> None:
    before = writer.total("Patient")
    for path in ("Patient", "Patient?_format=json", "Patient?_count=1", "Patient?starship=1"):
        assert writer.send("DELETE", path).status_code == 400, path
        assert writer.send("PUT", path, patient("X")).status_code == 400, path
    assert writer.total("Patient") == before


def test_a_condition_needs_the_right_to_search(athena: Athena) -> None:
    answer = Writer(athena, "system/Patient.cu").send("POST", "Patient", known("8"), {"If-None-Exist": condition("8")})
    assert (answer.status_code, "Patient.rs" in outcome(answer)["diagnostics"]) == (403, True)


@pytest.mark.parametrize("family", ["Þ日", "%C3%9E%E6%97%A5"])
def test_a_condition_is_read_as_utf_8_encoded_or_not(writer: Writer, family: str) -> None:
    condition = f"family={family}"
    header = {"If-None-Exist": condition.encode().decode("latin-1")}  # as WSGI hands it over
    answers = [writer.send("POST", "Patient", patient("Þ日"), header) for _ in range(2)]
    answers += [writer.bundle("batch", entry("POST", "Patient", patient("Þ日"), ifNoneExist=condition))]
    assert [answer.status_code for answer in answers] == [201, 200, 200]
    assert writer.total("Patient?family=%C3%9E%E6%97%A5") == 1


def test_a_condition_that_cannot_be_decoded_is_refused(writer: Writer) -> None:
    answer = writer.send("POST", "Patient", patient("X"), {"If-None-Exist": "family=%F"})
    assert (answer.status_code, paths(answer)) == (400, {"family": "invalid"})
