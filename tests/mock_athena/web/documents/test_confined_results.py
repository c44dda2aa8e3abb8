"""A document shows its reader nothing that the reader could not read."""

import io
from collections.abc import Callable
from typing import Any

from pypdf import PdfReader
from werkzeug.test import TestResponse

from mock_athena.clock import ManualClock
from mock_athena.store import ResourceStore

Send = Callable[..., TestResponse]


def text_of(answer: TestResponse) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)


def mixed_report(**more: Any) -> dict[str, Any]:
    """A report of p9 that names a result of p1."""
    results = [{"reference": "Observation/o3"}, {"reference": "Observation/foreign"}, {"reference": "Nonsense/x"}]
    subject = {"reference": "Patient/p9"}
    return {"resourceType": "DiagnosticReport", "id": "mixed", "subject": subject} | {"result": results} | more


def foreign() -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": "foreign",
        "code": {"text": "Ferritin"},
        "subject": {"reference": "Patient/p1"},
        "valueString": "of somebody else",
    }


def test_a_result_of_another_patient_is_left_out_for_a_confined_caller(
    send: Send, store: ResourceStore, clock: ManualClock
) -> None:
    store.put(foreign(), clock.now())
    store.put(mixed_report(), clock.now())
    confined = text_of(send("/documents/mixed.pdf", scope="patient/*.rs", patient="p9"))
    assert ("Smear" in confined, "Ferritin" in confined, "somebody else" in confined) == (True, False, False)
    assert "Ferritin" in text_of(send("/documents/mixed.pdf"))


def test_another_patient_as_performer_is_not_named_to_a_confined_caller(
    send: Send, store: ResourceStore, clock: ManualClock
) -> None:
    store.put({"resourceType": "Patient", "id": "p1", "name": [{"text": "Somebody Else"}]}, clock.now())
    store.put(mixed_report(performer=[{"reference": "Patient/p1"}]), clock.now())
    assert "Somebody Else" not in text_of(send("/documents/mixed.pdf", scope="patient/*.rs", patient="p9"))
    assert "Somebody Else" in text_of(send("/documents/mixed.pdf"))


def test_a_deleted_result_is_left_out(send: Send, store: ResourceStore, clock: ManualClock) -> None:
    store.put(mixed_report(), clock.now())
    store.delete("Observation", "o3", clock.now())
    assert "Smear" not in text_of(send("/documents/mixed.pdf"))


def test_a_report_of_odd_shapes_has_a_document(send: Send, store: ResourceStore, clock: ManualClock) -> None:
    odd: dict[str, Any] = {"code": [{"text": "x"}], "result": None, "performer": {}, "category": None, "conclusion": 5}
    store.put(mixed_report(**odd), clock.now())
    assert send("/documents/mixed.pdf").status_code == 200
