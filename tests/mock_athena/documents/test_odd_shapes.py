"""Whatever shape the loaded data have, a report has its document."""

import io
from typing import Any

import pytest
from pypdf import PdfReader

from mock_athena.documents.report_pdf import report_pdf
from mock_athena.documents.report_text import report_text
from mock_athena.fhir.resource import Resource

ODD: list[Any] = [None, 5, True, "x", "", [], {}, [5], [None], ["x"], [[]], [{}], {"coding": ["x"]}, {"coding": 5}]
REPORT = (
    *("code", "category", "subject", "performer", "result", "conclusion", "status", "issued", "meta"),
    *("effectiveDateTime", "effectivePeriod"),
)
RESULT = (
    *("code", "component", "valueQuantity", "valueCodeableConcept", "valueString", "valuePeriod", "dataAbsentReason"),
    *("referenceRange", "interpretation"),
)
PATIENT = ("name", "birthDate", "gender", "managingOrganization")


def document(report: dict[str, Any], **others: Resource) -> str:
    """The text of the PDF of a report, whose references find ``others`` by their type in small letters."""
    shown = {"resourceType": "DiagnosticReport", "id": "r", "result": [{"reference": "Observation/o"}], **report}
    text = report_text(shown, lambda kind, _: others.get(kind.lower()), "Practice 1")
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(report_pdf(text))).pages)


@pytest.mark.parametrize("element", REPORT)
def test_any_element_of_a_report_may_have_any_shape(element: str) -> None:
    for value in ODD:
        assert "Page 1 of 1" in document({element: value}), value


@pytest.mark.parametrize("element", RESULT)
def test_any_element_of_a_result_may_have_any_shape(element: str) -> None:
    for value in ODD:
        for observation in ({element: value}, {"component": [{element: value}]}):
            assert "Page 1 of 1" in document({}, observation=observation), value


@pytest.mark.parametrize("element", PATIENT)
def test_any_element_of_a_patient_may_have_any_shape(element: str) -> None:
    for value in ODD:
        patient = {"resourceType": "Patient", "id": "p", element: value}
        assert "Page 1 of 1" in document({"subject": {"reference": "Patient/p"}}, patient=patient), value


@pytest.mark.parametrize(
    "more",
    [
        {"valueQuantity": 5},
        {"referenceRange": [{"low": 5}]},
        {"referenceRange": {"low": {"value": 1}}},
        {"interpretation": {"coding": [{"code": "H"}]}},
        {"valueQuantity": {"value": {}, "unit": ["mg"], "comparator": 5}},
    ],
)
def test_a_broken_value_leaves_the_rest_of_its_row(more: dict[str, Any]) -> None:
    assert "White cells" in document({}, observation={"code": {"text": "White cells"}, **more})


def test_one_object_in_the_place_of_a_list_is_read_as_that_list() -> None:
    text = document({"performer": {"display": "Dr. Okafor"}, "category": {"text": "Hematology"}})
    assert "Dr. Okafor" in text
    assert "Hematology" in text


def test_a_number_in_the_place_of_a_text_is_shown() -> None:
    assert "Conclusion\n5" in document({"conclusion": 5})
