"""A Binary whose content is rendered: stored without data, read with them."""

from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from mock_athena.clock import ManualClock
from mock_athena.store import ResourceStore
from mock_athena.web.binary import RENDERED

Send = Callable[..., TestResponse]
SUBJECT = {"reference": "Patient/p9"}
FHIR_JSON = {"Accept": "application/fhir+json"}


def binary(source: str, **more: Any) -> dict[str, Any]:
    shared = {"resourceType": "Binary", "id": "b1", "contentType": "application/pdf", "securityContext": SUBJECT}
    return {**shared, "meta": {"source": source}, **more}


@pytest.fixture(autouse=True)
def note(store: ResourceStore, clock: ManualClock) -> None:
    store.put({"resourceType": "DocumentReference", "id": "note-1", "subject": SUBJECT}, clock.now())
    store.put(binary(RENDERED + "DocumentReference/note-1"), clock.now())


def test_it_is_the_document_of_its_resource(send: Send) -> None:
    answer = send("/fhir/r4/Binary/b1")
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    assert answer.data == send("/documents/note-1.pdf").data
    assert answer.headers["Content-Length"] == str(len(answer.data))


def test_as_a_resource_it_has_the_document_in_its_data(send: Send) -> None:
    resource = send("/fhir/r4/Binary/b1", headers=FHIR_JSON).get_json()
    assert b64decode(resource["data"]) == send("/fhir/r4/Binary/b1").data
    assert (resource["resourceType"], resource["contentType"]) == ("Binary", "application/pdf")
    assert resource["securityContext"] == SUBJECT


@pytest.mark.parametrize("type", ["text/html", "text/html; charset=utf-8", "Text/HTML"])
def test_its_content_type_says_the_format(send: Send, store: ResourceStore, clock: ManualClock, type: str) -> None:
    store.put(binary(RENDERED + "DocumentReference/note-1", contentType=type), clock.now())
    assert send("/fhir/r4/Binary/b1").data.startswith(b"<!DOCTYPE html>")


def test_head_has_the_length_and_no_body(send: Send) -> None:
    head = send("/fhir/r4/Binary/b1", "HEAD")
    assert (head.data, head.headers["Content-Length"]) == (b"", str(len(send("/fhir/r4/Binary/b1").data)))


def test_data_that_it_holds_are_its_content(send: Send, store: ResourceStore, clock: ManualClock) -> None:
    own = b64encode(b"own").decode()
    store.put(binary(RENDERED + "DocumentReference/note-1", data=own), clock.now())
    assert send("/fhir/r4/Binary/b1").data == b"own"
    assert send("/fhir/r4/Binary/b1", headers=FHIR_JSON).get_json()["data"] == own


@pytest.mark.parametrize(
    "source",
    [
        *(RENDERED, RENDERED + "DocumentReference/none", RENDERED + "Patient/p9", RENDERED + "nonsense", "urn:other"),
        *(RENDERED + "http://x.example/DocumentReference/note-1", RENDERED + "CarePlan/note-1"),
    ],
)
def test_what_names_nothing_that_has_a_document_is_as_it_is_stored(
    send: Send, store: ResourceStore, clock: ManualClock, source: str
) -> None:
    store.put(binary(source), clock.now())
    assert "data" not in send("/fhir/r4/Binary/b1", headers=FHIR_JSON).get_json()
    assert send("/fhir/r4/Binary/b1").data == b""


@pytest.mark.parametrize("odd", [{"contentType": 5}, {"contentType": "image/png"}, {"contentType": None}])
def test_a_format_that_there_is_not_is_empty(
    send: Send, store: ResourceStore, clock: ManualClock, odd: dict[str, Any]
) -> None:
    store.put(binary(RENDERED + "DocumentReference/note-1", **odd), clock.now())
    assert (send("/fhir/r4/Binary/b1").status_code, send("/fhir/r4/Binary/b1").data) == (200, b"")


def test_nothing_of_another_patient_is_rendered_for_a_confined_caller(
    send: Send, store: ResourceStore, clock: ManualClock
) -> None:
    foreign = {"resourceType": "DocumentReference", "id": "note-2", "subject": {"reference": "Patient/p1"}}
    store.put(foreign, clock.now())
    store.put(binary(RENDERED + "DocumentReference/note-2"), clock.now())
    assert send("/fhir/r4/Binary/b1", scope="patient/*.rs", patient="p9").data == b""
    assert send("/fhir/r4/Binary/b1").data.startswith(b"%PDF-")


def test_a_binary_of_another_patient_looks_unknown(send: Send) -> None:
    assert send("/fhir/r4/Binary/b1", scope="patient/*.rs", patient="p9").status_code == 200
    assert send("/fhir/r4/Binary/b1", scope="patient/*.rs", patient="p1").status_code == 404
