"""A note over HTTP is made of what its encounter left in the store, as far as its reader may see that."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from pypdf import PdfReader
from werkzeug.test import TestResponse

from mock_athena.clock import ManualClock
from mock_athena.store import ResourceStore

Send = Callable[..., TestResponse]


def of(patient: str, type: str, id: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": type, "id": id, "subject": {"reference": f"Patient/{patient}"}, **more}


@pytest.fixture(autouse=True)
def visit(store: ResourceStore, clock: ManualClock) -> None:
    at = {"encounter": {"reference": "Encounter/e1"}}
    vital = {"category": [{"coding": [{"code": "vital-signs"}]}], **at}
    allergy = {"resourceType": "AllergyIntolerance", "code": {"text": "Latex"}, "patient": {"reference": "Patient/p9"}}
    for resource in (
        of("p9", "Encounter", "e1", period={"start": "2024-01-15"}),
        of("p9", "Observation", "v1", code={"text": "Pulse"}, valueQuantity={"value": 71}, **vital),
        of("p1", "Observation", "v2", code={"text": "Weight of another"}, valueQuantity={"value": 99}, **vital),
        of("p9", "MedicationRequest", "m1", medicationCodeableConcept={"text": "Metformin"}, **at),
        of("p9", "MedicationRequest", "m2", medicationCodeableConcept={"text": "Elsewhere"}),
        allergy | {"id": "a1"},
        of("p9", "DocumentReference", "note-1", context={"encounter": [{"reference": "Encounter/e1"}]}),
    ):
        store.put(resource, clock.now())


def text_of(answer: TestResponse) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)


def test_it_says_what_belongs_to_the_encounter_and_the_patient(send: Send) -> None:
    text = text_of(send("/documents/note-1.pdf"))
    assert ("Pulse" in text, "Metformin" in text, "Latex" in text, "Elsewhere" in text) == (True, True, True, False)


def test_what_is_somebody_elses_is_left_out_for_a_confined_caller(send: Send) -> None:
    text = text_of(send("/documents/note-1.pdf", scope="patient/*.rs", patient="p9"))
    assert ("Pulse" in text, "Metformin" in text, "Weight of another" in text) == (True, True, False)


def test_what_was_deleted_is_left_out(send: Send, store: ResourceStore, clock: ManualClock) -> None:
    store.delete("MedicationRequest", "m1", clock.now())
    assert "Metformin" not in text_of(send("/documents/note-1.pdf"))
