"""Bodies that are refused: the right 4xx, with what was wrong, and nothing is written."""

import json
from typing import Any

import pytest

from mock_athena.web.routes import LARGEST_BODY
from tests.mock_athena.web.in_process import Athena, outcome
from tests.mock_athena.web.writes.writer import Writer, observation, paths, patient

NESTED = '{"resourceType":"Patient","extension":' + '[{"url":"a","extension":' * 60 + "[]" + "}]" * 60 + "}"
VERY_NESTED = '{"resourceType":"Patient","a":' + "[" * 200_000 + "]" * 200_000 + "}"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("", "empty"),
        ("{", "not JSON"),
        ("null", "NoneType"),
        ("[]", "list"),
        ('"Patient"', "str"),
        ("{}", "without resourceType"),
        ('{"resourceType": 5}', "without resourceType"),
        ('{"resourceType": "Patient", "active": true, "active": false}', "'active' more than once"),
        ('{"resourceType": "Patient", "name": [{"use": "usual", "use": "old"}]}', "'use' more than once"),
        ('{"resourceType": "Patient", "multipleBirthInteger": NaN}', "NaN"),
        ('{"resourceType": "Patient", "multipleBirthInteger": 1e99999999999999999999}', "beyond all numbers"),
        ('{"resourceType": "Patient", "name": [{"family": "\\ud800"}]}', "cannot be kept"),
        (NESTED, "levels deep"),
        (VERY_NESTED, "levels deep"),
        (b'{"resourceType": "Patient", "name": [{"family": "\xff"}]}', "not UTF-8"),
        ('{"resourceType": "Patient"}'.encode("utf-16"), "not UTF-8"),
        ('{"resourceType": "Patient"} x', "not JSON"),
    ],
)
def test_what_is_no_json_resource_is_a_bad_request(writer: Writer, body: str | bytes, told: str) -> None:
    before = writer.total("Patient")
    answer = writer.send("POST", "Patient", body)
    assert (answer.status_code, told in outcome(answer)["diagnostics"]) == (400, True), answer.text
    assert writer.total("Patient") == before


@pytest.mark.requirement("ERR-013")
@pytest.mark.parametrize(
    "type",
    [
        "application/fhir+xml",
        "application/xml",
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/fhir+json; charset=iso-8859-1",
        "application/json; charset=utf-16",
        "",
    ],
)
def test_another_media_type_or_charset_is_unsupported(writer: Writer, type: str) -> None:
    answer = writer.send("POST", "Patient", patient("X"), type=type)
    assert (answer.status_code, outcome(answer)["code"]) == (415, "not-supported")
    assert ("XML" in outcome(answer)["diagnostics"]) == ("xml" in type)


@pytest.mark.parametrize(
    "type", ["application/json", "application/fhir+json; charset=UTF-8; fhirVersion=4.0", "text/json"]
)
def test_every_name_of_json_is_read(writer: Writer, type: str) -> None:
    assert writer.send("POST", "Patient", patient("X"), type=type).status_code == 201


@pytest.mark.parametrize("path", ["Patient", ""])
def test_a_body_that_is_too_large_is_told_the_limit(writer: Writer, path: str) -> None:
    body = json.dumps(patient("x" * LARGEST_BODY))
    answer = writer.send("POST", path, body)
    assert (answer.status_code, f"{LARGEST_BODY:,}" in outcome(answer)["diagnostics"]) == (413, True)


def test_every_problem_is_told_by_its_path(writer: Writer) -> None:
    body = observation(
        status="done",
        colour="red",
        effectiveDateTime="2026-13-01",
        valueString="a",
        valueInteger="4",
        subject={"reference": "Patient/nobody"},
        performer=[{"reference": "Medication/m"}, {"reference": "not a reference"}],
        category={},
        component=[{"valueQuantity": {"value": "1"}}],
        note=[],
    )
    del body["code"]
    answer = writer.send("POST", "Observation", body)
    assert answer.status_code == 422
    assert paths(answer) == {
        "Observation.status": "code-invalid",
        "Observation.colour": "structure",
        "Observation.effectiveDateTime": "value",
        "Observation": "structure",
        "Observation.valueInteger": "value",
        "Observation.subject": "not-found",
        "Observation.performer[0]": "value",
        "Observation.performer[1]": "value",
        "Observation.category": "structure",
        "Observation.component[0].code": "required",
        "Observation.component[0].valueQuantity.value": "value",
        "Observation.note": "structure",
        "Observation.code": "required",
    }


def test_thousands_of_problems_are_told_in_hundreds(writer: Writer) -> None:
    answer = writer.send("POST", "Patient", patient("X", **{f"a{number}": 1 for number in range(3000)}))
    told = answer.get_json()["issue"]
    assert (answer.status_code, len(told)) == (422, 501)
    assert "2,500 more" in told[-1]["diagnostics"]


@pytest.mark.parametrize(
    ("elements", "path", "code"),
    [
        ({"subject": {"reference": "Group/a-1.C-500001"}}, None, None),
        ({"subject": {"reference": "Practitioner/x"}}, "Observation.subject", "value"),
        ({"specimen": {"reference": "#s"}}, "Observation.specimen", "value"),
        ({"specimen": {"reference": "Patient?identifier=1"}}, "Observation.specimen", "value"),
        ({"specimen": {"display": "elsewhere"}}, None, None),
        ({"specimen": {"identifier": {"value": "1"}}}, None, None),
        ({"specimen": {}}, "Observation.specimen", "structure"),
        ({"specimen": {"reference": "https://other.test/fhir/Specimen/1"}}, None, None),
        ({"specimen": {"reference": "https://other.test/fhir/Patient/1"}}, "Observation.specimen", "value"),
        (
            {"specimen": {"reference": "#s"}, "contained": [{"resourceType": "Specimen", "id": "s"}]},
            None,
            None,
        ),
        (
            {"specimen": {"reference": "#s"}, "contained": [{"resourceType": "Patient", "id": "s"}]},
            "Observation.specimen",
            "value",
        ),
        ({"contained": [{"resourceType": "Starship", "id": "s"}]}, "Observation.contained", "structure"),
        (
            {"contained": [{"resourceType": "Media", "id": "m", "status": "completed"}]},
            "Observation.contained[0].content",
            "invalid",
        ),
    ],
)
def test_references_and_what_is_contained(
    writer: Writer, elements: dict[str, Any], path: str | None, code: str | None
) -> None:
    answer = writer.send("POST", "Observation", observation(**elements))
    assert answer.status_code == (422 if path else 201), answer.text
    if path:
        assert paths(answer) == {path: code}


def test_a_reference_to_what_was_deleted_is_not_known(writer: Writer) -> None:
    id = writer.create(patient("X"))["id"]
    writer.send("DELETE", f"Patient/{id}")
    assert paths(writer.send("POST", "Observation", observation(id))) == {"Observation.subject": "not-found"}


def test_a_refused_write_says_in_the_journal_why(athena: Athena, writer: Writer) -> None:
    writer.send("POST", "Observation", observation(status="done"))
    assert "Observation.status" in athena.last_reason()
